import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { DatabaseSync } from 'node:sqlite'

/*
 * Is loaded before a server (`node --import`) to stand for a slow disk: whatever waits for the disk to keep a commit of
 * SQLite waits longer. That is `fdatasync`, and with `synchronous=full` the commit itself, which then holds its
 * thread up.
 */

const commitMs = Number(process.env.BENCH_COMMIT_MS)
const nobody = new Int32Array(new SharedArrayBuffer(4))
const full = 2

const fdatasync = fs.fdatasync
fs.fdatasync = ((fileDescriptor: number, done: (error: Error | null) => void): void =>
  fdatasync(fileDescriptor, (error) => setTimeout(() => done(error), commitMs))) as typeof fdatasync
syncBuiltinESMExports()

const exec = DatabaseSync.prototype.exec
DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
  exec.call(this, sql)
  if (!/^\s*commit\b/i.test(sql)) return
  if (this.prepare('pragma synchronous').get()?.synchronous === full) Atomics.wait(nobody, 0, 0, commitMs)
}
