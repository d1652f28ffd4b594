import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { type Engine, type EngineOptions, NoDatabase } from './engine.ts'
import { DamageWatch, inspectFile } from './sqlite-damage.ts'
import { kyselyOver, ReadTurn } from './sqlite-kysely.ts'
import { type SyncFile, WriteAheadLog } from './sqlite-wal.ts'
import { isBusy, lockPatienceMs, Writer } from './sqlite-writer.ts'
import { logStatements } from './statement-log.ts'

/**
 * Opens an SQLite file. Folders are made on the way. `syncFile` is how a file is put on disk; tests make it slow.
 */
export function openSqlite(
  file: string,
  { log, telemetry, mustExist, syncFile }: EngineOptions & { syncFile?: SyncFile },
): Engine {
  if (mustExist && !existsSync(file)) throw new NoDatabase('there is no such file')
  mkdirSync(dirname(file), { recursive: true })
  const metrics = telemetry?.metrics.database
  const logStatement = logStatements({ log, telemetry })
  const connection = new DatabaseSync(file, { timeout: lockPatienceMs })
  // What `synchronous = full` would do in addition, at every commit, is the work of `WriteAheadLog`; so is the checkpoint.
  enterWal(connection)
  connection.exec('pragma synchronous = normal; pragma wal_autocheckpoint = 0')
  // What is erased is overwritten, or it would stay readable in free pages of the file.
  connection.exec('pragma secure_delete = on')
  // From here on `Writer` does the waiting, without holding up the whole process as SQLite itself would.
  connection.exec('pragma busy_timeout = 0')
  const readConnection = new DatabaseSync(file, { timeout: 1000, readOnly: true })
  const requireSameFile = watchFile(file)
  const writeAheadLog = new WriteAheadLog(realpathSync(file), { log, metrics, ...(syncFile && { syncFile }) })
  const damage = new DamageWatch(log)
  const requireSound = () => {
    requireSameFile()
    writeAheadLog.requireDisk()
    damage.requireWhole()
  }
  const turn = new ReadTurn(readConnection)
  const read = kyselyOver(readConnection, { logStatement, damage, turn })
  const db = kyselyOver(connection, { logStatement, damage })
  const committed = () => {
    turn.end()
    metrics?.committed()
  }
  const writer = new Writer({ connection, db, requireSound, writeAheadLog, committed })
  return {
    read,
    act: (work) => writer.act(work),
    migration: (work) => writer.act(work),
    snapshot: async (work) => {
      // A connection of its own: what the others read goes on with the time.
      const own = new DatabaseSync(file, { timeout: 1000, readOnly: true })
      try {
        own.exec('begin')
        return await work(kyselyOver(own, { logStatement, damage }))
      } finally {
        own.close()
      }
    },
    inspect: async () => inspectFile(file),
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(dirname(file))
      return bavail * bsize
    },
    load: () => ({ actsWaiting: writer.waiting, pools: [] }),
    check: async () => {
      requireSound()
      await sql`select 1 from player limit 1`.execute(read)
    },
    close: async () => {
      turn.end()
      await read.destroy()
      await writeAheadLog.close()
      readConnection.close()
      connection.close()
    },
  }
}

/** Processes that make a file at the same moment refuse each other here at once, whatever their patience. */
function enterWal(connection: DatabaseSync): void {
  const until = performance.now() + lockPatienceMs
  for (;;) {
    try {
      connection.exec('pragma journal_mode = wal')
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() >= until) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
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
