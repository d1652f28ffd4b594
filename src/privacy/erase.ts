import { sql } from 'kysely'
import { forgetPerson } from '../audit/audit.store.ts'
import { webhookTask } from '../audit/audit.ts'
import type { Db } from '../database/schema.ts'
import { learnUserTask } from '../players/players.jobs.ts'
import { ensurePlayer, findPlayer, findUserById } from '../players/players.store.ts'
import { listPersonalData } from './personal-data.ts'

/** What the reason of a ban becomes when the banned player is erased: the old one may tell of the person. */
export const erasedReason = 'banned before the data was erased'

/** Work for the person's own sake. What else waits protects others, is done within moments, and its row is gone then. */
const droppedTasks = [webhookTask, learnUserTask]

/** `placeholderId` is the id of a record that is made for as long as this takes, where the player has none. */
type Erasure = { community: string; robloxId: string; pseudonym: string; placeholderId: string; now: number }

/** Rows that were removed, by table; `ban_kept` is 1 where a ban lives on under the pseudonym. */
export type Removed = Record<string, number>

/**
 * Removes everything about a player from every table, in one transaction. A ban that holds stays, under the pseudonym; of
 * audit entries stays what makes the chain verifiable, and the sequences of those are `blanked`.
 */
export async function erasePerson(
  trx: Db,
  { community, robloxId, pseudonym, placeholderId, now }: Erasure,
): Promise<{ removed: Removed; blanked: number[] }> {
  // Whatever is done to the player meanwhile is done before, and goes, or after, and begins anew.
  await ensurePlayer(trx, { community, robloxId, objectId: placeholderId, now })
  await requireNoApproval(trx, { community, robloxId }, now)
  const record = await findPlayer(trx, community, robloxId)
  const name = (await findUserById(trx, robloxId))?.name
  const removed: Removed = { ban_kept: await keepLiveBan(trx, { community, robloxId, pseudonym, now }) }
  let blanked: number[] = []
  for (const { table, rows } of listPersonalData({ community, robloxId, name })) {
    if (table === 'audit_entry') {
      blanked = await forgetPerson(trx, { community, robloxId })
      removed[table] = blanked.length
      continue
    }
    const kept = table === 'job' ? sql`and (given_up_at is not null or task in (${sql.join(droppedTasks)}))` : sql``
    const result = await sql`delete from ${sql.table(table)} where ${rows} ${kept}`.execute(trx)
    removed[table] = Number(result.numAffectedRows ?? 0n)
  }
  if (record?.objectId === placeholderId) removed.player = 0
  return { removed, blanked }
}

/** An erasure in the middle of an approval, which would put the player's rank and its entry back afterwards. */
export class ErasureMustWait extends Error {
  readonly retryAfterMs = 5000
}

/** @throws ErasureMustWait while the player is being approved */
async function requireNoApproval(
  trx: Db,
  { community, robloxId }: { community: string; robloxId: string },
  now: number,
): Promise<void> {
  const row = await trx
    .selectFrom('approval')
    .select('held_until')
    .where('community', '=', community)
    .where('roblox_id', '=', robloxId)
    .executeTakeFirst()
  if (row !== undefined && row.held_until > now)
    throw new ErasureMustWait('the player is being approved at this moment: try again in a minute')
}

async function keepLiveBan(
  trx: Db,
  { community, robloxId, pseudonym, now }: Omit<Erasure, 'placeholderId'>,
): Promise<number> {
  const result = await trx
    .updateTable('ban')
    .set({ roblox_id: pseudonym, reason: erasedReason })
    .where('community', '=', community)
    .where('roblox_id', '=', robloxId)
    .where('is_open', '=', sql.lit(1))
    .where((eb) => eb.or([eb('ends_at', 'is', null), eb('ends_at', '>', now)]))
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}
