import { Kysely, type MigrationLockOptions, PostgresAdapter, PostgresDialect, type QueryResult, sql } from 'kysely'
import { Pool, types } from 'pg'
import type { DatabaseLoad } from '../telemetry/database-metrics.ts'
import { onNobodysBehalf } from '../telemetry/log-context.ts'
import { ActQueue } from './act-queue.ts'
import type { Engine, EngineOptions } from './engine.ts'
import type { BuiltQuery, HotAdapter, Values } from './hot-query.ts'
import { nameOf, PostgresActs } from './postgres-acts.ts'
import { readPoolSize, requireReadable } from './postgres-address.ts'
import { GatheringSocket } from './postgres-socket.ts'
import { ReadBatches } from './read-batches.ts'
import type { Db, Schema } from './schema.ts'
import { logStatements, type StatementLog } from './statement-log.ts'

/** How long a wait for a connection, and a transaction that nobody goes on with may take. */
const connectMs = 3000
const idleTransactionMs = 10_000
/** How long an act waits for its turn: five hundred shifts of one player are commits one after the other. */
const actPatienceMs = 15_000
/** How long a statement of a migration may take: an index over millions of rows. */
const migrationMs = 3_600_000

/**
 * Opens PostgreSQL with two pools of connections, so that a join never waits for a write; those of the first can only
 * read. Nothing is connected before the first query.
 */
export function openPostgres(url: string, options: EngineOptions): Engine {
  requireReadable(url)
  const read = openPool(url, { ...options, isReadOnly: true })
  const write = openPool(url, options)
  const acts = new PostgresActs(write.pool, logStatements(options))
  const queue = new ActQueue({ atOnce: readPoolSize(url), patienceMs: actPatienceMs })
  return {
    read: read.db,
    act: (work, lane) => queue.run(() => acts.run(work), lane),
    migration: async (work) => {
      let first: unknown
      const failed = (error: unknown) => {
        first ??= error
      }
      const { db, pool } = openPool(url, { ...options, statementMs: migrationMs, failed })
      try {
        return await db.transaction().execute(work)
      } catch (error) {
        // All that is asked in a transaction after a failure fails because of it.
        throw first ?? error
      } finally {
        await pool.end()
      }
    },
    snapshot: (work) => read.db.transaction().setIsolationLevel('repeatable read').execute(work),
    load: () => ({ actsWaiting: queue.waiting, pools: [loadOf('read', read.pool), loadOf('write', write.pool)] }),
    check: async () => {
      await sql`select 1 from player limit 1`.execute(read.db)
    },
    inspect: async () => [],
    freeBytes: async () => undefined,
    close: async () => {
      await read.pool.end()
      await write.pool.end()
    },
  }
}

/** `failed` is told of each statement that fails. */
type PoolOptions = { isReadOnly?: boolean; failed?: (error: unknown) => void }

function openPool(
  url: string,
  { log, telemetry, statementMs, isReadOnly = false, failed }: EngineOptions & PoolOptions,
): { db: Db; pool: Pool } {
  const pool = new Pool({
    connectionString: url,
    options: isReadOnly ? '-c default_transaction_read_only=on' : '',
    // Statements of an act that need no answer of each other are sent together; Kysely's are sent one by one.
    pipeline: true,
    stream: () => new GatheringSocket(),
    max: readPoolSize(url),
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    query_timeout: statementMs + 1000,
    idle_in_transaction_session_timeout: idleTransactionMs,
    application_name: 'magicband',
    keepAlive: true,
    // 64-bit integers come as text, since not all of them fit a number; ours do, or saving them would have failed.
    types: {
      getTypeParser: (oid, format) => (oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format)),
    },
  })
  const detached = onNobodysBehalf()
  const noteBreak = (error: Error) =>
    detached(() =>
      log.warn(
        { err: error },
        'a connection to PostgreSQL broke and is replaced: if this goes on, look at PostgreSQL and the network to it',
      ),
    )
  // While nobody uses it, and between two queries of a transaction; unheard, either would end the process. The next
  // query fails, or gets another connection.
  pool.on('error', noteBreak)
  pool.on('connect', (client) => client.on('error', noteBreak))
  const logStatement = logStatements({ log, telemetry })
  const db = new Kysely<Schema>({
    dialect: new Dialect(pool, isReadOnly ? readTogether(pool, logStatement) : undefined),
    log: (event) => {
      logStatement(event.query.sql, event.queryDurationMillis)
      if (event.level === 'error') failed?.(event.error)
    },
  })
  return { db, pool }
}

function loadOf(name: 'read' | 'write', { totalCount, idleCount, waitingCount }: Pool): DatabaseLoad['pools'][number] {
  return { pool: name, used: totalCount - idleCount, idle: idleCount, waiters: waitingCount }
}

/** Reads of this pool that are made often are made together. */
function readTogether(pool: Pool, logStatement: StatementLog): ReadBatches {
  return new ReadBatches(async (text, values) => {
    const startedAt = performance.now()
    try {
      return (await pool.query({ name: nameOf(text), text, values: [...values] })).rows
    } finally {
      logStatement(text, performance.now() - startedAt)
    }
  })
}

/** Says what is special about ours to Kysely. */
class Dialect extends PostgresDialect {
  readonly #batches: ReadBatches | undefined

  constructor(pool: Pool, batches: ReadBatches | undefined) {
    super({ pool })
    this.#batches = batches
  }

  override createAdapter(): PostgresAdapter {
    return new Adapter(this.#batches)
  }
}

class Adapter extends PostgresAdapter implements HotAdapter {
  readonly #batches: ReadBatches | undefined

  constructor(batches: ReadBatches | undefined) {
    super()
    this.#batches = batches
  }

  runHot<Row>(db: Db, query: BuiltQuery<Row>, values: Values): Promise<QueryResult<Row>> {
    // In a transaction, a snapshot's as well, what is read is what was true there.
    if (this.#batches !== undefined && !db.isTransaction) return this.#batches.ask(query, values)
    return db.executeQuery(query.bind(values))
  }

  /** Held until the transaction ends. */
  override async acquireMigrationLock(
    db: Kysely<unknown>,
    { lockTable, lockRowId }: MigrationLockOptions,
  ): Promise<void> {
    await sql`select 1 from ${sql.table(lockTable)} where id = ${lockRowId} for update`.execute(db)
  }

  override async releaseMigrationLock(): Promise<void> {
    // The end of the transaction does it.
  }
}
