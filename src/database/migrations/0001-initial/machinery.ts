import { type Kysely, sql } from 'kysely'

/** Keys, remembered answers and jobs. */
export async function createMachinery(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('api_key')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('community', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull().unique())
    .addColumn('start', 'text', (c) => c.notNull())
    .addColumn('scopes', 'text', (c) => c.notNull())
    .addColumn('limit_count', 'integer')
    .addColumn('limit_ms', 'bigint')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .addColumn('last_used_at', 'bigint')
    .addColumn('place', 'text')
    .addColumn('server', 'text')
    .addColumn('asked_by', 'text')
    .execute()
  await db.schema.createIndex('api_key_by_end').on('api_key').column('expires_at').execute()

  await db.schema
    .createTable('idempotency')
    .addColumn('community', 'text', (c) => c.notNull())
    .addColumn('key_id', 'text', (c) => c.notNull())
    .addColumn('route', 'text', (c) => c.notNull())
    .addColumn('idempotency_key', 'text', (c) => c.notNull())
    .addColumn('request_hash', 'text', (c) => c.notNull())
    .addColumn('status', 'integer', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('idempotency_key', ['community', 'key_id', 'route', 'idempotency_key'])
    .execute()
  await db.schema.createIndex('idempotency_by_time').on('idempotency').column('created_at').execute()

  await db.schema
    .createTable('job')
    .addColumn('community', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('task', 'text', (c) => c.notNull())
    .addColumn('payload', 'text', (c) => c.notNull())
    .addColumn('run_at', 'bigint', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('last_error', 'text')
    .addColumn('locked_by', 'text')
    .addColumn('locked_at', 'bigint')
    .addColumn('given_up_at', 'bigint')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('job_key', ['community', 'id'])
    .execute()
  await db.schema.createIndex('job_by_time').on('job').columns(['given_up_at', 'run_at']).execute()
  // Few jobs are locked at a time, however many wait or were given up.
  await db.schema
    .createIndex('job_by_lock')
    .on('job')
    .columns(['locked_by', 'locked_at'])
    .where(sql.ref('locked_by'), 'is not', null)
    .execute()
}
