import { type Kysely, sql } from 'kysely'

/** Who did what, and what was forgotten. */
export async function createTrail(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('pseudonym_salt')
    .addColumn('community', 'text', (c) => c.primaryKey().notNull())
    .addColumn('salt', 'text', (c) => c.notNull())
    .execute()

  await db.schema
    .createTable('audit_head')
    .addColumn('community', 'text', (c) => c.primaryKey().notNull())
    .addColumn('sequence', 'bigint', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .execute()

  await db.schema
    .createTable('audit_entry')
    .addColumn('community', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('sequence', 'bigint', (c) => c.notNull())
    .addColumn('act', 'text', (c) => c.notNull())
    .addColumn('roblox_id', 'text')
    .addColumn('moderator', 'text')
    .addColumn('key_id', 'text', (c) => c.notNull())
    .addColumn('request_id', 'text', (c) => c.notNull())
    .addColumn('before', 'text')
    .addColumn('after', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('salt', 'text')
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('audit_entry_key', ['community', 'id'])
    .execute()
  await db.schema
    .createIndex('audit_entry_by_sequence')
    .on('audit_entry')
    .unique()
    .columns(['community', 'sequence'])
    .execute()
  await db.schema
    .createIndex('audit_entry_by_player')
    .on('audit_entry')
    .columns(['community', 'roblox_id', 'sequence'])
    .execute()
  await db.schema
    .createIndex('audit_entry_by_moderator')
    .on('audit_entry')
    .columns(['community', 'moderator', 'sequence'])
    .execute()
  await db.schema
    .createIndex('audit_entry_by_time')
    .on('audit_entry')
    .columns(['community', 'created_at', 'sequence'])
    .execute()
  // Those that still say whom they are about.
  await db.schema
    .createIndex('audit_entry_of_players')
    .on('audit_entry')
    .columns(['community', 'created_at'])
    .where(sql.ref('roblox_id'), 'is not', null)
    .execute()

  await db.schema
    .createTable('erasure')
    .addColumn('community', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('notification_id', 'text')
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('asked_at', 'bigint', (c) => c.notNull())
    .addColumn('done_at', 'bigint')
    .addColumn('removed', 'text')
    .addPrimaryKeyConstraint('erasure_key', ['community', 'id'])
    .execute()
  await db.schema
    .createIndex('erasure_by_notification')
    .on('erasure')
    .unique()
    .columns(['community', 'notification_id'])
    .execute()
}
