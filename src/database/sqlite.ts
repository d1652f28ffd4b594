import { mkdirSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Kysely, SqliteDialect, sql } from 'kysely'
import type { Logger } from 'pino'
import { createBoundedCache } from '../bounded-cache.ts'
import type { Engine, EngineOptions } from './engine.ts'
import type { Db, Schema } from './schema.ts'
import { type SyncFile, WriteAheadLog } from './sqlite-wal.ts'
import { lockPatienceMs, Writer } from './sqlite-writer.ts'
import { logStatements } from './statement-log.ts'

/**
 * Opens an SQLite file. Folders are made on the way. `syncFile` is how a file is put on disk; tests make it slow.
 */
export function openSqlite(file: string, { log, syncFile }: EngineOptions & { syncFile?: SyncFile }): Engine {
  mkdirSync(dirname(file), { recursive: true })
  const connection = new DatabaseSync(file, { timeout: lockPatienceMs })
  // What `synchronous = full` would do in addition, at every commit, is the work of `WriteAheadLog`; so is the checkpoint.
  connection.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 0')
  // What is erased is overwritten, or it would stay readable in free pages of the file.
  connection.exec('pragma secure_delete = on')
  // From here on `Writer` does the waiting, without holding up the whole process as SQLite itself would.
  connection.exec('pragma busy_timeout = 0')
  const readConnection = new DatabaseSync(file, { timeout: 1000, readOnly: true })
  const requireSameFile = watchFile(file)
  const writeAheadLog = new WriteAheadLog(realpathSync(file), { log, ...(syncFile && { syncFile }) })
  const writer = new Writer({ connection, db: kyselyOver(connection, log), requireSameFile, writeAheadLog })
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
      writeAheadLog.requireDisk()
      await sql`select 1 from player limit 1`.execute(read)
    },
    close: async () => {
      await read.destroy()
      await writeAheadLog.close()
      readConnection.close()
      connection.close()
    },
  }
}

/**
 * A file that is deleted or replaced under a running server goes on taking writes that nobody will find again. The
 * function that this gives throws then.
 */
function watchFile(file: string): () => void {
  const opened = statSync(file).ino
  return () => {
    const found = statSync(file, { throwIfNoEntry: false })?.ino
    if (found !== opened)
      throw new Error(`the database ${file} was removed or replaced: stop, put it back, and start again`)
  }
}

/** Kysely over `node:sqlite`, through the small interface that Kysely's own SQLite dialect asks of a driver. */
function kyselyOver(connection: DatabaseSync, log: Logger): Db {
  const statements = createBoundedCache<string, { statement: StatementSync; reader: boolean }>(500)
  const prepare = (text: string) => {
    const known = statements.get(text)
    if (known !== undefined) return known
    const statement = connection.prepare(text)
    const prepared = { statement, reader: statement.columns().length > 0 }
    statements.set(text, prepared)
    return prepared
  }
  return new Kysely<Schema>({
    log: logStatements(log),
    dialect: new SqliteDialect({
      database: {
        // Closed by the engine, which owns the connection.
        close: () => statements.clear(),
        prepare: (text) => {
          const { statement, reader } = prepare(text)
          return {
            reader,
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
