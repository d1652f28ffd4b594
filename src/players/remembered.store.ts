import { sql } from 'kysely'
import type { PlaceOf } from '../database/hot-query.ts'
import type { Db } from '../database/schema.ts'
import type { RememberedRank, RememberedUser } from './players.store.ts'

/** What the calls that are made all day want to know of a player of a community. */
export type RememberedPlayer = {
  user: RememberedUser | undefined
  rank: RememberedRank | undefined
  /** Certifications that are held, in no order. */
  codes: string[]
}

export type AskedPlayer = { community: string; robloxId: string }

/**
 * The query for it, always of one row, to which a call adds what else it wants to know: reading five rows by one statement
 * takes little longer than reading one.
 */
export function rememberedPlayer<Given extends AskedPlayer & Record<string, string | number>>(
  db: Db,
  value: PlaceOf<Given>,
) {
  const [community, robloxId] = [value('community'), value('robloxId')]
  return db
    .selectFrom(sql<{ one: number }>`(select 1 as one)`.as('nobody'))
    .leftJoin('roblox_user', (join) => join.on('roblox_user.roblox_id', '=', robloxId))
    .leftJoin('membership', (join) =>
      join.on('membership.community', '=', community).on('membership.roblox_id', '=', robloxId),
    )
    .select(['roblox_user.name', 'roblox_user.asked_at as named_at'])
    .select(['membership.rank', 'membership.role_name', 'membership.asked_at as ranked_at'])
    .select((eb) =>
      eb
        .selectFrom('certification')
        // No code has a comma.
        .select(sql<string>`string_agg(code, ',')`.as('codes'))
        .where('community', '=', community)
        .where('roblox_id', '=', robloxId)
        .as('codes'),
    )
}

type Row = {
  name: string | null
  named_at: number | null
  rank: number | null
  role_name: string | null
  ranked_at: number | null
  codes: string | null
}

export function toRemembered(robloxId: string, row: Row): RememberedPlayer {
  const { name, named_at, rank, role_name, ranked_at, codes } = row
  const hasName = name !== null && named_at !== null
  const hasRank = rank !== null && role_name !== null && ranked_at !== null
  return {
    user: hasName ? { id: robloxId, name, askedAt: named_at } : undefined,
    rank: hasRank ? { rank, roleName: role_name, askedAt: ranked_at } : undefined,
    codes: codes?.split(',') ?? [],
  }
}
