import type { Db } from '../../database/schema.ts'

export type Shift = {
  community: string
  id: string
  robloxId: string
  place: string
  server: string
  seconds: number
  isTraining: boolean
  points: number
  receivedAt: number
  keyId: string
  requestId: string
}

/**
 * Takes a shift's identity for `receivedAt`, unless it was taken less than `windowMs` before: then it is a repeat, and
 * the time still counts from the first. One statement, so that copies which arrive at once are told apart by the database.
 * @returns false for a repeat
 */
export async function takeIdentity(
  trx: Db,
  {
    community,
    identity,
    receivedAt,
    windowMs,
  }: { community: string; identity: string; receivedAt: number; windowMs: number },
): Promise<boolean> {
  const result = await trx
    .insertInto('recent_shift')
    .values({ community, identity, received_at: receivedAt })
    .onConflict((conflict) =>
      conflict
        .columns(['community', 'identity'])
        .doUpdateSet({ received_at: receivedAt })
        .where('recent_shift.received_at', '<=', receivedAt - windowMs),
    )
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function insertShift(trx: Db, shift: Shift): Promise<void> {
  await trx
    .insertInto('shift')
    .values({
      community: shift.community,
      id: shift.id,
      roblox_id: shift.robloxId,
      place: shift.place,
      server: shift.server,
      seconds: shift.seconds,
      training: shift.isTraining ? 1 : 0,
      points: shift.points,
      received_at: shift.receivedAt,
      key_id: shift.keyId,
      request_id: shift.requestId,
    })
    .execute()
}

export async function forgetIdentities(trx: Db, before: number): Promise<void> {
  await trx.deleteFrom('recent_shift').where('received_at', '<=', before).execute()
}
