import { MagicbandError, type MagicbandErrorCode } from '@magicband/client'

const tell = 'please tell whoever runs this bot'

/** For what Magicband refuses without a sentence of its own. */
const sentences = {
  aborted: 'That took too long, please try again.',
  'access-denied': `The bot's key does not allow this; ${tell}.`,
  'already-banned': 'This player is banned already.',
  'already-trainee': 'This player is a trainee or cast already.',
  'applied-recently': 'This player has applied recently.',
  'body-too-large': `That was too much at once; ${tell}.`,
  busy: 'There is too much to do at the moment, please try again in a minute.',
  'certification-held': 'This player has the certification already.',
  'certification-missing': 'This player lacks the certification.',
  'certification-not-held': 'This player does not have the certification.',
  'certification-unknown': 'There is no such certification.',
  failed: 'That did not work, please try again in a minute.',
  'idempotency-key-reused': `The bot mixed up two requests; ${tell}.`,
  'key-invalid': `The bot's key is not valid; ${tell}.`,
  'not-banned': 'This player is not banned.',
  'not-found': `The bot asked for something that does not exist; ${tell}.`,
  'parameter-invalid': 'Something you entered is not valid, please check it and try again.',
  'rank-too-low': 'The rank of this player is too low.',
  refused: 'This is not allowed.',
  'request-malformed': `The bot sent something that can't be read; ${tell}.`,
  'roblox-unavailable': 'Roblox is not answering at the moment, please try again in a minute.',
  'timed-out': 'The server did not answer in time, please try again in a minute.',
  'too-many-requests': 'That was too much at once, please try again in a minute.',
  unreachable: 'The server can not be reached, please try again in a minute.',
  unreadable: `The server answered something else than expected; ${tell}.`,
  'user-not-found': "We couldn't find the requested user, please ensure you typed it correctly and try again.",
} satisfies Record<MagicbandErrorCode, string>

/** What the person at Discord is told of an error: Magicband's sentence as it is, where it has one. */
export function sentenceFor(error: unknown): string {
  if (!(error instanceof MagicbandError)) return `Something is wrong with the bot; ${tell}.`
  if (error.discord !== undefined) return error.discord
  if (error.mayBeDone) return `${sentences[error.code]} It may have been done all the same, so look first.`
  const isRankless = error.code === 'failed' && error.call === 'POST /application/approve'
  if (isRankless)
    return 'This player could not be ranked: they may not have asked to join the group, or Roblox is down.'
  return sentences[error.code]
}
