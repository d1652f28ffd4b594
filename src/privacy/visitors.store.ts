import { sql } from 'kysely'
import type { Db } from '../database/schema.ts'

type Batch = { before: number; limit: number }
/** From the first row of a page to its last. */
type Page<Row> = { first: Row; last: Row }

/** Where a walk through remembered ranks or names is. */
export type Remembered = { at: number; robloxId: string }
/** Where a walk through remembered links is. */
export type RememberedLink = { at: number; discordId: string; source: string }

/** Ranks that were last asked for before `before`, by time, from `after` on. */
export function listOldRanks(
  db: Db,
  { community, before, after, limit }: Batch & { community: string; after: Remembered | undefined },
): Promise<Remembered[]> {
  let query = db
    .selectFrom('membership')
    .select(['asked_at as at', 'roblox_id as robloxId'])
    .where('community', '=', community)
    .where('asked_at', '<', before)
  if (after !== undefined) {
    query = query.where((eb) => eb(eb.refTuple('asked_at', 'roblox_id'), '>', eb.tuple(after.at, after.robloxId)))
  }
  return query.orderBy('asked_at').orderBy('roblox_id').limit(limit).execute()
}

/** Forgets the ranks of a page of those who have no record. One that was asked for since is on it no more. @returns how many */
export async function forgetRanks(
  trx: Db,
  { community, first, last }: Page<Remembered> & { community: string },
): Promise<number> {
  const result = await trx
    .deleteFrom('membership')
    .where('community', '=', community)
    .where((eb) => eb(eb.refTuple('asked_at', 'roblox_id'), '>=', eb.tuple(first.at, first.robloxId)))
    .where((eb) => eb(eb.refTuple('asked_at', 'roblox_id'), '<=', eb.tuple(last.at, last.robloxId)))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('player')
            .select('object_id')
            .whereRef('player.community', '=', 'membership.community')
            .whereRef('player.roblox_id', '=', 'membership.roblox_id'),
        ),
      ),
    )
    .executeTakeFirst()
  return Number(result.numDeletedRows)
}

/** Links that a service told before `before`, by time, from `after` on. */
export function listOldLinks(
  db: Db,
  { community, before, after, limit }: Batch & { community: string; after: RememberedLink | undefined },
): Promise<RememberedLink[]> {
  let query = db
    .selectFrom('discord_link')
    .select(['asked_at as at', 'discord_id as discordId', 'source'])
    .where('community', '=', community)
    .where('asked_at', '<', before)
    // The condition of the index `discord_link_by_time`, which is only used where it stands here word by word.
    .where('source', '<>', sql.lit('table'))
  if (after !== undefined) {
    const from = [after.at, after.discordId, after.source] as const
    query = query.where((eb) => eb(eb.refTuple('asked_at', 'discord_id', 'source'), '>', eb.tuple(...from)))
  }
  return query.orderBy('asked_at').orderBy('discord_id').orderBy('source').limit(limit).execute()
}

/** Forgets the links of a page of those who have no record. One that was asked for since is on it no more. @returns how many */
export async function forgetLinks(
  trx: Db,
  { community, first, last }: Page<RememberedLink> & { community: string },
): Promise<number> {
  const [from, to] = [
    [first.at, first.discordId, first.source] as const,
    [last.at, last.discordId, last.source] as const,
  ]
  const result = await trx
    .deleteFrom('discord_link')
    .where('community', '=', community)
    .where('source', '<>', sql.lit('table'))
    .where((eb) => eb(eb.refTuple('asked_at', 'discord_id', 'source'), '>=', eb.tuple(...from)))
    .where((eb) => eb(eb.refTuple('asked_at', 'discord_id', 'source'), '<=', eb.tuple(...to)))
    // Also those of whom the service knew nobody.
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('player')
            .select('object_id')
            .whereRef('player.community', '=', 'discord_link.community')
            .whereRef('player.roblox_id', '=', 'discord_link.roblox_id'),
        ),
      ),
    )
    .executeTakeFirst()
  return Number(result.numDeletedRows)
}

/** The communities of which there is a record or a rank, whether or not they have a file. */
export async function listCommunitiesOfPeople(db: Db): Promise<string[]> {
  const found = new Set<string>()
  for (const table of ['player', 'membership'] as const) {
    // The index is asked once for each: what is distinct in millions of rows takes too long to find out.
    for (let after: string | undefined = ''; after !== undefined; ) {
      const next: { community: string } | undefined = await db
        .selectFrom(table)
        .select('community')
        .where('community', '>', after)
        .orderBy('community')
        .limit(1)
        .executeTakeFirst()
      if (next !== undefined) found.add(next.community)
      after = next?.community
    }
  }
  return [...found]
}

/** Names that were last asked for before `before`, by time, from `after` on. */
export function listOldNames(
  db: Db,
  { before, after, limit }: Batch & { after: Remembered | undefined },
): Promise<Remembered[]> {
  let query = db
    .selectFrom('roblox_user')
    .select(['asked_at as at', 'roblox_id as robloxId'])
    .where('asked_at', '<', before)
  if (after !== undefined) {
    query = query.where((eb) => eb(eb.refTuple('asked_at', 'roblox_id'), '>', eb.tuple(after.at, after.robloxId)))
  }
  return query.orderBy('asked_at').orderBy('roblox_id').limit(limit).execute()
}

/** Forgets the names of a page of those who have neither a record nor a rank in any of these communities. @returns how many */
export async function forgetNames(
  trx: Db,
  { communities, first, last }: Page<Remembered> & { communities: readonly string[] },
): Promise<number> {
  let query = trx
    .deleteFrom('roblox_user')
    .where((eb) => eb(eb.refTuple('asked_at', 'roblox_id'), '>=', eb.tuple(first.at, first.robloxId)))
    .where((eb) => eb(eb.refTuple('asked_at', 'roblox_id'), '<=', eb.tuple(last.at, last.robloxId)))
  for (const table of ['player', 'membership'] as const) {
    query = query.where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom(table)
            .select(`${table}.community`)
            .where(`${table}.community`, 'in', communities)
            .whereRef(`${table}.roblox_id`, '=', 'roblox_user.roblox_id'),
        ),
      ),
    )
  }
  const result = await query.executeTakeFirst()
  return Number(result.numDeletedRows)
}
