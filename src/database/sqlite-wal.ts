import { fdatasync, fstat } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import type { DatabaseMetrics } from '../telemetry/database-metrics.ts'
import { onNobodysBehalf } from '../telemetry/log-context.ts'
import { DiskFailed } from './engine.ts'
import type { CheckpointOrder, CheckpointReport } from './sqlite-checkpoint.ts'

/** Puts a file's content on disk. */
export type SyncFile = (fileDescriptor: number) => Promise<void>

const statOf = promisify(fstat)
/** After so many writes to it the log is carried over into the database file, a checkpoint, and begun anew. */
const checkpointAfterWrites = 200
/** It also is when its file has grown by so much: the disk may be full before there were as many writes. */
const checkpointAfterGrowth = 16 * 1024 * 1024
/** Where somebody reads what was, as a backup does, the log has to stay for now. */
const checkpointAgainMs = 1000
/**
 * The log's file is written over, which is quicker than to let it grow again, and to cut it back makes writes wait. So it is
 * cut back where it has become as large as this, and now and then, so that nothing old stays in it: it may be of somebody
 * who was erased since.
 */
const largestBytes = 128 * 1024 * 1024
const cutEveryMs = 3_600_000

/**
 * The write-ahead log of an SQLite file: what was committed is appended to it, and this puts it on disk. It does so
 * off the event loop, so that a slow disk holds up those who wait for it and nobody else; SQLite itself, with
 * `synchronous=full`, would hold up the whole process.
 */
export class WriteAheadLog {
  readonly #file: string
  readonly #log: Logger
  readonly #metrics: DatabaseMetrics | undefined
  readonly #syncFile: SyncFile
  readonly #detached = onNobodysBehalf()
  #handle: FileHandle | undefined
  #running: Promise<void> | undefined
  #failure: Error | undefined
  #worker: Worker | undefined
  #writes = 0
  #sizeBefore = 0
  #hasFailedToCarryOver = false
  #isCheckpointing = false
  #checkpointAfter = Number.NEGATIVE_INFINITY
  #cutAt = performance.now()

  /** `file` is the database's, without symbolic links on the way. */
  constructor(
    file: string,
    {
      log,
      metrics,
      syncFile = promisify(fdatasync),
    }: { log: Logger; metrics?: DatabaseMetrics | undefined; syncFile?: SyncFile },
  ) {
    this.#file = file
    this.#log = log
    this.#metrics = metrics
    this.#syncFile = syncFile
  }

  /**
   * Kept when all that was committed before the call is on disk. Once the disk has failed, nothing more is believed to be on
   * it (nor would it be safe to write the same again: the system may have forgotten what it could not write).
   */
  sync(): Promise<void> {
    this.#running = this.#sync()
    return this.#running
  }

  /** @throws what the disk failed with */
  requireDisk(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Where the disk is full: what is in the file already need not be in the log as well. */
  makeRoom(): void {
    this.#checkpoint(true)
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#running])
    await this.#worker?.terminate()
    await this.#handle?.close()
  }

  async #sync(): Promise<void> {
    this.requireDisk()
    try {
      this.#handle ??= await open(`${this.#file}-wal`, 'r+')
      const startedAt = performance.now()
      await this.#syncFile(this.#handle.fd)
      const durationMs = performance.now() - startedAt
      const { size } = await statOf(this.#handle.fd)
      this.#metrics?.wroteLog(durationMs, size)
      const isToBeCut = size > largestBytes || startedAt - this.#cutAt > cutEveryMs
      const isLong = ++this.#writes >= checkpointAfterWrites || size - this.#sizeBefore > checkpointAfterGrowth
      if (isLong || isToBeCut) {
        this.#sizeBefore = isToBeCut ? 0 : size
        this.#checkpoint(isToBeCut)
      }
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? cause.code : cause
      const message = `the disk could not keep what was written (${code}): mend it, or the rights to it, and start again`
      this.#failure = new DiskFailed(message, { cause })
      this.#log.fatal(
        { err: cause },
        'the disk could not keep what was written, and every write is refused from now on: mend it, or the rights to it, and start again',
      )
      throw this.#failure
    }
  }

  /** SQLite's checkpoint, in a thread of its own: it waits for the disk several times. */
  #checkpoint(isToBeCut: boolean): void {
    if (this.#isCheckpointing || performance.now() < this.#checkpointAfter) return
    this.#isCheckpointing = true
    this.#writes = 0
    this.#worker ??= this.#startWorker()
    this.#worker.postMessage({ isToBeCut } satisfies CheckpointOrder)
  }

  #startWorker(): Worker {
    const program = new URL(`./sqlite-checkpoint${extname(fileURLToPath(import.meta.url))}`, import.meta.url)
    const worker = new Worker(program, { workerData: this.#file })
    worker.unref()
    worker.on('message', ({ isWhole, isToBeCut }: CheckpointReport) => {
      this.#isCheckpointing = false
      this.#hasFailedToCarryOver = false
      if (!isWhole) {
        this.#writes = checkpointAfterWrites
        this.#checkpointAfter = performance.now() + checkpointAgainMs
      } else if (isToBeCut) this.#cutAt = performance.now()
    })
    worker.on('error', (error) => {
      this.#isCheckpointing = false
      this.#checkpointAfter = performance.now() + checkpointAgainMs
      this.#worker = undefined
      if (this.#hasFailedToCarryOver) return
      this.#hasFailedToCarryOver = true
      this.#detached(() =>
        this.#log.error(
          { err: error },
          'the write-ahead log could not be carried over into the file, and grows; nothing is lost: check the disk and its space',
        ),
      )
    })
    return worker
  }
}
