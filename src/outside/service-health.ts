import type { Logger } from 'pino'
import { type Clock, steadyClock } from '../clock.ts'
import { CircuitBreaker } from './circuit-breaker.ts'

/**
 * How a service has been doing. Times in milliseconds; `lastSeenAt` is when it last gave an answer that made sense, and not
 * for want of rights.
 */
export type ServiceHealth = {
  status: 'ok' | 'degraded' | 'down' | 'unused'
  lastSeenAt: number | undefined
  latencyMs: number | undefined
  /** Whether the last question was one too many for it, which says nothing of how it is. */
  isLimited: boolean
}

/** What nobody has asked for so long may be well by now. */
const staleMs = 5 * 60_000

/** What the answers of one service tell of it, and whether it is left alone. */
export class HealthRecord {
  readonly #service: string
  readonly #clock: Clock
  readonly #steadyClock: Clock
  readonly #log: Logger
  readonly #breaker: CircuitBreaker
  /** Credentials whose last question was denied. */
  readonly #denied = new Set<string | undefined>()
  /** Those whose last question was one too many. */
  readonly #limited = new Set<string | undefined>()
  #lastSeenAt: number | undefined
  #latencyMs: number | undefined
  #failedAt = Number.NEGATIVE_INFINITY

  constructor(service: string, { clock, log }: { clock: Clock; log: Logger }) {
    this.#service = service
    this.#clock = clock
    this.#steadyClock = steadyClock(clock)
    this.#log = log
    this.#breaker = new CircuitBreaker(this.#steadyClock)
  }

  /** Whether it fails and is left alone but for a probe now and then; not where even that was long ago. */
  get isLeftAlone(): boolean {
    return this.#breaker.state === 'open' && this.#hasFailedOfLate()
  }

  /** How it does for those who ask with this credential. */
  of(credential: string | undefined): ServiceHealth {
    const isLimited = this.#limited.has(credential)
    const last = { lastSeenAt: this.#lastSeenAt, latencyMs: this.#latencyMs, isLimited }
    if (this.isLeftAlone) return { status: 'down', ...last }
    const isFailing = this.#breaker.failures > 0 && this.#hasFailedOfLate()
    if (isFailing || this.#denied.has(credential)) return { status: 'degraded', ...last }
    return { status: this.#lastSeenAt === undefined ? 'unused' : 'ok', ...last }
  }

  /** Gives the milliseconds until it may be asked again; 0 lets a question pass, which then has to be told of. */
  tryPass(): number {
    return this.#breaker.tryPass()
  }

  /** It did what it was asked, or said why not. */
  worked(credential: string | undefined, startedAt: number): void {
    this.#lives()
    this.#denied.delete(credential)
    this.#limited.delete(credential)
    this.#lastSeenAt = this.#clock()
    this.#latencyMs = Math.max(0, this.#lastSeenAt - startedAt)
  }

  /** It does nothing for this credential, and is well otherwise. */
  denied(credential: string | undefined): void {
    this.#lives()
    this.#denied.add(credential)
  }

  /** It has too much to do for this credential. */
  limited(credential: string | undefined): void {
    this.#breaker.release()
    this.#limited.add(credential)
  }

  failed(error: unknown): void {
    const wasClosed = this.#breaker.state === 'closed'
    this.#breaker.failed()
    this.#failedAt = this.#steadyClock()
    if (!wasClosed || this.#breaker.state === 'closed') return
    this.#log.warn(
      { service: this.#service, err: error },
      'an outside service fails and is left alone, with a probe now and then; what is remembered is used: if this goes on, run `magicband doctor`',
    )
  }

  #lives(): void {
    if (this.#breaker.state === 'open') this.#log.info({ service: this.#service }, 'an outside service works again')
    this.#breaker.succeeded()
  }

  #hasFailedOfLate(): boolean {
    return this.#steadyClock() - this.#failedAt < staleMs
  }
}
