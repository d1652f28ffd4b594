import { DatabaseSync } from 'node:sqlite'

/*
 * Is loaded before a server (`node --import`) to stand for a slow disk: every commit of SQLite holds its thread up for
 * longer, just where it would wait for the disk.
 */

const commitMs = Number(process.env.BENCH_COMMIT_MS ?? 20)
const nobody = new Int32Array(new SharedArrayBuffer(4))
const exec = DatabaseSync.prototype.exec
DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
  exec.call(this, sql)
  if (/^\s*commit\b/i.test(sql)) Atomics.wait(nobody, 0, 0, commitMs)
}
