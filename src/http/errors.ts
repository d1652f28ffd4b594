import type { Call } from '../call/call.ts'
import { inlineCode } from '../call/discord-text.ts'
import { Problem, type ProblemCode } from '../problem.ts'
import { problemContentType, toProblemDetails } from './problem-details.ts'

/**
 * How a problem is told. `everyone`: `message`, and on the bot's calls `sentence`, or the problem's own, as `discord`
 * beside it (the table in the contract's rules). The others are shown at single calls and have exactly the members that
 * are shown there.
 */
type Telling =
  | { status: number; to: 'everyone'; message: (subject: string) => string; sentence: string }
  | { status: number; to: 'discord' }
  | { status: number; to: 'both'; message: string }
  | { status: number; to: 'program'; message: string }
  | { status: 500; to: 'call' }

const ask = 'please tell whoever runs this bot'

const tellings = {
  'already-banned': { status: 400, to: 'discord' },
  'already-trainee': { status: 400, to: 'program', message: 'user is already trainee/cast' },
  'applied-recently': { status: 400, to: 'program', message: 'user applied recently' },
  'body-invalid': { status: 400, to: 'program', message: 'invalid body' },
  'body-too-large': {
    status: 413,
    to: 'everyone',
    message: () => 'body too large',
    sentence: `The bot sent too much at once; ${ask}.`,
  },
  'call-failed': { status: 500, to: 'call' },
  'certification-held': { status: 400, to: 'discord' },
  'certification-missing': { status: 400, to: 'program', message: 'invalid certification' },
  'certification-not-held': { status: 400, to: 'discord' },
  'certification-unknown': { status: 400, to: 'both', message: 'unknown certification' },
  'idempotency-key-reused': {
    status: 409,
    to: 'everyone',
    message: () => 'idempotency key was used for another call',
    sentence: `The bot mixed up two requests; ${ask}.`,
  },
  'key-invalid': {
    status: 401,
    to: 'everyone',
    message: () => 'invalid key',
    sentence: `The bot's key is not valid; ${ask}.`,
  },
  'key-unreadable': { status: 500, to: 'program', message: 'error encountered' },
  'key-without-scope': {
    status: 403,
    to: 'everyone',
    message: () => 'access denied',
    sentence: `The bot's key does not allow this; ${ask}.`,
  },
  'method-not-allowed': {
    status: 405,
    to: 'everyone',
    message: () => 'not found',
    sentence: `The bot asked in a way that does not exist; ${ask}.`,
  },
  'not-banned': { status: 400, to: 'discord' },
  'not-found': { status: 404, to: 'program', message: 'not found' },
  'not-ranked': { status: 500, to: 'call' },
  'parameter-combination': {
    status: 400,
    to: 'everyone',
    message: (subject) => `give one of: ${subject}`,
    sentence: 'Please give exactly one of these: a Roblox id, a Roblox username, a Discord user.',
  },
  'parameter-invalid': {
    status: 400,
    to: 'everyone',
    message: (subject) => `invalid parameter: ${subject}`,
    sentence: 'Something you entered is not valid, please check it and try again.',
  },
  'parameter-missing': {
    status: 400,
    to: 'everyone',
    message: (subject) => `missing parameter: ${subject}`,
    sentence: 'Something is missing in what you entered, please fill in everything and try again.',
  },
  'place-refused': { status: 403, to: 'program', message: 'access denied' },
  'player-unknown': { status: 404, to: 'program', message: "user doesn't exist" },
  'rank-too-low': { status: 403, to: 'discord' },
  'request-malformed': {
    status: 400,
    to: 'everyone',
    message: () => 'malformed request',
    sentence: `The bot sent a request that can't be read; ${ask}.`,
  },
  'roblox-unavailable': {
    status: 503,
    to: 'everyone',
    message: () => 'roblox is unavailable',
    sentence: 'Roblox is not answering at the moment, please try again in a minute.',
  },
  'signature-invalid': { status: 401, to: 'program', message: 'invalid signature' },
  'server-busy': {
    status: 503,
    to: 'everyone',
    message: () => 'server is busy',
    sentence: 'There is too much to do at the moment, please try again in a minute.',
  },
  'source-blocked': {
    status: 403,
    to: 'everyone',
    message: () => 'access denied',
    sentence: `The bot is not allowed to ask from where it runs; ${ask}.`,
  },
  'too-many-headers': { status: 431, to: 'program', message: 'malformed request' },
  'too-many-requests': {
    status: 429,
    to: 'everyone',
    message: () => 'too many requests',
    sentence: 'That was too much at once, please try again in a minute.',
  },
  'user-not-found': { status: 404, to: 'both', message: "couldn't find user" },
} satisfies Record<ProblemCode, Telling>

const userNotFound = "We couldn't find the requested user, please ensure you typed it correctly and try again."

/** An answer that refuses or fails. `headers` holds the content type, and `retry-after` where the caller should come back. */
export type ErrorAnswer = { status: number; body: Record<string, string | number>; headers: Record<string, string> }

/**
 * What the caller of `call` is told of `error`. Anything that is no Problem is a failure of ours: the call's own 500.
 * `contact` is the community's, where the community is known.
 */
export function answerError(
  error: unknown,
  call: Pick<Call, 'isForBot' | 'failure' | 'isV1'> | undefined,
  contact: string,
): ErrorAnswer {
  const problem = error instanceof Problem ? error : new Problem('call-failed', { cause: error })
  const telling: Telling = tellings[problem.code]
  const headers: Record<string, string> = {
    'content-type': call?.isV1 ? problemContentType : 'application/json; charset=utf-8',
    ...(problem.retryAfterSeconds === undefined ? {} : { 'retry-after': String(problem.retryAfterSeconds) }),
  }
  if (call?.isV1) return { ...toProblemDetails(problem), headers }
  const answer = (members: Record<string, string | number>): ErrorAnswer => ({
    status: telling.status,
    body: { status: 'error', ...members },
    headers,
  })
  switch (telling.to) {
    case 'everyone': {
      const message = telling.message(problem.subject ?? '')
      return answer(call?.isForBot ? { message, discord: problem.discord ?? telling.sentence } : { message })
    }
    case 'discord':
      return answer({ discord: problem.discord ?? '' })
    case 'both':
      return answer({ message: telling.message, discord: problem.discord ?? userNotFound })
    case 'program':
      return answer({ message: telling.message })
    case 'call': {
      const members = { ...(call?.failure ?? { message: 'error encountered' }) }
      return answer(call?.isForBot ? { ...members, discord: databaseError(contact) } : members)
    }
  }
}

/** The contract's "Database error" sentence; its spelling is the documents'. */
function databaseError(contact: string): string {
  return `You've encountered a rare database error; if this is a reoccuring issue, please contact ${inlineCode(contact)}.`
}
