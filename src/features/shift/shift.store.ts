import { hotQuery, type PlaceOf } from '../../database/hot-query.ts'
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
  { windowMs, ...taken }: { community: string; identity: string; receivedAt: number; windowMs: number },
): Promise<boolean> {
  const result = await take(trx, { ...taken, since: taken.receivedAt - windowMs })
  return (result.numAffectedRows ?? 0n) > 0n
}

const take = hotQuery(
  (db, value: PlaceOf<{ community: string; identity: string; receivedAt: number; since: number }>) =>
    db
      .insertInto('recent_shift')
      .values({ community: value('community'), identity: value('identity'), received_at: value('receivedAt') })
      .onConflict((conflict) =>
        conflict
          .columns(['community', 'identity'])
          .doUpdateSet((eb) => ({ received_at: eb.ref('excluded.received_at') }))
          .where('recent_shift.received_at', '<=', value('since')),
      ),
)

type ShiftRow = Omit<Shift, 'isTraining'> & { training: number }

const insert = hotQuery((db, value: PlaceOf<ShiftRow>) =>
  db.insertInto('shift').values({
    community: value('community'),
    id: value('id'),
    roblox_id: value('robloxId'),
    place: value('place'),
    server: value('server'),
    seconds: value('seconds'),
    training: value('training'),
    points: value('points'),
    received_at: value('receivedAt'),
    key_id: value('keyId'),
    request_id: value('requestId'),
  }),
)

export async function insertShift(trx: Db, { isTraining, ...shift }: Shift): Promise<void> {
  await insert(trx, { ...shift, training: isTraining ? 1 : 0 })
}

export async function forgetIdentities(trx: Db, before: number): Promise<void> {
  await trx.deleteFrom('recent_shift').where('received_at', '<=', before).execute()
}
