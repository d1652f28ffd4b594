import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { DEFAULT_MIGRATION_TABLE, Migrator } from 'kysely/migration'
import { pino } from 'pino'
import type { DatabaseLoad } from '../telemetry/database-metrics.ts'
import { openEngine } from './dialect.ts'
import { DiskFailed, type Engine, type EngineOptions, NoDatabase, WrongAddress } from './engine.ts'
import { migrations } from './migrations/index.ts'
import { observeAct } from './observe-act.ts'
import type { Db } from './schema.ts'
import { sqliteCodeOf } from './sqlite-damage.ts'

const migrationTries = 3
const silent = pino({ level: 'silent' })

/**
 * Runs `work` as one transaction: all of it is durable when the promise is kept, none of it when it is broken. Acts that
 * change the same row would wait for each other: with the name of a `lane` they do so where they are in nobody's way.
 */
export type Act = <T>(work: (trx: Db) => Promise<T>, lane?: string) => Promise<T>

/** The names of the migrations that were done, and of those that a newer version has done, with which this one works as well. */
export type Migrated = { done: string[]; newer: string[] }

/** The database of this process. Inside an act nothing may be awaited but the database. */
export type Database = {
  /** For queries outside of an act; it sees everything that has been answered. */
  read: Db
  act: Act
  /** Runs reading work that sees the whole database as it is at one moment, however long it takes. */
  snapshot<T>(work: (db: Db) => Promise<T>): Promise<T>
  /** Throws where the database can't be read, or isn't where it was. */
  check(): Promise<void>
  /** Whether its disk took what was last to be written; true as long as nothing was. */
  readonly takesWrites: boolean
  /** What is wrong with the file of an SQLite database, a line each; PostgreSQL has tools of its own. It may take minutes. */
  inspect(): Promise<string[]>
  /** How many bytes its disk has left; of PostgreSQL's disk nothing is known. */
  freeBytes(): Promise<number | undefined>
  /** How busy it is at the moment. */
  load(): DatabaseLoad
  /** Brings the tables up to this version, and writes nothing where they are. */
  migrate(): Promise<Migrated>
  close(): Promise<void>
}

/** Acts that run or wait for their turn, at most; more are refused at once, as a database that doesn't answer would. */
const actLimit = 10_000

/** How long a statement of a call may take. */
const callStatementMs = 5000

/**
 * Opens the database at `url` (`sqlite:FILE` or `postgres://…`). Errors say what is wrong with the URL or the file.
 * `statementMs` is the time limit of a statement, that of a call's unless it is given; an SQLite file is made where there is
 * none, unless it must exist.
 */
export function openDatabase(
  url: string,
  { log = silent, statementMs = callStatementMs, mustExist = false, telemetry }: Partial<EngineOptions> = {},
): Database {
  const engine = openOrExplain(url, { log, statementMs, mustExist, telemetry })
  const running = new Set<Promise<unknown>>()
  let isClosed = false
  let takesWrites = true
  const act: Act = async (work, lane) => {
    if (isClosed) throw new Error('the database is closed')
    if (running.size >= actLimit) throw new Error('too many writes are waiting')
    const result = observeAct(telemetry, () => engine.act(work, lane))
    running.add(result)
    try {
      const answer = await result
      takesWrites = true
      return answer
    } catch (error) {
      if (isUnwritable(error)) takesWrites = false
      throw error
    } finally {
      running.delete(result)
    }
  }
  return {
    read: engine.read,
    act,
    snapshot: engine.snapshot,
    check: engine.check,
    get takesWrites() {
      return takesWrites
    },
    inspect: engine.inspect,
    freeBytes: engine.freeBytes,
    load: engine.load,
    migrate: () => migrate(engine),
    close: async () => {
      isClosed = true
      await Promise.allSettled(running)
      await engine.close()
    },
  }
}

/** A database that can't be opened at all; the message names it, without a password. */
export class DatabaseUnusable extends Error {
  readonly isWrongAddress: boolean
  /** Nothing is there, and nothing was made. */
  readonly isMissing: boolean
  /** The primary result code, where it is SQLite that said no. */
  readonly sqliteCode: number | undefined

  constructor(message: string, why: Pick<DatabaseUnusable, 'isWrongAddress' | 'isMissing' | 'sqliteCode'>) {
    super(message)
    this.isWrongAddress = why.isWrongAddress
    this.isMissing = why.isMissing
    this.sqliteCode = why.sqliteCode
  }
}

/** SQLite's READONLY, IOERR and FULL, and PostgreSQL's full disk and read-only transaction. */
const unwritable: readonly unknown[] = [8, 10, 13, '53100', '25006']

function isUnwritable(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return error instanceof DiskFailed || unwritable.includes(sqliteCodeOf(error) ?? code)
}

function openOrExplain(url: string, options: EngineOptions): Engine {
  try {
    return openEngine(url, options)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    // Not with the cause: what a URL was refused for holds the URL.
    throw new DatabaseUnusable(`the database ${describeDatabase(url)} can't be opened (${why})`, {
      isWrongAddress: error instanceof WrongAddress || URL.parse(url) === null,
      isMissing: error instanceof NoDatabase,
      sqliteCode: sqliteCodeOf(error),
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
async function migrate(engine: Engine): Promise<Migrated> {
  for (let attempt = 1; ; attempt++) {
    try {
      const seen = await listMigrations(engine.read)
      const newer = seen.filter((name) => migrations[name] === undefined)
      if (Object.keys(migrations).every((name) => seen.includes(name))) return { done: [], newer }
      return { done: await engine.migration(migrateToLatest), newer }
    } catch (error) {
      if (attempt >= migrationTries) throw error
      await sleep(200)
    }
  }
}

async function migrateToLatest(trx: Db): Promise<string[]> {
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
export async function listMigrations(trx: Db): Promise<string[]> {
  const tables = await trx.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return []
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(trx)
  return rows.map(({ name }) => name)
}
