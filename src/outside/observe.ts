import type { OutsideMetrics, OutsideOutcome } from '../telemetry/outside-metrics.ts'
import { OutsideError } from './outside-error.ts'

type Observed = { service: string; signal: AbortSignal; metrics: OutsideMetrics | undefined }

/** Sends one request, and counts what became of it and how long it took. */
export async function observe<T>({ service, signal, metrics }: Observed, send: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const note = (outcome: OutsideOutcome) => metrics?.sent(service, outcome, performance.now() - startedAt)
  try {
    const answer = await send()
    note('answered')
    return answer
  } catch (error) {
    note(signal.aborted ? 'late' : outcomeOf(error))
    throw error
  }
}

function outcomeOf(error: unknown): OutsideOutcome {
  if (!(error instanceof OutsideError)) return 'failed'
  if (error.status === 401 || error.status === 403) return 'denied'
  if (error.kind === 'refused') return 'refused'
  return error.status === 429 ? 'limited' : 'failed'
}
