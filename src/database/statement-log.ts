import type { LogEvent } from 'kysely'
import type { Logger } from 'pino'

/** A statement of a call takes about a millisecond. */
const slowMs = 1000

/** Logs statements that took long, and at the level `trace` all of them. Values are never logged, and failures by who asked. */
export function logStatements(log: Logger): (event: LogEvent) => void {
  return ({ query, queryDurationMillis }) => {
    const ms = Math.round(queryDurationMillis)
    if (ms >= slowMs) {
      log.warn({ sql: query.sql, ms }, 'the database took long over a statement: look at its load and at its disk')
    } else if (log.isLevelEnabled('trace')) {
      log.trace({ sql: query.sql, ms }, 'statement')
    }
  }
}
