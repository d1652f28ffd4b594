import type { Logger } from 'pino'

/** A statement of a call takes about a millisecond. */
const slowMs = 1000

/** Is told of every statement and of how long it took. */
export type StatementLog = (sql: string, durationMs: number) => void

/** Logs statements that took long, and at the level `trace` all of them. Values are never logged, and failures by who asked. */
export function logStatements(log: Logger): StatementLog {
  return (sql, durationMs) => {
    if (durationMs >= slowMs) {
      const ms = Math.round(durationMs)
      log.warn(
        { sql, ms },
        'a statement took the database over a second, and somebody waited for it: look at its load and at its disk',
      )
    } else if (log.isLevelEnabled('trace')) {
      log.trace({ sql, ms: Math.round(durationMs) }, 'statement')
    }
  }
}
