import { sql } from 'kysely'
import type { Db } from '../database/schema.ts'
import { imported } from '../points/ledger.ts'

/** The reason of an entry that stands for older ones. The index `point_entry_without_shift` names it too. */
export const carriedOver = 'carried over'

type Player = { community: string; robloxId: string }

/** A row that is too old, and whose it is. */
export type OldRow = { at: number; id: string; robloxId: string }
type OldRows = { community: string; before: number; after: OldRow | undefined; limit: number }

/** An entry of the ledger with its ties: what it reverses, and what reverses it. */
export type OldEntry = {
  id: string
  amount: number
  reason: string
  shiftId: string | null
  reverses: string | null
  reversedBy: string | null
  createdAt: number
}

/** Shifts received before `before`, by time, from `after` on. */
export function listOldShifts(db: Db, { community, before, after, limit }: OldRows): Promise<OldRow[]> {
  let query = db
    .selectFrom('shift')
    .select(['received_at as at', 'id', 'roblox_id as robloxId'])
    .where('community', '=', community)
    .where('received_at', '<', before)
  if (after !== undefined) {
    query = query.where((eb) => eb(eb.refTuple('received_at', 'id'), '>', eb.tuple(after.at, after.id)))
  }
  return query.orderBy('received_at').orderBy('id').limit(limit).execute()
}

/** Entries of no shift written before `before` that can be carried over, by time, from `after` on. */
export function listOldAdjustments(db: Db, { community, before, after, limit }: OldRows): Promise<OldRow[]> {
  let query = db
    .selectFrom('point_entry')
    .select(['created_at as at', 'id', 'roblox_id as robloxId'])
    .where('community', '=', community)
    .where('created_at', '<', before)
    // The condition of the index, which is only used where it stands here word by word.
    .where('shift_id', 'is', null)
    .where('reason', '<>', sql.lit(carriedOver))
    // An import that is repeated finds what it has paid by the id of its entry, so that one stays.
    .where('reason', '<>', sql.lit(imported))
  if (after !== undefined) {
    query = query.where((eb) => eb(eb.refTuple('created_at', 'id'), '>', eb.tuple(after.at, after.id)))
  }
  return query.orderBy('created_at').orderBy('id').limit(limit).execute()
}

/** A player's entries from before `before` that can be carried over, the oldest first. */
export function listOldEntries(
  db: Db,
  { before, limit, ...player }: Player & { before: number; limit: number },
): Promise<OldEntry[]> {
  return oldEntries(db, player, before).orderBy('entry.created_at').orderBy('entry.id').limit(limit).execute()
}

/** Those of these entries that are the player's, are from before `before` and can be carried over. */
export function findOldEntries(
  db: Db,
  { before, ids, ...player }: Player & { before: number; ids: readonly string[] },
): Promise<OldEntry[]> {
  return oldEntries(db, player, before).where('entry.id', 'in', ids).execute()
}

function oldEntries(db: Db, { community, robloxId }: Player, before: number) {
  return db
    .selectFrom('point_entry as entry')
    .leftJoin('point_entry as reversal', (join) =>
      join.onRef('reversal.community', '=', 'entry.community').onRef('reversal.reverses', '=', 'entry.id'),
    )
    .select(['entry.id', 'entry.amount', 'entry.reason', 'entry.reverses', 'reversal.id as reversedBy'])
    .select(['entry.shift_id as shiftId', 'entry.created_at as createdAt'])
    .where('entry.community', '=', community)
    .where('entry.roblox_id', '=', robloxId)
    .where('entry.created_at', '<', before)
    .where('entry.reason', '<>', imported)
}

/**
 * Puts one entry in the place of these and removes their shifts. The sum of the player's entries stays what it is, and
 * so do the player's points. @returns how many shifts were removed
 */
export async function replaceEntries(
  trx: Db,
  { community, robloxId }: Player,
  { entries, id, createdAt }: { entries: readonly OldEntry[]; id: string; createdAt: number },
): Promise<number> {
  const ids = entries.map((entry) => entry.id)
  await trx.deleteFrom('point_entry').where('community', '=', community).where('id', 'in', ids).execute()
  const amount = entries.reduce((sum, entry) => sum + entry.amount, 0)
  if (amount !== 0) {
    const ties = { shift_id: null, reverses: null }
    await trx
      .insertInto('point_entry')
      .values({ community, id, roblox_id: robloxId, amount, reason: carriedOver, ...ties, created_at: createdAt })
      .execute()
  }
  const shifts = entries.flatMap(({ shiftId }) => (shiftId === null ? [] : [shiftId]))
  if (shifts.length === 0) return 0
  const result = await trx
    .deleteFrom('shift')
    .where('community', '=', community)
    .where('id', 'in', shifts)
    .executeTakeFirst()
  return Number(result.numDeletedRows)
}

/** Removes shifts that earned nothing, of which the ledger has no entry. @returns how many */
export async function deleteUnpaidShifts(
  trx: Db,
  { community, robloxId, before, limit }: Player & { before: number; limit: number },
): Promise<number> {
  const unpaid = trx
    .selectFrom('shift')
    .select('id')
    .where('community', '=', community)
    .where('roblox_id', '=', robloxId)
    .where('received_at', '<', before)
    .where('points', '=', 0)
    .orderBy('received_at')
    .limit(limit)
  const result = await trx
    .deleteFrom('shift')
    .where('community', '=', community)
    .where('id', 'in', unpaid)
    .executeTakeFirst()
  return Number(result.numDeletedRows)
}
