import type { Db } from '../database/schema.ts'
import { isSameHash } from './key-text.ts'
import { type KeyKind, kinds, type Scope, scopesOfKind } from './scopes.ts'

/** An API key as it is kept. Times are UTC milliseconds; `limit` allows `count` requests in `perMs`. */
export type ApiKey = {
  id: string
  community: string
  kind: KeyKind
  name: string
  /** The first characters of the key's text, to tell keys apart. */
  start: string
  scopes: readonly Scope[]
  limit: { count: number; perMs: number } | undefined
  createdAt: number
  expiresAt: number | undefined
  revokedAt: number | undefined
  lastUsedAt: number | undefined
  /** The key that it was rotated to. */
  replacedBy: string | undefined
  /** Who calls with it: the id of the first key of a chain of rotations, which is that of their tokens too. */
  caller: string
  /** The game server that it is the token of. */
  token: Token | undefined
}

/** What makes a key a server's token: the game server that alone it is for, and the key that it was asked for with. */
export type Token = { place: string; server: string; askedBy: string }

export async function insertKey(db: Db, key: ApiKey, hash: string): Promise<void> {
  await db
    .insertInto('api_key')
    .values({
      id: key.id,
      community: key.community,
      kind: key.kind,
      name: key.name,
      hash,
      start: key.start,
      scopes: key.scopes.join(','),
      limit_count: key.limit?.count ?? null,
      limit_ms: key.limit?.perMs ?? null,
      created_at: key.createdAt,
      expires_at: key.expiresAt ?? null,
      revoked_at: null,
      last_used_at: null,
      place: key.token?.place ?? null,
      server: key.token?.server ?? null,
      asked_by: key.token?.askedBy ?? null,
      replaced_by: null,
      caller: key.caller,
    })
    .execute()
}

/**
 * The key with this hash. The index finds the row, by rules of the database's collation; whether it is the key is
 * decided here, byte by byte and in constant time.
 */
export async function findKeyByHash(db: Db, hash: string): Promise<ApiKey | undefined> {
  const row = await keyRows(db).select('hash').where('hash', '=', hash).executeTakeFirst()
  return row === undefined || !isSameHash(row.hash, hash) ? undefined : toKey(row)
}

export async function findKey(db: Db, id: string): Promise<ApiKey | undefined> {
  const row = await keyRows(db).where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : toKey(row)
}

/** The keys of one community, or of all, oldest first; the tokens of game servers only where they are wanted. */
export async function listKeys(
  db: Db,
  { community, withTokens = false }: { community?: string; withTokens?: boolean } = {},
): Promise<ApiKey[]> {
  let query = keyRows(db).orderBy('community').orderBy('created_at').orderBy('id')
  if (community !== undefined) query = query.where('community', '=', community)
  if (!withTokens) query = query.where('asked_by', 'is', null)
  return (await query.execute()).map(toKey)
}

/** @returns whether there was such a key that was not revoked yet */
export async function revokeKey(db: Db, id: string, now: number): Promise<boolean> {
  const result = await db
    .updateTable('api_key')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** The tokens of one game server that were asked for with one key, the youngest first. */
export async function listTokensOfServer(
  db: Db,
  { askedBy, place, server }: { askedBy: string; place: string; server: string },
): Promise<string[]> {
  const rows = await db
    .selectFrom('api_key')
    .select('id')
    .where('asked_by', '=', askedBy)
    .where('server', '=', server)
    .where('place', '=', place)
    .orderBy('expires_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => row.id)
}

/** How many tokens of a key are kept. */
export async function countTokens(db: Db, askedBy: string): Promise<number> {
  const row = await db
    .selectFrom('api_key')
    .select((select) => select.fn.countAll().as('count'))
    .where('asked_by', '=', askedBy)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

export async function deleteKeys(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.deleteFrom('api_key').where('id', 'in', ids).execute()
}

export async function deleteEndedTokens(db: Db, before: number): Promise<void> {
  await db.deleteFrom('api_key').where('asked_by', 'is not', null).where('expires_at', '<', before).execute()
}

/** Ends the tokens that were asked for with a key. @returns how many lived */
export async function revokeTokensOf(db: Db, askedBy: string, now: number): Promise<number> {
  const result = await db
    .updateTable('api_key')
    .set({ revoked_at: now })
    .where('asked_by', '=', askedBy)
    .where('expires_at', '>', now)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}

/**
 * Notes that a key is replaced, and when it ends; only one that is valid and not replaced yet.
 * @returns whether it was one
 */
export async function replaceKey(
  db: Db,
  { id, by, endsAt, now }: { id: string; by: string; endsAt: number; now: number },
): Promise<boolean> {
  const result = await db
    .updateTable('api_key')
    .set({ replaced_by: by, expires_at: endsAt })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .where('replaced_by', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** An older use, which another instance may write down later, is none. */
export async function markKeyUsed(db: Db, id: string, at: number): Promise<void> {
  await db
    .updateTable('api_key')
    .set({ last_used_at: at })
    .where('id', '=', id)
    .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<', at)]))
    .execute()
}

function keyRows(db: Db) {
  return db
    .selectFrom('api_key')
    .select(['id', 'community', 'kind', 'name', 'start', 'scopes', 'limit_count', 'limit_ms', 'created_at'])
    .select(['expires_at', 'revoked_at', 'last_used_at', 'place', 'server', 'asked_by', 'replaced_by', 'caller'])
}

type KeyRow = Awaited<ReturnType<ReturnType<typeof keyRows>['execute']>>[number]

function toKey(row: KeyRow): ApiKey {
  const kind = kinds.find((known) => known === row.kind)
  if (kind === undefined) throw new Error(`key ${row.id} is of the unknown kind ${row.kind}`)
  const given = row.scopes.split(',')
  return {
    id: row.id,
    community: row.community,
    kind,
    name: row.name,
    start: row.start,
    scopes: scopesOfKind[kind].filter((scope) => given.includes(scope)),
    limit:
      row.limit_count !== null && row.limit_ms !== null ? { count: row.limit_count, perMs: row.limit_ms } : undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
    replacedBy: row.replaced_by ?? undefined,
    caller: row.caller ?? row.asked_by ?? row.id,
    token:
      row.place !== null && row.server !== null && row.asked_by !== null
        ? { place: row.place, server: row.server, askedBy: row.asked_by }
        : undefined,
  }
}
