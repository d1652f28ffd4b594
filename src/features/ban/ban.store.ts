import { sql } from 'kysely'
import { hotQuery, type PlaceOf } from '../../database/hot-query.ts'
import type { Db } from '../../database/schema.ts'

type Banned = { community: string; robloxId: string }
export type OpenBan = { id: string; reason: string; moderator: string; bannedAt: number; endsAt: number | undefined }

const openBanOf = hotQuery((db, value: PlaceOf<Banned & { pseudonym: string; now: number }>) =>
  db
    .selectFrom('ban')
    .select(['id', 'reason', 'moderator', 'banned_at', 'ends_at'])
    .where('community', '=', value('community'))
    .where('roblox_id', 'in', [value('robloxId'), value('pseudonym')])
    // Not as a value: the index holds open bans only, and the database has to see that none else is asked for.
    .where('is_open', '=', sql.lit(1))
    .where((eb) => eb.or([eb('ends_at', 'is', null), eb('ends_at', '>', value('now'))])),
)

/**
 * The ban that holds at `now`, also one that lives on under the player's pseudonym. One that has run out is none, though
 * nothing has closed it yet.
 */
export async function findOpenBan(
  db: Db,
  banned: Banned & { pseudonym: string },
  now: number,
): Promise<OpenBan | undefined> {
  const [row] = (await openBanOf(db, { ...banned, now })).rows
  return (
    row && {
      id: row.id,
      reason: row.reason,
      moderator: row.moderator,
      bannedAt: row.banned_at,
      endsAt: row.ends_at ?? undefined,
    }
  )
}

/** Gives an open ban that lives on under a pseudonym its player back. */
export async function reclaimBan(
  trx: Db,
  { community, robloxId, pseudonym }: Banned & { pseudonym: string },
): Promise<void> {
  await trx
    .updateTable('ban')
    .set({ roblox_id: robloxId })
    .where('community', '=', community)
    .where('roblox_id', '=', pseudonym)
    .where('is_open', '=', sql.lit(1))
    .execute()
}

/** Closes a ban that has run out, so that a new one can be open. */
export async function closeEndedBan(trx: Db, { community, robloxId }: Banned, now: number): Promise<void> {
  await trx
    .updateTable('ban')
    .set({ is_open: 0 })
    .where('community', '=', community)
    .where('roblox_id', '=', robloxId)
    .where('is_open', '=', sql.lit(1))
    .where('ends_at', '<=', now)
    .execute()
}

/** @returns false where a ban is open already */
export async function insertBan(trx: Db, ban: Banned & OpenBan): Promise<boolean> {
  const result = await trx
    .insertInto('ban')
    .values({
      community: ban.community,
      id: ban.id,
      roblox_id: ban.robloxId,
      reason: ban.reason,
      moderator: ban.moderator,
      banned_at: ban.bannedAt,
      ends_at: ban.endsAt ?? null,
      is_open: 1,
      lifted_at: null,
      lifted_by: null,
      lift_reason: null,
    })
    // The unique index of open bans; naming it here would need its condition as a literal.
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** @returns false where no ban holds at `now` */
export async function liftOpenBan(
  trx: Db,
  { community, robloxId }: Banned,
  { moderator, reason, now }: { moderator: string; reason: string; now: number },
): Promise<boolean> {
  const result = await trx
    .updateTable('ban')
    .set({ is_open: 0, lifted_at: now, lifted_by: moderator, lift_reason: reason })
    .where('community', '=', community)
    .where('roblox_id', '=', robloxId)
    .where('is_open', '=', sql.lit(1))
    .where((eb) => eb.or([eb('ends_at', 'is', null), eb('ends_at', '>', now)]))
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}
