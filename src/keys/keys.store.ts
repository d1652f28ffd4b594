import type { Db } from '../database/schema.ts'
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
}

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
    })
    .execute()
}

export async function findKeyByHash(db: Db, hash: string): Promise<ApiKey | undefined> {
  const row = await keyRows(db).where('hash', '=', hash).executeTakeFirst()
  return row === undefined ? undefined : toKey(row)
}

/** The keys of one community, or of all, oldest first. */
export async function listKeys(db: Db, community: string | undefined): Promise<ApiKey[]> {
  let query = keyRows(db).orderBy('community').orderBy('created_at').orderBy('id')
  if (community !== undefined) query = query.where('community', '=', community)
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

export async function markKeyUsed(db: Db, id: string, at: number): Promise<void> {
  await db.updateTable('api_key').set({ last_used_at: at }).where('id', '=', id).execute()
}

function keyRows(db: Db) {
  return db
    .selectFrom('api_key')
    .select(['id', 'community', 'kind', 'name', 'start', 'scopes', 'limit_count', 'limit_ms', 'created_at'])
    .select(['expires_at', 'revoked_at', 'last_used_at'])
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
  }
}
