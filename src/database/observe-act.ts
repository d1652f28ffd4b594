import { Problem } from '../problem.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { SpanStart } from '../telemetry/tracing.ts'

/** Runs an act, and tells what became of it and how long it took. */
export async function observeAct<T>(telemetry: Telemetry | undefined, act: () => Promise<T>): Promise<T> {
  if (telemetry === undefined) return act()
  const { metrics, tracing } = telemetry
  const startedAt = performance.now()
  try {
    const result = await (tracing === undefined ? act() : tracing.run(span, act))
    metrics.database.acted('done', performance.now() - startedAt)
    return result
  } catch (error) {
    metrics.database.acted(error instanceof Problem ? 'refused' : 'failed', performance.now() - startedAt)
    throw error
  }
}

const span: SpanStart = { name: 'act', kind: 'internal', attributes: {} }
