import type { Db } from '../../database/schema.ts'

type Applicant = { community: string; robloxId: string }

/** An approval that goes on, or that was broken off. `assigningAt` is when it began to change roles on Roblox. */
export type Approval = { isMine: boolean; assigningAt: number | undefined }

/** Takes the approval of a player for `holder` until `until`, unless another one holds it. */
export async function takeApproval(
  trx: Db,
  { community, robloxId }: Applicant,
  { holder, now, until }: { holder: string; now: number; until: number },
): Promise<Approval> {
  const taken = await trx
    .insertInto('approval')
    .values({ community, roblox_id: robloxId, holder, held_until: until, assigning_at: null })
    .onConflict((conflict) =>
      conflict
        .columns(['community', 'roblox_id'])
        .doUpdateSet({ holder, held_until: until })
        .where('approval.held_until', '<=', now),
    )
    .returning('assigning_at')
    .executeTakeFirst()
  return { isMine: taken !== undefined, assigningAt: taken?.assigning_at ?? undefined }
}

export async function markAssigning(trx: Db, { community, robloxId }: Applicant, now: number): Promise<void> {
  await trx
    .updateTable('approval')
    .set({ assigning_at: now })
    .where('community', '=', community)
    .where('roblox_id', '=', robloxId)
    .execute()
}

/** Forgets an approval that is done, or that has changed nothing. */
export async function endApproval(trx: Db, { community, robloxId }: Applicant): Promise<void> {
  await trx.deleteFrom('approval').where('community', '=', community).where('roblox_id', '=', robloxId).execute()
}

/** Gives an approval that was broken off to whoever approves next; one that has changed nothing is forgotten. */
export async function dropApproval(trx: Db, { community, robloxId }: Applicant, now: number): Promise<void> {
  const mine = trx.deleteFrom('approval').where('community', '=', community).where('roblox_id', '=', robloxId)
  await mine.where('assigning_at', 'is', null).execute()
  await trx
    .updateTable('approval')
    .set({ held_until: now })
    .where('community', '=', community)
    .where('roblox_id', '=', robloxId)
    .execute()
}
