import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { durationBuckets } from './buckets.ts'

/**
 * What became of a question to an outside service. `denied` is for want of rights, as with a key that has run out;
 * `not_asked` was not sent, since it would have been in vain.
 */
export type OutsideOutcome = 'answered' | 'refused' | 'denied' | 'limited' | 'late' | 'failed' | 'not_asked'

/** What is asked of outside services. */
export class OutsideMetrics {
  readonly #requests: Counter<'service' | 'outcome'>
  readonly #durations: Histogram<'service'>
  readonly #isOpen = new Map<string, () => boolean>()

  constructor(registry: Registry) {
    const registers = [registry]
    this.#requests = new Counter({
      name: 'magicband_outside_requests_total',
      help: 'Requests to outside services by outcome: answered, denied (401 or 403), refused (another 4xx), limited (429), late, failed, or not_asked (left alone for a while).',
      labelNames: ['service', 'outcome'],
      registers,
    })
    this.#durations = new Histogram({
      name: 'magicband_outside_request_duration_seconds',
      help: 'Time that one request to an outside service took, whatever became of it.',
      labelNames: ['service'],
      buckets: [...durationBuckets],
      registers,
    })
    const breakers = new Gauge({
      name: 'magicband_outside_breaker_open',
      help: '1 while an outside service fails and is left alone but for a probe now and then, else 0.',
      labelNames: ['service'],
      registers,
      collect: () => {
        for (const [service, isOpen] of this.#isOpen) breakers.set({ service }, isOpen() ? 1 : 0)
      },
    })
  }

  sent(service: string, outcome: OutsideOutcome, durationMs: number): void {
    this.#requests.inc({ service, outcome })
    this.#durations.observe({ service }, durationMs / 1000)
  }

  notAsked(service: string): void {
    this.#requests.inc({ service, outcome: 'not_asked' })
  }

  /** Says where to look whether a service is left alone. */
  watch(service: string, isOpen: () => boolean): void {
    this.#isOpen.set(service, isOpen)
  }
}
