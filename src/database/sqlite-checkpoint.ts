import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'

/*
 * A thread that carries the write-ahead log of an SQLite file over into the file, whenever it is told to.
 */

/** `isToBeCut`: its file becomes empty, rather than being written over. */
export type CheckpointOrder = { isToBeCut: boolean }
/** `isWhole`: all of the log is in the file now, and it begins anew. */
export type CheckpointReport = CheckpointOrder & { isWhole: boolean }

/** Writers wait while the log is begun anew, so it is left as it is where somebody else is in the way for longer than this. */
const lockPatienceMs = 100

const connection = new DatabaseSync(String(workerData), { timeout: lockPatienceMs })
connection.exec('pragma synchronous = full')
const passive = connection.prepare('pragma wal_checkpoint(passive)')
const restart = connection.prepare('pragma wal_checkpoint(restart)')
const truncate = connection.prepare('pragma wal_checkpoint(truncate)')

parentPort?.on('message', ({ isToBeCut }: CheckpointOrder) => {
  // Nobody waits for this part, which is nearly all of it.
  const { log, checkpointed } = passive.get() ?? {}
  // The rest of the log is what somebody still reads as it was, such as a backup; or who has begun to since.
  const isWhole = log === checkpointed && (isToBeCut ? truncate : restart).get()?.busy === 0
  if (isWhole) beginLog()
  parentPort?.postMessage({ isWhole, isToBeCut } satisfies CheckpointReport)
})

/** The first to write into a log that begins anew waits for the disk to have its head: better here than in the writer's thread. */
function beginLog(): void {
  try {
    connection.exec('pragma user_version = 1')
  } catch (error) {
    // The writer was faster.
    if (!(error instanceof Error && error.message.includes('database is locked'))) throw error
  }
}
