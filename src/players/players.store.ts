import { sql } from 'kysely'
import { hotQuery, type PlaceOf } from '../database/hot-query.ts'
import type { Db } from '../database/schema.ts'

/** No question takes as long: what seems to have been asked so much later was asked by a clock that ran ahead. */
const clockErrorMs = 60_000

export type RememberedUser = { id: string; name: string; askedAt: number }
export type RememberedRank = { rank: number; roleName: string; askedAt: number }

const userById = hotQuery((db, value: PlaceOf<{ id: string }>) =>
  db.selectFrom('roblox_user').select(['roblox_id', 'name', 'asked_at']).where('roblox_id', '=', value('id')),
)

export async function findUserById(db: Db, id: string): Promise<RememberedUser | undefined> {
  const [row] = (await userById(db, { id })).rows
  return row && { id: row.roblox_id, name: row.name, askedAt: row.asked_at }
}

/** The user who was last seen with this name, in any letter case. */
export async function findUserByName(db: Db, name: string): Promise<RememberedUser | undefined> {
  const row = await db
    .selectFrom('roblox_user')
    .select(['roblox_id', 'name', 'asked_at'])
    .where('name_lower', '=', name.toLowerCase())
    .orderBy('asked_at', 'desc')
    .executeTakeFirst()
  return row && { id: row.roblox_id, name: row.name, askedAt: row.asked_at }
}

/** The user whom Roblox told us of last. */
export async function findLatestUser(db: Db): Promise<RememberedUser | undefined> {
  const row = await db
    .selectFrom('roblox_user')
    .select(['roblox_id', 'name', 'asked_at'])
    .orderBy('asked_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { id: row.roblox_id, name: row.name, askedAt: row.asked_at }
}

export async function rememberUser(trx: Db, user: RememberedUser): Promise<void> {
  const said = { name: user.name, name_lower: user.name.toLowerCase(), asked_at: user.askedAt }
  await trx
    .insertInto('roblox_user')
    .values({ roblox_id: user.id, ...said })
    .onConflict((conflict) =>
      conflict.column('roblox_id').doUpdateSet(said).where(isEarlier('roblox_user.asked_at', user.askedAt)),
    )
    .execute()
}

const rankOf = hotQuery((db, value: PlaceOf<{ community: string; id: string }>) =>
  db
    .selectFrom('membership')
    .select(['rank', 'role_name', 'asked_at'])
    .where('community', '=', value('community'))
    .where('roblox_id', '=', value('id')),
)

export async function findRank(db: Db, community: string, id: string): Promise<RememberedRank | undefined> {
  const [row] = (await rankOf(db, { community, id })).rows
  return row && { rank: row.rank, roleName: row.role_name, askedAt: row.asked_at }
}

/** An answer to a question that was asked before the one that is remembered doesn't overwrite it. */
export async function rememberRank(trx: Db, community: string, id: string, rank: RememberedRank): Promise<void> {
  const said = { rank: rank.rank, role_name: rank.roleName, asked_at: rank.askedAt }
  await trx
    .insertInto('membership')
    .values({ community, roblox_id: id, ...said })
    .onConflict((conflict) =>
      conflict
        .columns(['community', 'roblox_id'])
        .doUpdateSet(said)
        .where(isEarlier('membership.asked_at', rank.askedAt)),
    )
    .execute()
}

/** Whether what is remembered was asked before this, or at a time that can't be right. */
function isEarlier(column: 'roblox_user.asked_at' | 'membership.asked_at', askedAt: number) {
  return sql<boolean>`(${sql.ref(column)} <= ${askedAt} or ${sql.ref(column)} > ${askedAt + clockErrorMs})`
}

export type PlayerRecord = { objectId: string; points: number }

const playerOf = hotQuery((db, value: PlaceOf<{ community: string; id: string }>) =>
  db
    .selectFrom('player')
    .select(['object_id', 'points'])
    .where('community', '=', value('community'))
    .where('roblox_id', '=', value('id')),
)

export async function findPlayer(db: Db, community: string, id: string): Promise<PlayerRecord | undefined> {
  const [row] = (await playerOf(db, { community, id })).rows
  return row && { objectId: row.object_id, points: row.points }
}

/** Makes other acts on the same player wait until this one is committed. A statement that changes nothing, which every database has. */
export async function lockPlayer(
  trx: Db,
  { community, robloxId }: { community: string; robloxId: string },
): Promise<void> {
  await trx
    .updateTable('player')
    .set((eb) => ({ points: eb.ref('points') }))
    .where('community', '=', community)
    .where('roblox_id', '=', robloxId)
    .execute()
}

type NewPlayer = { community: string; robloxId: string; objectId: string; now: number }

/**
 * Makes the player's record, if there is none yet: what a first certification, ban, application or shift does. Other acts
 * on the same player, an erasure above all, wait until this one is committed, so it comes first. `points` are added.
 */
export async function ensurePlayer(trx: Db, player: NewPlayer, points = 0): Promise<void> {
  await insertOrAdd(trx, { ...player, points })
}

const insertOrAdd = hotQuery((db, value: PlaceOf<NewPlayer & { points: number }>) =>
  db
    .insertInto('player')
    .values({
      community: value('community'),
      object_id: value('objectId'),
      roblox_id: value('robloxId'),
      points: value('points'),
      created_at: value('now'),
    })
    .onConflict((conflict) =>
      conflict.columns(['community', 'roblox_id']).doUpdateSet((eb) => ({
        points: eb('player.points', '+', eb.ref('excluded.points')),
      })),
    ),
)
