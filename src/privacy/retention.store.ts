import { type ExpressionBuilder, sql } from 'kysely'
import type { Db, Schema } from '../database/schema.ts'
import { pseudonymStart } from './pseudonyms.ts'

/**
 * Removes applications that were submitted before `submittedBefore`, but none that was decided since `decidedBefore`.
 * @returns how many
 */
export async function deleteApplications(
  trx: Db,
  given: { community: string; submittedBefore: number; decidedBefore: number; limit: number },
): Promise<number> {
  const { community, submittedBefore, decidedBefore, limit } = given
  const isCooledDown = (eb: ExpressionBuilder<Schema, 'application'>) =>
    eb.or([eb('decided_at', 'is', null), eb('decided_at', '<', decidedBefore)])
  const oldest = trx
    .selectFrom('application')
    .select('id')
    .where('community', '=', community)
    .where('submitted_at', '<', submittedBefore)
    .where(isCooledDown)
    .orderBy('submitted_at')
    .limit(limit)
  const result = await trx
    .deleteFrom('application')
    .where('community', '=', community)
    .where('id', 'in', oldest)
    // Once more, for one that is decided at this moment.
    .where(isCooledDown)
    .executeTakeFirst()
  return Number(result.numDeletedRows)
}

/** Removes the built-in pages of applications that were made before `before`, though their month isn't over. @returns how many */
export async function deletePages(
  trx: Db,
  { community, before, limit }: { community: string; before: number; limit: number },
): Promise<number> {
  const oldest = trx
    .selectFrom('paste')
    .select('id')
    .where('community', '=', community)
    .where('created_at', '<', before)
    .orderBy('created_at')
    .limit(limit)
  const result = await trx.deleteFrom('paste').where('id', 'in', oldest).executeTakeFirst()
  return Number(result.numDeletedRows)
}

/** Removes jobs that were given up before `before`: nobody has looked at them since. @returns how many */
export async function deleteJobsGivenUp(trx: Db, before: number): Promise<number> {
  const result = await trx.deleteFrom('job').where('given_up_at', '<', before).executeTakeFirst()
  return Number(result.numDeletedRows)
}

/** Removes bans that were lifted, or had run out, before `before`, whether or not they were closed since. @returns how many */
export async function deleteEndedBans(
  trx: Db,
  { community, before, limit }: { community: string; before: number; limit: number },
): Promise<number> {
  let rows = 0
  // A ban is lifted before its end, so one whose end is that long ago was not lifted later.
  for (const end of ['lifted_at', 'ends_at'] as const) {
    const oldest = trx
      .selectFrom('ban')
      .select('id')
      .where('community', '=', community)
      .where(end, '<', before)
      .orderBy(end)
      .limit(limit)
    const result = await trx
      .deleteFrom('ban')
      .where('community', '=', community)
      .where('id', 'in', oldest)
      .executeTakeFirst()
    rows += Number(result.numDeletedRows)
  }
  return rows
}

/** Removes bans of erased players that have ended by `now`: all that is left of them. @returns how many */
export async function deleteEndedBansOfErased(
  trx: Db,
  { community, now }: { community: string; now: number },
): Promise<number> {
  const result = await trx
    .deleteFrom('ban')
    .where('community', '=', community)
    // What the index `ban_by_kind_of_id` is over, which is only used where it stands here word by word.
    .where(sql`substr(roblox_id, 1, ${sql.lit(pseudonymStart.length)})`, '=', sql.lit(pseudonymStart))
    .where((eb) => eb(eb.fn.coalesce('lifted_at', 'ends_at'), '<=', now))
    .executeTakeFirst()
  return Number(result.numDeletedRows)
}
