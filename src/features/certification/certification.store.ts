import { hotQuery, type PlaceOf } from '../../database/hot-query.ts'
import type { Db } from '../../database/schema.ts'

type Holder = { community: string; robloxId: string }

const codesOf = hotQuery((db, value: PlaceOf<Holder>) =>
  db
    .selectFrom('certification')
    .select('code')
    .where('community', '=', value('community'))
    .where('roblox_id', '=', value('robloxId')),
)

export async function listCodes(db: Db, holder: Holder): Promise<string[]> {
  const { rows } = await codesOf(db, holder)
  return rows.map((row) => row.code)
}

export async function isHeldByAnyone(db: Db, community: string, code: string): Promise<boolean> {
  const row = await db
    .selectFrom('certification')
    .select('code')
    .where('community', '=', community)
    .where('code', '=', code)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** @returns false where it is held already */
export async function insertCertification(
  trx: Db,
  { community, robloxId, code, grantedBy, grantedAt }: Holder & { code: string; grantedBy: string; grantedAt: number },
): Promise<boolean> {
  const result = await trx
    .insertInto('certification')
    .values({ community, roblox_id: robloxId, code, granted_by: grantedBy, granted_at: grantedAt })
    .onConflict((conflict) => conflict.columns(['community', 'roblox_id', 'code']).doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** @returns false where it was not held */
export async function deleteCertification(
  trx: Db,
  { community, robloxId, code }: Holder & { code: string },
): Promise<boolean> {
  const result = await trx
    .deleteFrom('certification')
    .where('community', '=', community)
    .where('roblox_id', '=', robloxId)
    .where('code', '=', code)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}
