import { hotQuery, type PlaceOf } from '../database/hot-query.ts'
import type { Db } from '../database/schema.ts'
import { ensurePlayer } from '../players/players.store.ts'

/** The reason of an entry that an import brought. The index `point_entry_without_shift` names it too. */
export const imported = 'import'

type NewEntry = {
  community: string
  id: string
  robloxId: string
  amount: number
  reason: string
  /** The shift that earned it; one entry a shift. */
  shiftId?: string
  /** The entry that this one takes back; one reversal an entry. */
  reverses?: string
  now: number
}

export type Entry = { id: string; community: string; robloxId: string; amount: number; reason: string }

/**
 * Adds an entry to the ledger of points and to the player's sum, in one transaction: `player.points` is the sum of the
 * player's entries at every commit. The player's record must be there.
 */
export async function addPoints(trx: Db, entry: NewEntry): Promise<void> {
  if (entry.amount === 0) return
  await trx.insertInto('point_entry').values(toRow(entry)).execute()
  await addToSum(trx, entry)
}

/**
 * Adds what a shift earned, nothing as well, and makes the player's record where there is none. One statement for record and
 * sum, since it is the one that shifts of one player wait for.
 */
export async function earnPoints(trx: Db, { objectId, ...entry }: NewEntry & { objectId: string }): Promise<void> {
  const { community, robloxId, amount, now } = entry
  const paid = ensurePlayer(trx, { community, robloxId, objectId, now }, amount)
  if (amount === 0) return paid
  await Promise.all([paid, insertEarned(trx, { ...entry, shiftId: entry.shiftId ?? null })])
}

type Earned = Pick<NewEntry, 'community' | 'id' | 'robloxId' | 'amount' | 'reason' | 'now'> & { shiftId: string | null }

const insertEarned = hotQuery((db, value: PlaceOf<Earned>) =>
  db.insertInto('point_entry').values({
    community: value('community'),
    id: value('id'),
    roblox_id: value('robloxId'),
    amount: value('amount'),
    reason: value('reason'),
    shift_id: value('shiftId'),
    reverses: null,
    created_at: value('now'),
  }),
)

/** Adds an entry unless there is one with this id already. @returns whether it was added */
export async function addPointsOnce(trx: Db, entry: NewEntry): Promise<boolean> {
  if (entry.amount === 0) return false
  const result = await trx
    .insertInto('point_entry')
    .values(toRow(entry))
    .onConflict((conflict) => conflict.columns(['community', 'id']).doNothing())
    .executeTakeFirst()
  const isNew = (result.numInsertedOrUpdatedRows ?? 0n) > 0n
  if (isNew) await addToSum(trx, entry)
  return isNew
}

function toRow(entry: NewEntry) {
  return {
    community: entry.community,
    id: entry.id,
    roblox_id: entry.robloxId,
    amount: entry.amount,
    reason: entry.reason,
    shift_id: entry.shiftId ?? null,
    reverses: entry.reverses ?? null,
    created_at: entry.now,
  }
}

/** Never read, then written: two shifts at once must both count. */
async function addToSum(trx: Db, { community, robloxId, amount }: NewEntry): Promise<void> {
  const result = await trx
    .updateTable('player')
    .set((eb) => ({ points: eb('points', '+', amount) }))
    .where('community', '=', community)
    .where('roblox_id', '=', robloxId)
    .executeTakeFirst()
  if (result.numUpdatedRows === 0n) throw new Error(`${robloxId} has no record to add points to`)
}

/** An entry by its id, with whether it was reversed. */
export async function findEntry(db: Db, id: string): Promise<(Entry & { isReversed: boolean }) | undefined> {
  const row = await db
    .selectFrom('point_entry as entry')
    .leftJoin('point_entry as reversal', (join) =>
      join.onRef('reversal.community', '=', 'entry.community').onRef('reversal.reverses', '=', 'entry.id'),
    )
    .select(['entry.id', 'entry.community', 'entry.roblox_id', 'entry.amount', 'entry.reason'])
    .select('reversal.id as reversal_id')
    .where('entry.id', '=', id)
    .executeTakeFirst()
  return (
    row && {
      id: row.id,
      community: row.community,
      robloxId: row.roblox_id,
      amount: row.amount,
      reason: row.reason,
      isReversed: row.reversal_id !== null,
    }
  )
}
