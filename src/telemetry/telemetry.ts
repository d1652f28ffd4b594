import type { LogContext } from './log-context.ts'
import type { Metrics } from './metrics.ts'
import type { Tracing } from './tracing.ts'

/** What tells of a running Magicband from inside: numbers, spans where they are asked for, and on whose behalf lines are written. */
export type Telemetry = { metrics: Metrics; tracing: Tracing | undefined; logContext: LogContext }
