import type { Db } from '../../database/schema.ts'

type Applicant = { community: string; robloxId: string }

/** An approval that is held; what it writes holds only as long as nobody else has taken it over. */
export type Held = Applicant & { holder: string }

/** An approval that goes on, or that was broken off. `assigningAt` is when it began to change roles on Roblox. */
export type Approval = Held & { isMine: boolean; assigningAt: number | undefined }

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
  return { community, robloxId, holder, isMine: taken !== undefined, assigningAt: taken?.assigning_at ?? undefined }
}

export async function extendApproval(trx: Db, held: Held, until: number): Promise<void> {
  await ofHolder(trx, held).set({ held_until: until }).execute()
}

export async function markAssigning(trx: Db, held: Held, now: number): Promise<void> {
  await ofHolder(trx, held).set({ assigning_at: now }).execute()
}

/** Forgets an approval that is done, or that has changed nothing. */
export async function endApproval(trx: Db, { community, robloxId, holder }: Held): Promise<void> {
  await trx
    .deleteFrom('approval')
    .where('community', '=', community)
    .where('roblox_id', '=', robloxId)
    .where('holder', '=', holder)
    .execute()
}

/** Gives an approval that was broken off to whoever approves next; one that has changed nothing is forgotten. */
export async function dropApproval(trx: Db, held: Held, now: number): Promise<void> {
  const row = await trx
    .selectFrom('approval')
    .select('assigning_at')
    .where('community', '=', held.community)
    .where('roblox_id', '=', held.robloxId)
    .executeTakeFirst()
  if (row?.assigning_at === null) await endApproval(trx, held)
  else await ofHolder(trx, held).set({ held_until: now }).execute()
}

function ofHolder(trx: Db, { community, robloxId, holder }: Held) {
  return trx
    .updateTable('approval')
    .where('community', '=', community)
    .where('roblox_id', '=', robloxId)
    .where('holder', '=', holder)
}
