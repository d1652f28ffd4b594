import type { Kysely } from 'kysely'

/** Keys know the first key of their chain of rotations. Those of earlier versions don't, and are a chain of their own. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('api_key').addColumn('caller', 'text').execute()
}
