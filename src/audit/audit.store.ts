import { sql } from 'kysely'
import type { Db } from '../database/schema.ts'
import { digestOf, type EntryContent, hashOf, moveHead, type Place, takePlaces } from './chain.ts'

/** So many rows go into one statement, whose parameters every database has a limit for. */
const rowsAtOnce = 500
const pageRows = 500
/**
 * An entry's time is taken before its place, which it may wait for, and servers' clocks differ: entries that are this
 * much apart are in the order of their times.
 */
const disorderMs = 3_600_000

/** Adds entries at the end of their community's chain, in their order. @returns their places */
export async function insertEntries(
  trx: Db,
  community: string,
  entries: readonly Omit<EntryContent, 'community'>[],
): Promise<Place[]> {
  if (entries.length === 0) return []
  let { first: sequence, previous } = await takePlaces(trx, community, entries.length)
  const rows = entries.map((entry) => {
    const digest = digestOf({ community, ...entry })
    const hash = hashOf({ ...entry, sequence, digest, previous })
    previous = hash
    return { ...toRow(entry), community, sequence: sequence++, digest, hash }
  })
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    await trx
      .insertInto('audit_entry')
      .values(rows.slice(start, start + rowsAtOnce))
      .execute()
  }
  await moveHead(trx, community, previous)
  return rows.map(({ sequence, hash }) => ({ sequence, hash }))
}

function toRow(entry: Omit<EntryContent, 'community'>) {
  return {
    id: entry.id,
    act: entry.act,
    roblox_id: entry.robloxId,
    moderator: entry.moderator,
    key_id: entry.keyId,
    request_id: entry.requestId,
    before: entry.before,
    after: entry.after,
    created_at: entry.createdAt,
    salt: entry.salt,
  }
}

/** Which entries to list. `newest` is how many of those that fit, at most. */
export type TrailFilter = {
  community: string
  robloxId?: string
  moderator?: string
  /** UTC milliseconds. */
  since?: number
  newest?: number
}

/** The entries that fit, in the order of the chain, a page a query; entries that are added meanwhile come as well. */
export async function* listEntries(db: Db, filter: TrailFilter) {
  let next = await findStart(db, filter)
  while (next !== undefined) {
    const page = await entriesFrom(db, filter, next)
      .leftJoin('roblox_user', 'roblox_user.roblox_id', 'audit_entry.roblox_id')
      .select(['audit_entry.sequence', 'audit_entry.act', 'audit_entry.roblox_id', 'roblox_user.name'])
      .select(['audit_entry.moderator', 'audit_entry.key_id', 'audit_entry.request_id', 'audit_entry.created_at'])
      .select(['audit_entry.before', 'audit_entry.after', 'audit_entry.salt', 'audit_entry.hash'])
      .orderBy('audit_entry.sequence')
      .limit(pageRows)
      .execute()
    for (const row of page) yield toEntry(row)
    const last = page.length < pageRows ? undefined : page.at(-1)
    next = last && last.sequence + 1
  }
}

/** An entry as it is shown. */
export type TrailEntry = ReturnType<typeof toEntry>

type ListedRow = {
  sequence: number
  act: string
  roblox_id: string | null
  name: string | null
  moderator: string | null
  key_id: string
  request_id: string
  created_at: number
  before: string | null
  after: string | null
  salt: string | null
  hash: string
}

function toEntry(row: ListedRow) {
  return {
    sequence: row.sequence,
    at: row.created_at,
    act: row.act,
    robloxId: row.roblox_id,
    /** As Roblox last spelt it, where that is remembered. */
    name: row.name,
    moderator: row.moderator,
    keyId: row.key_id,
    requestId: row.request_id,
    before: row.before,
    after: row.after,
    /** What it said of its person is gone. */
    isErased: row.salt === null,
    hash: row.hash,
  }
}

/** The place to list from; undefined where no entry fits. */
async function findStart(db: Db, filter: TrailFilter): Promise<number | undefined> {
  const { community, since, newest } = filter
  let start: number | undefined = 1
  if (since !== undefined) {
    const row = await db
      .selectFrom('audit_entry')
      .select('sequence')
      .where('community', '=', community)
      .where('created_at', '>=', since - disorderMs)
      .orderBy('created_at')
      .orderBy('sequence')
      .limit(1)
      .executeTakeFirst()
    start = row?.sequence
  }
  if (start === undefined || newest === undefined) return start
  const row = await entriesFrom(db, filter, start)
    .select('audit_entry.sequence')
    .orderBy('audit_entry.sequence', 'desc')
    .offset(newest - 1)
    .limit(1)
    .executeTakeFirst()
  return row?.sequence ?? start
}

function entriesFrom(db: Db, { community, robloxId, moderator, since }: TrailFilter, sequence: number) {
  let query = db
    .selectFrom('audit_entry')
    .where('audit_entry.community', '=', community)
    .where('audit_entry.sequence', '>=', sequence)
  if (robloxId !== undefined) query = query.where('audit_entry.roblox_id', '=', robloxId)
  if (moderator !== undefined) query = query.where('audit_entry.moderator', '=', moderator)
  if (since !== undefined) query = query.where('audit_entry.created_at', '>=', since)
  return query
}

const blank = { roblox_id: null, before: null, after: null, salt: null }

/**
 * Blanks the entries about a player. What stays, the hashes above all, keeps the chain verifiable, once an act of the
 * same transaction names them (`blanked.ts`). @returns their sequences
 */
export async function forgetPerson(
  trx: Db,
  { community, robloxId }: { community: string; robloxId: string },
): Promise<number[]> {
  const rows = await trx
    .updateTable('audit_entry')
    .set(blank)
    .where('community', '=', community)
    .where('roblox_id', '=', robloxId)
    .returning('sequence')
    .execute()
  return rows.map(({ sequence }) => sequence)
}

/**
 * Blanks the oldest entries from before `before` that are about a player, `limit` at most, as `forgetPerson` does. What
 * is about nobody stays, above all the acts that name what was blanked. @returns their sequences
 */
export async function forgetEntriesBefore(
  trx: Db,
  { community, before, limit }: { community: string; before: number; limit: number },
): Promise<number[]> {
  const oldest = trx
    .selectFrom('audit_entry')
    .select('id')
    .where('community', '=', community)
    .where('created_at', '<', before)
    .where('roblox_id', 'is not', null)
    .orderBy('created_at')
    .limit(limit)
  const rows = await trx
    .updateTable('audit_entry')
    .set(blank)
    .where('community', '=', community)
    // Once more, for what another instance blanks at this moment, and names. Without the text that adds nothing SQLite
    // would go through its index of all players, instead of by the ids.
    .where(sql<boolean>`roblox_id || '' is not null`)
    .where('id', 'in', oldest)
    .returning('sequence')
    .execute()
  return rows.map(({ sequence }) => sequence)
}
