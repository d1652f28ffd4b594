import type { Clock } from '../clock.ts'

const failuresToOpen = 5
const firstRestMs = 2000
const longestRestMs = 30_000

/**
 * Stops asking a service that fails: after five failures in a row nothing is asked for a rest of two seconds, then one
 * probe; each probe that fails doubles the rest, up to half a minute, and one that succeeds ends it.
 */
export class CircuitBreaker {
  readonly #clock: Clock
  #failures = 0
  #restMs = firstRestMs
  #restsUntil = 0
  #isProbing = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get failures(): number {
    return this.#failures
  }

  get state(): 'closed' | 'open' {
    return this.#failures >= failuresToOpen ? 'open' : 'closed'
  }

  /** 0 lets the question pass; else the milliseconds after which it is worth asking again. */
  tryPass(): number {
    if (this.state === 'closed') return 0
    const restMs = this.#restsUntil - this.#clock()
    if (restMs > 0) return restMs
    if (this.#isProbing) return firstRestMs
    this.#isProbing = true
    return 0
  }

  succeeded(): void {
    this.#failures = 0
    this.#restMs = firstRestMs
    this.#isProbing = false
  }

  failed(): void {
    this.#failures++
    if (this.state === 'closed') return
    if (this.#isProbing) this.#restMs = Math.min(this.#restMs * 2, longestRestMs)
    this.#restsUntil = this.#clock() + this.#restMs
    this.#isProbing = false
  }

  /** A question that passed ended without telling anything about the service. */
  release(): void {
    this.#isProbing = false
  }
}
