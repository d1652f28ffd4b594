import { AsyncLocalStorage } from 'node:async_hooks'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import type { Db } from './schema.ts'
import { sqliteCodeOf } from './sqlite-damage.ts'
import type { WriteAheadLog } from './sqlite-wal.ts'

/** How long an act waits for another process that is writing to the same file. */
export const lockPatienceMs = 5000
/** SQLITE_FULL */
const diskIsFull = 13
/** Between two tries to be the one who writes. */
const longestPauseMs = 10
/** Acts that share one commit, at most. */
const batchLimit = 256

type Waiting = { run(): Promise<() => void>; reject(error: unknown): void }

type Dependencies = {
  connection: DatabaseSync
  /** Over the same connection. */
  db: Db
  /** Throws where what is written could be lost. */
  requireSound: () => void
  writeAheadLog: WriteAheadLog
  /** Told of each commit at once, before it is on disk. */
  committed: () => void
}

/**
 * Runs acts on SQLite's one writing connection. Those that arrive while the disk writes share the next commit, a savepoint
 * each, and its write to disk. Each is settled when the disk has it.
 */
export class Writer {
  readonly #connection: DatabaseSync
  readonly #db: Db
  readonly #requireSound: () => void
  readonly #writeAheadLog: WriteAheadLog
  readonly #committed: () => void
  #queue: Waiting[] = []
  #isDraining = false

  constructor({ connection, db, requireSound, writeAheadLog, committed }: Dependencies) {
    this.#connection = connection
    this.#db = db
    this.#requireSound = requireSound
    this.#writeAheadLog = writeAheadLog
    this.#committed = committed
  }

  /** How many acts wait for their turn. */
  get waiting(): number {
    return this.#queue.length
  }

  act<T>(given: (trx: Db) => Promise<T>): Promise<T> {
    // It runs with others, and still on behalf of whoever asked for it.
    const work = AsyncLocalStorage.bind(given)
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
    const settle: (() => void)[] = []
    try {
      this.#requireSound()
      await this.#begin()
      for (const waiting of batch) settle.push(await this.#runOne(waiting))
      this.#connection.exec('commit')
    } catch (error) {
      if (this.#connection.isTransaction) this.#connection.exec('rollback')
      if (sqliteCodeOf(error) === diskIsFull) this.#writeAheadLog.makeRoom()
      for (const waiting of batch) waiting.reject(error)
      return
    }
    this.#committed()
    try {
      await this.#writeAheadLog.sync()
    } catch (error) {
      for (const waiting of batch) waiting.reject(error)
      return
    }
    // A refusal too is told only now: it may rest on what an earlier act wrote.
    for (const tell of settle) tell()
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
    const until = performance.now() + lockPatienceMs
    // A checkpoint is over in a moment, another process may not be.
    let pauseMs = 1
    for (;;) {
      try {
        this.#connection.exec('begin immediate')
        return
      } catch (error) {
        if (!isBusy(error) || performance.now() >= until) throw error
        await sleep(pauseMs)
        pauseMs = Math.min(2 * pauseMs, longestPauseMs)
      }
    }
  }
}

export function isBusy(error: unknown): boolean {
  return error instanceof Error && /database is locked|database is busy/.test(error.message)
}
