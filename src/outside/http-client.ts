import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Static, TSchema } from 'typebox'
import { Check } from 'typebox/value'
import type { Dispatcher, Pool } from 'undici'
import type { Clock } from '../clock.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { Gate } from './gate.ts'
import { mayBeKept } from './kept-answer.ts'
import { observe } from './observe.ts'
import { isDenial, OutsideError } from './outside-error.ts'
import { RateBudgets, type Urgency } from './rate-budgets.ts'
import { HealthRecord, type ServiceHealth } from './service-health.ts'

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
  /** Questions that share a rate limit at the service, with those of the same credential. */
  budget: string
  /** The key, or the address of a webhook, that lets it in; where there is none, anyone may ask. */
  credential?: string
  timeoutMs?: number
  /** `call` where it isn't given. */
  urgency?: Urgency
}

export type OutsideAnswer = { status: number; text: string }

/** How a service differs from others. */
export type Manners = {
  timeoutMs?: number
  /** The service answers 4xx with text (Pastebin) instead of JSON. */
  hasPlainErrors?: boolean
  /** No refusal is an answer to a question (such as that nobody has a name): each is a denial, as 401 and 403 are anywhere. */
  onlyDenies?: boolean
}

type Options = Manners & { service: string; origin: string; clock: Clock; log: Logger; telemetry?: Telemetry }

/**
 * Speaks to one outside service: limits of time, size and connections, one more try for what may be asked twice,
 * pauses where the service asks for them, and a circuit breaker. Every failure is an `OutsideError`.
 */
export class HttpClient {
  readonly #service: string
  readonly #clock: Clock
  readonly #telemetry: Telemetry | undefined
  readonly #manners: Manners
  readonly #origin: string
  #pool: Promise<Pool> | undefined
  readonly #health: HealthRecord
  readonly #budgets: RateBudgets
  readonly #gate = new Gate(connections)
  #waiting = 0
  #clockSkewMs: number | undefined

  constructor({ service, origin, clock, log, telemetry, ...manners }: Options) {
    this.#service = service
    this.#clock = clock
    this.#telemetry = telemetry
    this.#manners = manners
    this.#origin = origin
    this.#health = new HealthRecord(service, { clock, log })
    this.#budgets = new RateBudgets(clock)
    telemetry?.metrics.outside.watch(service, () => this.#health.isLeftAlone)
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

  /** Asks, and gives a 2xx answer as text, unless `understand` throws an `OutsideError` at it. */
  ask(request: OutsideRequest, understand: (answer: OutsideAnswer) => void = () => undefined): Promise<OutsideAnswer> {
    return this.#guarded(request, understand)
  }

  /** How it does for those who ask with this credential. */
  health(credential?: string): ServiceHealth {
    return this.#health.of(credential)
  }

  async close(): Promise<void> {
    await (await this.#pool)?.destroy()
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
      this.#health.worked(request.credential, startedAt)
      return answer
    } catch (error) {
      this.#note(request, error, startedAt)
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
    const restMs = this.#health.tryPass()
    if (restMs > 0) throw this.#unavailable('it is failing and is left alone for a while', { retryAfterMs: restMs })
  }

  /** A refusal is a sign of life; a spent rate limit is neither. */
  #note({ credential }: OutsideRequest, error: unknown, startedAt: number): void {
    if (!(error instanceof OutsideError)) this.#health.failed(error)
    else if (error.kind === 'refused' && (this.#manners.onlyDenies || isDenial(error))) this.#health.denied(credential)
    else if (error.kind === 'refused') this.#health.worked(credential, startedAt)
    else if (error.status === 429) this.#health.limited(credential)
    else this.#health.failed(error)
  }

  async #withRetry(request: OutsideRequest, understand: (answer: OutsideAnswer) => void): Promise<OutsideAnswer> {
    const signal = AbortSignal.timeout(request.timeoutMs ?? this.#manners.timeoutMs ?? readTimeoutMs)
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
    const budget = budgetOf(request)
    let response: Dispatcher.ResponseData
    let text: string
    this.#budgets.take(budget)
    try {
      this.#pool ??= openPool(this.#origin)
      response = await (await this.#pool).request({ method, path, headers: headers ?? {}, body: body ?? null, signal })
      text = await response.body.text()
    } catch (cause) {
      throw this.#unavailable(signal.aborted ? late : 'the connection failed', { cause })
    } finally {
      this.#budgets.release(budget)
    }
    const status = response.statusCode
    this.#budgets.learn(budget, status, response.headers)
    this.#clockSkewMs = skewOf(response.headers.date, this.#clock())
    if (status === 429) throw this.#spent(this.#budgets.waitMs(budget, 'join'))
    if (status >= 500) throw this.#unavailable(`it answered ${status}`, { status })
    if (status >= 300) {
      if (!this.#manners.hasPlainErrors && !/^\s*\{/.test(text))
        throw this.#unavailable(`it answered ${status} without JSON`, { status })
      const answer = mayBeKept(text, request)
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
    } catch {
      // Not with the cause, which holds a piece of what was answered.
      throw this.#unavailable('it answered something that is not JSON')
    }
    if (!Check(schema, value)) throw this.#unavailable('it answered JSON of another form than documented')
    return value
  }

  #pauseMs(request: OutsideRequest): number {
    return this.#budgets.waitMs(budgetOf(request), request.urgency ?? 'call')
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

/** Loads the library with the first question: to load it takes a tenth of a start, which joins of known players wait for. */
async function openPool(origin: string): Promise<Pool> {
  const undici = await import('undici')
  return new undici.Pool(origin, { connections, connectTimeout: 3000, maxResponseSize: answerLimit })
}

function budgetOf({ budget, credential }: OutsideRequest): string {
  return credential === undefined ? budget : `${budget} ${credential}`
}

/** The `date` header has whole seconds, so that less than one is no skew. */
function skewOf(date: string | string[] | undefined, now: number): number | undefined {
  const skewMs = Date.parse(String(date)) - now
  if (Number.isNaN(skewMs)) return undefined
  return Math.abs(skewMs) < 1000 ? 0 : skewMs
}
