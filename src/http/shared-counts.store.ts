import type { Db } from '../database/schema.ts'

/** How often a name was used in one window of time. */
export type UseCount = { name: string; startsAt: number; count: number }

/** Far more than there are while nobody attacks; an attack is refused by each instance for itself as well. */
const readAtOnce = 20_000

export async function keepCounts(trx: Db, instance: string, uses: readonly UseCount[]): Promise<void> {
  await trx
    .insertInto('limit_use')
    .values(uses.map(({ name, startsAt, count }) => ({ name, starts_at: startsAt, instance, count })))
    .onConflict((conflict) =>
      conflict
        .columns(['name', 'starts_at', 'instance'])
        .doUpdateSet((update) => ({ count: update.ref('excluded.count') })),
    )
    .execute()
}

export async function listCounts(
  db: Db,
  { notBy, since }: { notBy: string; since: number },
): Promise<(UseCount & { instance: string })[]> {
  const rows = await db
    .selectFrom('limit_use')
    .select(['name', 'starts_at', 'instance', 'count'])
    .where('starts_at', '>', since)
    .where('instance', '<>', notBy)
    .orderBy('starts_at', 'desc')
    .limit(readAtOnce)
    .execute()
  return rows.map(({ name, starts_at, instance, count }) => ({ name, startsAt: starts_at, instance, count }))
}

export async function deleteCounts(trx: Db, before: number): Promise<void> {
  await trx.deleteFrom('limit_use').where('starts_at', '<=', before).execute()
}
