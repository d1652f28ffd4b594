import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Static, TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { type Dispatcher, Pool } from 'undici'
import type { Clock } from '../clock.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { CircuitBreaker } from './circuit-breaker.ts'
import { Gate } from './gate.ts'
import { observe } from './observe.ts'
import { OutsideError } from './outside-error.ts'
import { RateBudgets, type Urgency } from './rate-budgets.ts'

const connections = 64
const waitingLimit = 1000
const answerLimit = 4 * 1024 * 1024
const retryDelayMs = 100
const late = 'it did not answer in time'
/** Somebody waits for what is read; what is written has more time, since it may have happened when it is given up. */
const readTimeoutMs = 2000
export const writeTimeoutMs = 10_000

export type OutsideRequest = {
  method: 'GET' | 'POST' | 'PATCH'
  /** Path and query, already encoded. */
  path: string
  headers?: Record<string, string>
  body?: string
  /** Whether asking twice does no more than asking once; such a question is asked once more after a passing fault. */
  isIdempotent: boolean
  /** Questions that share a rate limit at the service. */
  budget: string
  timeoutMs?: number
  /** `call` where it isn't given. */
  urgency?: Urgency
}

export type OutsideAnswer = { status: number; text: string }

/** How a service has been doing. Times in milliseconds; `lastSeenAt` is when it last gave an answer that made sense. */
export type ServiceHealth = {
  status: 'ok' | 'degraded' | 'down' | 'unused'
  lastSeenAt: number | undefined
  latencyMs: number | undefined
}

type Options = {
  service: string
  origin: string
  clock: Clock
  log: Logger
  telemetry?: Telemetry
  timeoutMs?: number
  /** The service answers 4xx with text (Pastebin) instead of JSON. */
  hasPlainErrors?: boolean
}

/**
 * Speaks to one outside service: limits of time, size and connections, one more try for what may be asked twice,
 * pauses where the service asks for them, and a circuit breaker. Every failure is an `OutsideError`.
 */
export class HttpClient {
  readonly #service: string
  readonly #clock: Clock
  readonly #log: Logger
  readonly #telemetry: Telemetry | undefined
  readonly #timeoutMs: number
  readonly #hasPlainErrors: boolean
  readonly #pool: Pool
  readonly #breaker: CircuitBreaker
  readonly #budgets: RateBudgets
  readonly #gate = new Gate(connections)
  #waiting = 0
  #lastSeenAt: number | undefined
  #latencyMs: number | undefined
  #clockSkewMs: number | undefined

