import type { EngineOptions } from './engine.ts'

/** A statement of a call takes about a millisecond. */
const slowMs = 1000

/** Is told of every statement and of how long it took. */
export type StatementLog = (sql: string, durationMs: number) => void

/**
 * Logs statements that took long, and at the level `trace` all of them; where there are traces, each is a span. Values are never
 * told, and failures by who asked.
 */
export function logStatements({ log, telemetry }: Pick<EngineOptions, 'log' | 'telemetry'>): StatementLog {
  const tracing = telemetry?.tracing
  return (sql, durationMs) => {
    tracing?.addStatement(sql, durationMs)
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
