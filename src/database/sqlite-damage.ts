import { DatabaseSync } from 'node:sqlite'
import type { Logger } from 'pino'
import { onNobodysBehalf } from '../telemetry/log-context.ts'

/** SQLITE_CORRUPT and SQLITE_NOTADB: what is in the file can't be. */
const damageCodes: readonly (number | undefined)[] = [11, 26]

/** The primary result code of an error of SQLite's, which is the lowest byte of the one that it gives. */
export function sqliteCodeOf(error: unknown): number | undefined {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined
  return typeof code === 'number' ? code & 0xff : undefined
}

function isDamage(error: unknown): boolean {
  return damageCodes.includes(sqliteCodeOf(error))
}

/** What is wrong with a file by SQLite's own look at all of it, a line each; after a hundred it stops. */
export function inspectFile(file: string): string[] {
  const connection = new DatabaseSync(file, { timeout: 1000, readOnly: true })
  const lines: string[] = []
  try {
    for (const { integrity_check: found } of connection.prepare('pragma integrity_check').iterate())
      lines.push(...String(found).split('\n'))
  } catch (error) {
    // It breaks off where it can't go on; what it has said is worth more.
    if (!isDamage(error) || lines.length === 0) throw error
  } finally {
    connection.close()
  }
  return lines.filter((line) => line !== 'ok' && !line.startsWith('***'))
}

/** Notices that SQLite finds its file damaged; from then on nothing is written that could be lost with it. */
export class DamageWatch {
  readonly #log: Logger
  readonly #detached = onNobodysBehalf()
  #found: unknown

  constructor(log: Logger) {
    this.#log = log
  }

  /** Runs what SQLite is asked for. */
  run<T>(statement: () => T): T {
    try {
      return statement()
    } catch (error) {
      if (isDamage(error) && this.#found === undefined) {
        this.#found = error
        this.#detached(() =>
          this.#log.fatal(
            { err: error },
            'the database file is damaged, and every write is refused from now on: stop, keep the file for a look at it, and restore a backup into a new one',
          ),
        )
      }
      throw error
    }
  }

  /** @throws what SQLite found, if it has found its file damaged */
  requireWhole(): void {
    if (this.#found !== undefined) throw this.#found
  }
}
