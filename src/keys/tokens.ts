import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { Db } from '../database/schema.ts'
import { Problem } from '../problem.ts'
import { hashKey } from './key-text.ts'
import { countTokens, deleteEndedTokens, deleteKeys, insertKey, listTokensOfServer } from './keys.store.ts'
import { type KeyDependencies, type MadeKey, makeKey } from './keys.ts'
import { scopesOfKind } from './scopes.ts'

const hourMs = 3_600_000
/** How long a game server's token lives: longer than most servers run. */
export const tokenLivesMs = 12 * hourMs
/** A server that asks again keeps its youngest ones, so that an answer which was lost does no harm. */
const tokensPerServer = 5
/** As many as one key has at a time: far more than a game has servers, and a bound for whoever found the key. */
export const tokensPerKey = 20_000

type AskingKey = {
  id: string
  name: string
  scopes: readonly string[]
  limit: { count: number; perMs: number } | undefined
  caller: string
}
type WantedToken = { community: string; askedWith: AskingKey; place: string; server: string }

/**
 * Creates the token of a game server: a key with the scopes and the limit of the one it is asked for with.
 * @throws Problem `too-many-requests` where that one has too many tokens already
 */
export async function createToken(
  trx: Db,
  { community, askedWith, place, server }: WantedToken,
  dependencies: KeyDependencies,
): Promise<MadeKey> {
  const now = dependencies.clock()
  const { id: askedBy, name, limit, caller } = askedWith
  const older = await listTokensOfServer(trx, { askedBy, place, server })
  await deleteKeys(trx, older.slice(tokensPerServer - 1))
  if ((await countTokens(trx, askedBy)) >= tokensPerKey)
    throw new Problem('too-many-requests', { retryAfterSeconds: hourMs / 1000 })
  const made = makeKey(
    {
      community,
      kind: 'game',
      name,
      scopes: scopesOfKind.game.filter((scope) => askedWith.scopes.includes(scope)),
      ...(limit === undefined ? {} : { limit }),
      expiresAt: now + tokenLivesMs,
      token: { place, server, askedBy },
      caller,
    },
    dependencies,
  )
  await insertKey(trx, made.key, hashKey(made.text))
  return made
}

/** Deletes the tokens that ended an hour ago; nobody could use them since. */
export async function forgetTokens({ database, clock }: { database: Database; clock: Clock }): Promise<void> {
  await database.act((trx) => deleteEndedTokens(trx, clock() - hourMs))
}
