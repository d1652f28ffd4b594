import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database/schema.ts'
import { pseudonymStart } from '../privacy/pseudonyms.ts'
import { findChainFaults } from './audit-chain.ts'
import type { Fault } from './fault.ts'

/** Every row of these belongs to a player who has a record. */
const tablesOfPlayers = ['certification', 'ban', 'shift', 'point_entry', 'application'] as const

type Check = { what: string; find(db: Db): Promise<Fault[]> | AsyncGenerator<Fault> }

const checks: readonly Check[] = [
  { what: 'points', find: findWrongSums },
  { what: 'shifts', find: findUnpaidShifts },
  { what: 'entries of shifts', find: findStrayEntries },
  { what: 'reversals', find: findWrongReversals },
  ...tablesOfPlayers.map((table) => ({ what: `players of ${table}`, find: (db: Db) => findStrangers(db, table) })),
  { what: 'bans', find: (db) => findDoubles(db, 'ban', { condition: sql`is_open = 1`, what: 'open bans' }) },
  {
    what: 'applications',
    find: (db) => findDoubles(db, 'application', { condition: sql`state = 'open'`, what: 'open applications' }),
  },
  { what: 'records', find: (db) => findDoubles(db, 'player', { condition: sql`1 = 1`, what: 'records' }) },
  { what: 'shifts paid twice', find: (db) => findDoubleEntries(db, 'shift_id', 'pays for the shift') },
  { what: 'entries reversed twice', find: (db) => findDoubleEntries(db, 'reverses', 'reverses the entry') },
  { what: 'the audit trail', find: findChainFaults },
]

/**
 * Proves the sums, the references, the uniqueness and the audit trail of a whole database; gives each row that is wrong.
 * `progress` is told what is looked at now.
 */
export async function* findFaults(db: Db, progress: (what: string) => void = () => undefined): AsyncGenerator<Fault> {
  for (const [index, { what, find }] of checks.entries()) {
    progress(`check ${index + 1} of ${checks.length}: ${what}`)
    yield* await find(db)
  }
}

async function findWrongSums(db: Db): Promise<Fault[]> {
  const rows = await db
    .selectFrom('player')
    .leftJoin('point_entry', (join) =>
      join
        .onRef('point_entry.community', '=', 'player.community')
        .onRef('point_entry.roblox_id', '=', 'player.roblox_id'),
    )
    .select(['player.community', 'player.roblox_id', 'player.points'])
    .select(sql<string | number>`coalesce(sum(point_entry.amount), 0)`.as('total'))
    .groupBy(['player.community', 'player.roblox_id', 'player.points'])
    .having(sql<boolean>`player.points <> coalesce(sum(point_entry.amount), 0)`)
    .execute()
  return rows.map((row) => ({
    table: 'player',
    row: `${row.community} ${row.roblox_id}`,
    message: `has ${row.points} points, but the ledger's entries are ${row.total} together`,
  }))
}

async function findUnpaidShifts(db: Db): Promise<Fault[]> {
  const rows = await db
    .selectFrom('shift')
    .leftJoin('point_entry', (join) =>
      join.onRef('point_entry.community', '=', 'shift.community').onRef('point_entry.shift_id', '=', 'shift.id'),
    )
    .select(['shift.community', 'shift.id', 'shift.points', 'point_entry.amount'])
    .where(sql<boolean>`shift.points <> coalesce(point_entry.amount, 0)`)
    .execute()
  return rows.map((row) => ({
    table: 'shift',
    row: `${row.community} ${row.id}`,
    message: `earned ${row.points} points, but the ledger has ${row.amount ?? 'no entry'} for it`,
  }))
}

async function findStrayEntries(db: Db): Promise<Fault[]> {
  const rows = await db
    .selectFrom('point_entry')
    .leftJoin('shift', (join) =>
      join.onRef('shift.community', '=', 'point_entry.community').onRef('shift.id', '=', 'point_entry.shift_id'),
    )
    .select(['point_entry.community', 'point_entry.id', 'point_entry.shift_id'])
    .where('point_entry.shift_id', 'is not', null)
    // Not part of the join: by the player's index it would read all of a player's shifts for each.
    .where(sql<boolean>`(shift.id is null or shift.roblox_id <> point_entry.roblox_id)`)
    .execute()
  return rows.map((row) => ({
    table: 'point_entry',
    row: `${row.community} ${row.id}`,
    message: `is for the shift ${row.shift_id}, which this player doesn't have`,
  }))
}

async function findWrongReversals(db: Db): Promise<Fault[]> {
  const rows = await db
    .selectFrom('point_entry as reversal')
    .leftJoin('point_entry as entry', (join) =>
      join.onRef('entry.community', '=', 'reversal.community').onRef('entry.id', '=', 'reversal.reverses'),
    )
    .select(['reversal.community', 'reversal.id', 'reversal.reverses'])
    .where('reversal.reverses', 'is not', null)
    .where(sql<boolean>`(
      entry.id is null or entry.roblox_id <> reversal.roblox_id or entry.amount + reversal.amount <> 0)`)
    .execute()
  return rows.map((row) => ({
    table: 'point_entry',
    row: `${row.community} ${row.id}`,
    message: `reverses ${row.reverses}, which is not an entry of the same amount of this player`,
  }))
}

async function findStrangers(db: Db, table: (typeof tablesOfPlayers)[number]): Promise<Fault[]> {
  const { rows } = await sql<{ community: string; roblox_id: string }>`
    select distinct one.community, one.roblox_id from ${sql.table(table)} as one
    left join player on player.community = one.community and player.roblox_id = one.roblox_id
    where player.object_id is null and one.roblox_id not like ${`${pseudonymStart}%`}`.execute(db)
  return rows.map((row) => ({
    table,
    row: `${row.community} ${row.roblox_id}`,
    message: 'belongs to a player who has no record',
  }))
}

/** The database forbids these itself, unless an index was lost. */
async function findDoubles(
  db: Db,
  table: 'ban' | 'application' | 'player',
  { condition, what }: { condition: RawBuilder<unknown>; what: string },
): Promise<Fault[]> {
  const { rows } = await sql<{ community: string; roblox_id: string; count: number }>`
    select community, roblox_id, count(*) as count from ${sql.table(table)}
    where ${condition} group by community, roblox_id having count(*) > 1`.execute(db)
  return rows.map((row) => ({
    table,
    row: `${row.community} ${row.roblox_id}`,
    message: `is there ${row.count} times: a player has no two ${what}`,
  }))
}

/** Neither does a shift pay twice, nor is an entry reversed twice, unless an index was lost. */
async function findDoubleEntries(db: Db, column: 'shift_id' | 'reverses', what: string): Promise<Fault[]> {
  const { rows } = await sql<{ community: string; id: string; subject: string }>`
    select one.community, one.id, one.${sql.ref(column)} as subject from point_entry as one
    join point_entry as other on other.community = one.community and other.${sql.ref(column)} = one.${sql.ref(column)}
    where other.id < one.id`.execute(db)
  return rows.map((row) => ({
    table: 'point_entry',
    row: `${row.community} ${row.id}`,
    message: `${what} ${row.subject}, as another entry does`,
  }))
}
