import type { Db } from '../../database/schema.ts'

type Applicant = { community: string; robloxId: string }
export type Answers = { q1: string; q2: string; q3: string; q4: string }

export async function findLastDecision(db: Db, { community, robloxId }: Applicant): Promise<number | undefined> {
  const row = await db
    .selectFrom('application')
    .select('decided_at')
    .where('community', '=', community)
    .where('roblox_id', '=', robloxId)
    .where('decided_at', 'is not', null)
    .orderBy('decided_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.decided_at ?? undefined
}

/** Sets the open application aside for a newer one. @returns its id, if there was one */
export async function replaceOpenApplication(trx: Db, { community, robloxId }: Applicant): Promise<string | undefined> {
  const row = await trx
    .updateTable('application')
    .set({ state: 'replaced' })
    .where('community', '=', community)
    .where('roblox_id', '=', robloxId)
    .where('state', '=', 'open')
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

export async function insertApplication(
  trx: Db,
  application: Applicant & Answers & { id: string; url: string; now: number },
): Promise<void> {
  const { community, robloxId, id, q1, q2, q3, q4, url, now } = application
  await trx
    .insertInto('application')
    .values({
      community,
      id,
      roblox_id: robloxId,
      q1,
      q2,
      q3,
      q4,
      url,
      state: 'open',
      submitted_at: now,
      decided_at: null,
      decided_by: null,
    })
    .execute()
}

/** @returns the id of the open application, if there was one */
export async function approveOpenApplication(
  trx: Db,
  { community, robloxId }: Applicant,
  { moderator, now }: { moderator: string; now: number },
): Promise<string | undefined> {
  const row = await trx
    .updateTable('application')
    .set({ state: 'approved', decided_at: now, decided_by: moderator })
    .where('community', '=', community)
    .where('roblox_id', '=', robloxId)
    .where('state', '=', 'open')
    .returning('id')
    .executeTakeFirst()
  return row?.id
}
