import type { Kysely } from 'kysely'
import { createFeatures } from './0001-initial/features.ts'
import { createMachinery } from './0001-initial/machinery.ts'
import { createPeople } from './0001-initial/people.ts'
import { createTrail } from './0001-initial/trail.ts'

/** The first schema. Every primary key but those of shared caches and pages begins with the community, the shard key. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createPeople(db)
  await createFeatures(db)
  await createTrail(db)
  await createMachinery(db)
}