  constructor({ service, origin, clock, log, telemetry, timeoutMs = readTimeoutMs, hasPlainErrors = false }: Options) {
    this.#service = service
    this.#clock = clock
    this.#log = log
    this.#telemetry = telemetry
    this.#timeoutMs = timeoutMs
    this.#hasPlainErrors = hasPlainErrors
    this.#pool = new Pool(origin, { connections, connectTimeout: 3000, maxResponseSize: answerLimit })
    this.#breaker = new CircuitBreaker(clock)
    this.#budgets = new RateBudgets(clock)
    telemetry?.metrics.outside.watch(service, () => this.#breaker.state === 'open')
  }

  /** How far the service's clock is ahead of ours, as its last answer told. */
  get clockSkewMs(): number | undefined {
    return this.#clockSkewMs
  }

  /** Asks, and gives the JSON of a 2xx answer, which must be of the schema. */
  async askJson<S extends TSchema>(request: OutsideRequest, schema: S): Promise<Static<S>> {
    let value: Static<S> | undefined
    await this.#guarded(request, (answer) => {
      value = this.#parse(answer.text, schema)
    })
    // `#guarded` has thrown unless the callback ran to its end.
    return value as Static<S>
  }

  /** Asks, and gives a 2xx answer as text. */
  ask(request: OutsideRequest): Promise<OutsideAnswer> {
    return this.#guarded(request, () => undefined)
  }

  health(): ServiceHealth {
    const last = { lastSeenAt: this.#lastSeenAt, latencyMs: this.#latencyMs }
    if (this.#breaker.state === 'open') return { status: 'down', ...last }
    if (this.#breaker.failures > 0) return { status: 'degraded', ...last }
    return { status: this.#lastSeenAt === undefined ? 'unused' : 'ok', ...last }
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }

  /** Runs a request through the pause, the breaker and the retry; `understand` throws at an answer that makes no sense. */
  async #guarded(request: OutsideRequest, understand: (answer: OutsideAnswer) => void): Promise<OutsideAnswer> {
    try {
      this.#requireUseful(request)
    } catch (error) {
      this.#telemetry?.metrics.outside.notAsked(this.#service)
      throw error
    }
    this.#waiting++
    const startedAt = this.#clock()
    try {
      const answer = await this.#withRetry(request, understand)
      this.#seen(startedAt)
      return answer
    } catch (error) {
      // A refusal is a sign of life; a spent rate limit is neither.
      if (error instanceof OutsideError && error.kind === 'refused') this.#seen(startedAt)
      else if (error instanceof OutsideError && error.status === 429) this.#breaker.release()
      else this.#failed(error)
      throw error
    } finally {
      this.#waiting--
    }
  }

  /** @throws OutsideError where asking now would be in vain, or too much for the service */
  #requireUseful(request: OutsideRequest): void {
    const pauseMs = this.#pauseMs(request)
    if (pauseMs > 0) throw this.#spent(pauseMs)
    if (this.#waiting >= waitingLimit) throw this.#unavailable('too many requests are waiting for it')
    const restMs = this.#breaker.tryPass()
    if (restMs > 0) throw this.#unavailable('it is failing and is left alone for a while', { retryAfterMs: restMs })
  }

  #seen(startedAt: number): void {
    if (this.#breaker.state === 'open') this.#log.info({ service: this.#service }, 'an outside service works again')
    this.#breaker.succeeded()
    this.#lastSeenAt = this.#clock()
    this.#latencyMs = this.#lastSeenAt - startedAt
  }

  #failed(error: unknown): void {
    const wasClosed = this.#breaker.state === 'closed'
    this.#breaker.failed()
    if (!wasClosed || this.#breaker.state === 'closed') return
    this.#log.warn(
      { service: this.#service, err: error },
      'an outside service fails and is left alone, with a probe now and then; what is remembered is used: if this goes on, run `magicband doctor`',
    )
  }

  async #withRetry(request: OutsideRequest, understand: (answer: OutsideAnswer) => void): Promise<OutsideAnswer> {
    const signal = AbortSignal.timeout(request.timeoutMs ?? this.#timeoutMs)
    try {
      return await this.#once(request, signal, understand)
    } catch (error) {
      const mayPass = error instanceof OutsideError && error.kind === 'unavailable' && error.status !== 429
      if (!request.isIdempotent || !mayPass || signal.aborted) throw error
      await sleep(retryDelayMs)
      return this.#once(request, signal, understand)
    }
  }

  /** Waits for a connection; what the answers before it told of the rate limit counts then. */
  async #once(
    request: OutsideRequest,
    signal: AbortSignal,
    understand: (answer: OutsideAnswer) => void,
  ): Promise<OutsideAnswer> {
    try {
      await this.#gate.enter(signal)
    } catch (cause) {
      throw this.#unavailable(late, { cause })
    }
    try {
      const pauseMs = this.#pauseMs(request)
      if (pauseMs > 0) throw this.#spent(pauseMs)
      const about = { service: this.#service, method: request.method, signal, telemetry: this.#telemetry }
      return await observe(about, () => this.#send(request, signal, understand))
    } finally {
      this.#gate.leave()
    }
  }

  async #send(
    request: OutsideRequest,
    signal: AbortSignal,
    understand: (answer: OutsideAnswer) => void,
  ): Promise<OutsideAnswer> {
    const { method, path, headers, body } = request
    let response: Dispatcher.ResponseData
    let text: string
    this.#budgets.take(request.budget)
    try {
      response = await this.#pool.request({ method, path, headers: headers ?? {}, body: body ?? null, signal })
      text = await response.body.text()
    } catch (cause) {
      throw this.#unavailable(signal.aborted ? late : 'the connection failed', { cause })
    } finally {
      this.#budgets.release(request.budget)
    }
    const status = response.statusCode
    this.#budgets.learn(request.budget, status, response.headers)
    this.#clockSkewMs = skewOf(response.headers.date, this.#clock())
    if (status === 429) throw this.#spent(this.#budgets.waitMs(request.budget, 'join'))
    if (status >= 500) throw this.#unavailable(`it answered ${status}`, { status })
    if (status >= 300) {
      if (!this.#hasPlainErrors && !/^\s*\{/.test(text))
        throw this.#unavailable(`it answered ${status} without JSON`, { status })
      const answer = text.slice(0, 500)
      throw new OutsideError(this.#service, 'refused', `it answered ${status}`, { status, answer })
    }
    const answer = { status, text }
    understand(answer)
    return answer
  }

  #parse<S extends TSchema>(text: string, schema: S): Static<S> {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (cause) {
      throw this.#unavailable('it answered something that is not JSON', { cause })
    }
    if (!Check(schema, value)) throw this.#unavailable('it answered JSON of another form than documented')
    return value
  }

  #pauseMs({ budget, urgency = 'call' }: OutsideRequest): number {
    return this.#budgets.waitMs(budget, urgency)
  }

  #spent(retryAfterMs: number): OutsideError {
    return this.#unavailable('its rate limit is spent', { status: 429, retryAfterMs })
  }

  #unavailable(
    message: string,
    details: { status?: number; retryAfterMs?: number; cause?: unknown } = {},
  ): OutsideError {
    return new OutsideError(this.#service, 'unavailable', message, details)
  }
}

/** The `date` header has whole seconds, so that less than one is no skew. */
function skewOf(date: string | string[] | undefined, now: number): number | undefined {
  const skewMs = Date.parse(String(date)) - now
  if (Number.isNaN(skewMs)) return undefined
  return Math.abs(skewMs) < 1000 ? 0 : skewMs
}
