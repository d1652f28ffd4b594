import type { Db } from '../database/schema.ts'

type Player = { community: string; robloxId: string }

/** Makes a player's record with this id. @returns false where the player has one, or another player has this id */
export async function insertPlayer(
  trx: Db,
  { community, robloxId, objectId, now }: Player & { objectId: string; now: number },
): Promise<boolean> {
  const result = await trx
    .insertInto('player')
    .values({ community, object_id: objectId, roblox_id: robloxId, points: 0, created_at: now })
    // Either of the two keys.
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Who has the record with this id. */
export async function findOwner(
  db: Db,
  { community, objectId }: { community: string; objectId: string },
): Promise<string | undefined> {
  const row = await db
    .selectFrom('player')
    .select('roblox_id')
    .where('community', '=', community)
    .where('object_id', '=', objectId)
    .executeTakeFirst()
  return row?.roblox_id
}

/** How many points an entry of the ledger holds. */
export async function findAmount(
  db: Db,
  { community, id }: { community: string; id: string },
): Promise<number | undefined> {
  const row = await db
    .selectFrom('point_entry')
    .select('amount')
    .where('community', '=', community)
    .where('id', '=', id)
    .executeTakeFirst()
  return row?.amount
}

/** Whether there is a ban with this id, open or not. */
export async function isBanKnown(db: Db, { community, id }: { community: string; id: string }): Promise<boolean> {
  const row = await db
    .selectFrom('ban')
    .select('id')
    .where('community', '=', community)
    .where('id', '=', id)
    .executeTakeFirst()
  return row !== undefined
}

/** Those of these pseudonyms under which somebody was erased, or asked to be. */
export async function listErased(db: Db, community: string, pseudonyms: readonly string[]): Promise<Set<string>> {
  if (pseudonyms.length === 0) return new Set()
  const rows = await db
    .selectFrom('erasure')
    .select('subject')
    .where('community', '=', community)
    .where('subject', 'in', pseudonyms)
    .execute()
  return new Set(rows.map((row) => row.subject))
}

/** Whether the audit trail holds a revocation of this certification. */
export async function wasRevoked(db: Db, { community, robloxId, code }: Player & { code: string }): Promise<boolean> {
  const row = await db
    .selectFrom('audit_entry')
    .select('id')
    .where('community', '=', community)
    .where('roblox_id', '=', robloxId)
    .where('act', '=', 'certification.revoke')
    .where('before', '=', JSON.stringify({ certification: code }))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
