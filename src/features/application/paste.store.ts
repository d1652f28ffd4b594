import type { Db } from '../../database/schema.ts'

export async function insertPaste(
  trx: Db,
  paste: { id: string; community: string; robloxId: string; text: string; now: number; endsAt: number },
): Promise<void> {
  const { id, community, robloxId, text, now, endsAt } = paste
  await trx
    .insertInto('paste')
    .values({ id, community, roblox_id: robloxId, text, created_at: now, ends_at: endsAt })
    .execute()
}

export async function findPaste(db: Db, id: string, now: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('paste')
    .select('text')
    .where('id', '=', id)
    .where('ends_at', '>', now)
    .executeTakeFirst()
  return row?.text
}

export async function deleteEndedPastes(trx: Db, now: number): Promise<void> {
  await trx.deleteFrom('paste').where('ends_at', '<=', now).execute()
}
