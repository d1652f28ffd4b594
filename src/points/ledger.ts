import type { Db } from '../database/schema.ts'

type NewEntry = {
  community: string
  id: string
  robloxId: string
  amount: number
  reason: string
  shiftId?: string
  now: number
}

/**
 * Adds an entry to the ledger of points and to the player's sum, in one transaction: `player.points` is the sum of the
 * player's entries at every commit. The player's record must be there.
 */
export async function addPoints(trx: Db, entry: NewEntry): Promise<void> {
  if (entry.amount === 0) return
  await trx
    .insertInto('point_entry')
    .values({
      community: entry.community,
      id: entry.id,
      roblox_id: entry.robloxId,
      amount: entry.amount,
      reason: entry.reason,
      shift_id: entry.shiftId ?? null,
      created_at: entry.now,
    })
    .execute()
  // Never read, then written: two shifts at once must both count.
  await trx
    .updateTable('player')
    .set((eb) => ({ points: eb('points', '+', entry.amount) }))
    .where('community', '=', entry.community)
    .where('roblox_id', '=', entry.robloxId)
    .execute()
}
