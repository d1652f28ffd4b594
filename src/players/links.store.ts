import type { Db } from '../database/schema.ts'

export type Link = { robloxId: string | undefined; askedAt: number }

export async function findLink(
  db: Db,
  { community, discordId, source }: { community: string; discordId: string; source: string },
): Promise<Link | undefined> {
  const row = await db
    .selectFrom('discord_link')
    .select(['roblox_id', 'asked_at'])
    .where('community', '=', community)
    .where('discord_id', '=', discordId)
    .where('source', '=', source)
    .executeTakeFirst()
  return row && { robloxId: row.roblox_id ?? undefined, askedAt: row.asked_at }
}

export async function rememberLink(
  trx: Db,
  { community, discordId, source, robloxId, askedAt }: { community: string; discordId: string; source: string } & Link,
): Promise<void> {
  const said = { roblox_id: robloxId ?? null, asked_at: askedAt }
  await trx
    .insertInto('discord_link')
    .values({ community, discord_id: discordId, source, ...said })
    .onConflict((conflict) => conflict.columns(['community', 'discord_id', 'source']).doUpdateSet(said))
    .execute()
}

export type TableLink = { discordId: string; robloxId: string }

/** The links of the community's own table, in the order of the Discord ids. */
export async function listTableLinks(db: Db, community: string): Promise<TableLink[]> {
  const rows = await db
    .selectFrom('discord_link')
    .select(['discord_id', 'roblox_id'])
    .where('community', '=', community)
    .where('source', '=', 'table')
    .orderBy('discord_id')
    .execute()
  return rows.flatMap((row) => (row.roblox_id === null ? [] : [{ discordId: row.discord_id, robloxId: row.roblox_id }]))
}

/** @returns whether there was such a link */
export async function removeTableLink(trx: Db, community: string, discordId: string): Promise<boolean> {
  const result = await trx
    .deleteFrom('discord_link')
    .where('community', '=', community)
    .where('discord_id', '=', discordId)
    .where('source', '=', 'table')
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}
