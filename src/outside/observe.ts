import type { OutsideOutcome } from '../telemetry/outside-metrics.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { isDenial, OutsideError } from './outside-error.ts'

type Observed = { service: string; method: string; signal: AbortSignal; telemetry: Telemetry | undefined }

/**
 * Sends one request, and tells what became of it and how long it took. Its trace ends here: services of others are told
 * nothing of it.
 */
export async function observe<T>(about: Observed, send: () => Promise<T>): Promise<T> {
  const { service, method, telemetry } = about
  if (telemetry?.tracing === undefined) return count(about, send)
  const attributes = { 'http.request.method': method, 'peer.service': service }
  return telemetry.tracing.run({ name: `${method} ${service}`, kind: 'client', attributes }, async (span) => {
    try {
      return await count(about, send)
    } catch (error) {
      if (error instanceof OutsideError && error.status !== undefined)
        span.setAttribute('http.response.status_code', error.status)
      throw error
    }
  })
}

async function count<T>({ service, signal, telemetry }: Observed, send: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const note = (outcome: OutsideOutcome) =>
    telemetry?.metrics.outside.sent(service, outcome, performance.now() - startedAt)
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
  if (isDenial(error)) return 'denied'
  if (error.kind === 'refused') return 'refused'
  return error.status === 429 ? 'limited' : 'failed'
}
