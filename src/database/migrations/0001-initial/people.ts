import { type Kysely, sql } from 'kysely'
import { clustered } from './clustered.ts'

/** Who players are, and what Roblox and Discord last said of them. */
export async function createPeople(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('roblox_user')
    .addColumn('roblox_id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('name_lower', 'text', (c) => c.notNull())
    .addColumn('asked_at', 'bigint', (c) => c.notNull())
    .modifyEnd(clustered(db))
    .execute()
  await db.schema.createIndex('roblox_user_by_name').on('roblox_user').column('name_lower').execute()
  await db.schema.createIndex('roblox_user_by_time').on('roblox_user').columns(['asked_at', 'roblox_id']).execute()

  await db.schema
    .createTable('membership')
    .addColumn('community', 'text', (c) => c.notNull())
    .addColumn('roblox_id', 'text', (c) => c.notNull())
    .addColumn('rank', 'integer', (c) => c.notNull())
    .addColumn('role_name', 'text', (c) => c.notNull())
    .addColumn('asked_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('membership_key', ['community', 'roblox_id'])
    .modifyEnd(clustered(db))
    .execute()
  await db.schema
    .createIndex('membership_by_time')
    .on('membership')
    .columns(['community', 'asked_at', 'roblox_id'])
    .execute()

  await db.schema
    .createTable('player')
    .addColumn('community', 'text', (c) => c.notNull())
    .addColumn('object_id', 'text', (c) => c.notNull())
    .addColumn('roblox_id', 'text', (c) => c.notNull())
    .addColumn('points', 'bigint', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('player_key', ['community', 'object_id'])
    .addUniqueConstraint('player_by_roblox_id', ['community', 'roblox_id'])
    .execute()

  await db.schema
    .createTable('discord_link')
    .addColumn('community', 'text', (c) => c.notNull())
    .addColumn('discord_id', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('roblox_id', 'text')
    .addColumn('asked_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('discord_link_key', ['community', 'discord_id', 'source'])
    .execute()
  await db.schema.createIndex('discord_link_by_player').on('discord_link').columns(['community', 'roblox_id']).execute()
  await db.schema
    .createIndex('discord_link_by_time')
    .on('discord_link')
    .columns(['community', 'asked_at', 'discord_id', 'source'])
    .where(sql.ref('source'), '<>', sql.lit('table'))
    .execute()
}
