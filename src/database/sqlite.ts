import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { Kysely, SqliteDialect, sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import type { Engine, EngineOptions } from './engine.ts'
import type { Db, Schema } from './schema.ts'
import { logStatements } from './statement-log.ts'

/** How long an act waits for another process that is writing to the same file. */
const lockPatienceMs = 5000
/** Acts that share one commit, at most. */
const batchLimit = 256

/** Opens an SQLite file. Folders are made on the way. */
export function openSqlite(file: string, { log }: EngineOptions): Engine {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
  const connection = new DatabaseSync(file, { timeout: lockPatienceMs })
  connection.exec('pragma journal_mode = wal; pragma synchronous = full')
  // From here on `Writer` does the waiting, without holding up the whole process as SQLite itself would.
  connection.exec('pragma busy_timeout = 0')
  const readConnection = new DatabaseSync(file, { timeout: 1000, readOnly: file !== ':memory:' })
  const requireSameFile = watchFile(file)
  const writer = new Writer(connection, { requireSameFile, log })
  const read = kyselyOver(readConnection, log)
  return {
    read,
    act: (work) => writer.act(work),
    migration: (work) => writer.act(work),
    snapshot: async (work) => {
      // A connection of its own: what the others read goes on with the time.
      const own = new DatabaseSync(file, { timeout: 1000, readOnly: true })
      try {
        own.exec('begin')
        return await work(kyselyOver(own, log))
      } finally {
        own.close()
      }
    },
    check: async () => {
      requireSameFile()
      await sql`select 1 from player limit 1`.execute(read)
    },
    close: async () => {
      await read.destroy()
      readConnection.close()
      connection.close()
    },
  }
}

type Waiting = { run(): Promise<() => void>; reject(error: unknown): void }

/**
 * Runs acts on SQLite's one writing connection. Those that wait while a commit is written to disk go together into
 * the next one, a savepoint each, and are settled after it: one `fsync` for many acts, durability unchanged.
 */
class Writer {
  readonly #connection: DatabaseSync
  readonly #requireSameFile: () => void
  readonly #db: Db
  #queue: Waiting[] = []
  #isDraining = false

  constructor(connection: DatabaseSync, { requireSameFile, log }: { requireSameFile: () => void; log: Logger }) {
    this.#connection = connection
    this.#requireSameFile = requireSameFile
    this.#db = kyselyOver(connection, log)
  }

  act<T>(work: (trx: Db) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({
        run: async () => {
          const result = await work(this.#db)
          return () => resolve(result)
        },
        reject,
      })
      if (!this.#isDraining) void this.#drain()
    })
  }

  async #drain(): Promise<void> {
    this.#isDraining = true
    while (this.#queue.length > 0) {
      // A turn of the event loop lets the acts of requests that arrived together gather.
      await turn()
      await this.#commit(this.#queue.splice(0, batchLimit))
    }
    this.#isDraining = false
  }

  async #commit(batch: Waiting[]): Promise<void> {
    try {
      this.#requireSameFile()
      await this.#begin()
      const settle: (() => void)[] = []
      for (const waiting of batch) settle.push(await this.#runOne(waiting))
      this.#connection.exec('commit')
      // A refusal too is told only now: it may rest on what an earlier act of the same commit wrote.
      for (const tell of settle) tell()
    } catch (error) {
      if (this.#connection.isTransaction) this.#connection.exec('rollback')
      for (const waiting of batch) waiting.reject(error)
    }
  }

  async #runOne(waiting: Waiting): Promise<() => void> {
    this.#connection.exec('savepoint act')
    try {
      const settle = await waiting.run()
      this.#connection.exec('release act')
      return settle
    } catch (error) {
      // A full disk makes SQLite roll back everything by itself; then no act of this commit has happened.
      if (!this.#connection.isTransaction) throw error
      this.#connection.exec('rollback to act')
      this.#connection.exec('release act')
      return () => waiting.reject(error)
    }
  }

  async #begin(): Promise<void> {
    for (let waitedMs = 0; ; waitedMs += 10) {
      try {
        this.#connection.exec('begin immediate')
        return
      } catch (error) {
        if (!isBusy(error) || waitedMs >= lockPatienceMs) throw error
        await sleep(10)
      }
    }
  }
}

/**
 * A file that is deleted or replaced under a running server goes on taking writes that nobody will find again. The
 * function that this gives throws then.
 */
function watchFile(file: string): () => void {
  if (file === ':memory:') return () => undefined
  const opened = statSync(file).ino
  return () => {
    const found = statSync(file, { throwIfNoEntry: false })?.ino
    if (found !== opened)
      throw new Error(`the database ${file} was removed or replaced: stop, put it back, and start again`)
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && /database is locked|database is busy/.test(error.message)
}

/** Kysely over `node:sqlite`, through the small interface that Kysely's own SQLite dialect asks of a driver. */
function kyselyOver(connection: DatabaseSync, log: Logger): Db {
  const statements = new LRUCache<string, StatementSync>({ max: 500 })
  const prepare = (text: string): StatementSync => {
    const known = statements.get(text)
    if (known !== undefined) return known
    const statement = connection.prepare(text)
    statements.set(text, statement)
    return statement
  }
  return new Kysely<Schema>({
    log: logStatements(log),
    dialect: new SqliteDialect({
      database: {
        // Closed by the engine, which owns the connection.
        close: () => statements.clear(),
        prepare: (text) => {
          const statement = prepare(text)
          return {
            reader: statement.columns().length > 0,
            all: (parameters) => statement.all(...bindable(parameters)),
            run: (parameters) => statement.run(...bindable(parameters)),
            iterate: (parameters) => statement.iterate(...bindable(parameters)),
          }
        },
      },
    }),
  })
}

function bindable(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters.map((value) => {
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
      return value
    throw new TypeError(`a ${typeof value} can't be stored: columns are text and integers`)
  })
}
