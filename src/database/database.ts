import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { DEFAULT_MIGRATION_TABLE, Migrator } from 'kysely/migration'
import { type Logger, pino } from 'pino'
import type { DatabaseLoad } from '../telemetry/database-metrics.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { openEngine } from './dialect.ts'
import type { Engine, EngineOptions } from './engine.ts'
import { migrations } from './migrations/index.ts'
import { observeAct } from './observe-act.ts'
import type { Db } from './schema.ts'
import { isDamage } from './sqlite-damage.ts'

const migrationTries = 3
const silent = pino({ level: 'silent' })

/**
 * Runs `work` as one transaction: all of it is durable when the promise is kept, none of it when it is broken. Acts that
 * change the same row would wait for each other: with the name of a `lane` they do so where they are in nobody's way.
 */
export type Act = <T>(work: (trx: Db) => Promise<T>, lane?: string) => Promise<T>

/** The database of this process. Inside an act nothing may be awaited but the database. */
export type Database = {
  /** For queries outside of an act; it sees everything that has been answered. */
  read: Db
  act: Act
  /** Runs reading work that sees the whole database as it is at one moment, however long it takes. */
  snapshot<T>(work: (db: Db) => Promise<T>): Promise<T>
  /** Throws where the database can't be read, or isn't where it was. */
  check(): Promise<void>
  /** What is wrong with the file of an SQLite database, a line each; PostgreSQL has tools of its own. It may take minutes. */
  inspect(): Promise<string[]>
  /** How busy it is at the moment. */
  load(): DatabaseLoad
  /** Brings the tables up to this version; returns the names of the migrations that ran. */
  migrate(): Promise<string[]>
  close(): Promise<void>
}

/** Acts that run or wait for their turn, at most; more are refused at once, as a database that doesn't answer would. */
const actLimit = 10_000

/** How long a statement of a call may take. */
const callStatementMs = 5000

/**
 * Opens the database at `url` (`sqlite:FILE` or `postgres://…`). Errors say what is wrong with the URL or the file.
 * `statementMs` is the time limit of a statement, that of a call's unless it is given.
 */
export function openDatabase(
  url: string,
  {
    log = silent,
    statementMs = callStatementMs,
    telemetry,
  }: { log?: Logger; statementMs?: number; telemetry?: Telemetry } = {},
): Database {
  const engine = openOrExplain(url, { log, statementMs, telemetry })
  const running = new Set<Promise<unknown>>()
  let isClosed = false
  const act: Act = async (work, lane) => {
    if (isClosed) throw new Error('the database is closed')
    if (running.size >= actLimit) throw new Error('too many writes are waiting')
    const result = observeAct(telemetry, () => engine.act(work, lane))
    running.add(result)
    try {
      return await result
    } finally {
      running.delete(result)
    }
  }
  return {
    read: engine.read,
    act,
    snapshot: engine.snapshot,
    check: engine.check,
    inspect: engine.inspect,
    load: engine.load,
    migrate: () => migrate(engine, log),
    close: async () => {
      isClosed = true
      await Promise.allSettled(running)
      await engine.close()
    },
  }
}

/** A database that can't be opened at all; the message names it, without a password. */
export class DatabaseUnusable extends Error {
  readonly isDamaged: boolean

  constructor(message: string, { isDamaged }: { isDamaged: boolean }) {
    super(message)
    this.isDamaged = isDamaged
  }
}

/** What to do about a database that can't be opened or asked. */
export function adviseOnDatabase(error: unknown): string {
  const isDamaged = error instanceof DatabaseUnusable ? error.isDamaged : isDamage(error)
  return isDamaged
    ? 'if DATABASE_URL names the right file, it is damaged; keep it for a look at it, and restore a backup into a new one'
    : 'check DATABASE_URL, and that this user may write there'
}

function openOrExplain(url: string, options: EngineOptions): Engine {
  try {
    return openEngine(url, options)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    // Not as the cause: what a URL was refused for holds the URL.
    throw new DatabaseUnusable(`the database ${describeDatabase(url)} can't be opened (${why})`, {
      isDamaged: isDamage(cause),
    })
  }
}

/** What may be told of where a database is: no user, no password, and nothing of a URL that can't be read. */
export function describeDatabase(url: string): string {
  if (url.startsWith('sqlite:')) return url
  const parsed = URL.parse(url)
  return parsed === null ? 'at DATABASE_URL' : `${parsed.protocol}//${parsed.host}${parsed.pathname}`
}

/** Two instances that start at once make the same tables: the one that lost finds them there when it tries again. */
async function migrate(engine: Engine, log: Logger): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await engine.migration((trx) => migrateToLatest(trx, log))
    } catch (error) {
      if (attempt >= migrationTries) throw error
      await sleep(200)
    }
  }
}

async function migrateToLatest(trx: Db, log: Logger): Promise<string[]> {
  const done = await listMigrations(trx)
  if (Object.keys(migrations).every((name) => done.includes(name))) {
    const newer = done.filter((name) => migrations[name] === undefined)
    // Migrations only add, so this version still finds all that it knows.
    if (newer.length > 0)
      log.warn(
        { newer },
        'the database was brought up to a newer version, with which this one works as well: upgrade this instance too',
      )
    return []
  }
  const provider = { getMigrations: async () => migrations }
  const { error, results } = await new Migrator({
    db: trx,
    provider,
    disableTransactions: !trx.isTransaction,
  }).migrateToLatest()
  if (error !== undefined) throw error
  return (results ?? []).map((result) => result.migrationName)
}

/** The names of the migrations that the database has seen. */
async function listMigrations(trx: Db): Promise<string[]> {
  const tables = await trx.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return []
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(trx)
  return rows.map(({ name }) => name)
}
