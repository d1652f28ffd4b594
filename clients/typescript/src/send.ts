import { MagicbandError, type MagicbandErrorCode, type MagicbandErrorDetails } from './error.ts'
import { type RuleCodes, readRefusal } from './refusal.ts'

/** What of the world a client uses; tests give their own. */
export type Surroundings = {
  fetch: typeof globalThis.fetch
  /** Waits, or rejects when the signal is aborted. */
  wait: (ms: number, signal: AbortSignal | undefined) => Promise<void>
  /** From 0 to 1. */
  random: () => number
  createIdempotencyKey: () => string
}

export type SendOptions = Surroundings & {
  origin: string
  key: string
  timeoutMs: number
  tries: number
  longestWaitMs: number
}

export type Outgoing = {
  method: 'GET' | 'POST'
  path: string
  query?: Readonly<Record<string, string | number | boolean | undefined>>
  headers?: Readonly<Record<string, string>>
  body?: object
  isOpen?: true
  /** One that may be made twice has no key: everything that isn't a POST, and a server token. */
  idempotencyKey?: string | undefined
  signal?: AbortSignal | undefined
  timeoutMs?: number | undefined
  rules?: RuleCodes
  /** Whether the body of a 2xx is an answer to this; a page that says yes to all is none. */
  isAnswer: (body: Readonly<Record<string, unknown>>) => boolean
  /** Whether an answer is what was asked for, though its status is not from 200 to 299. */
  isWanted?: (status: number, body: unknown) => boolean
}

export type Incoming = { status: number; headers: Headers; body: unknown }

const firstPauseMs = 250

/**
 * Makes a call, again where that may help: it is the same act by its idempotency key.
 * @throws MagicbandError, or TypeError for what can't be sent as it was meant
 */
export async function send(options: SendOptions, outgoing: Outgoing): Promise<Incoming> {
  const request: Prepared = { address: addressOf(options, outgoing), init: initOf(options, outgoing) }
  let wasLost = false
  for (let tries = 1; ; tries++) {
    const outcome = await ask(options, outgoing, request)
    if (!isFault(outcome)) return outcome
    const { isLost = false, ...fault } = outcome
    wasLost = isLost || (wasLost && !tells(fault))
    const mayBeDone = wasLost && outgoing.method === 'POST'
    const { retryAfterSeconds = 0 } = fault
    if (tries >= options.tries || !mayPass(fault) || retryAfterSeconds * 1000 > options.longestWaitMs) {
      throw errorOf(outgoing, { ...fault, tries, mayBeDone })
    }
    try {
      await options.wait(pauseBefore(options, fault, tries), outgoing.signal)
    } catch (cause) {
      throw errorOf(outgoing, { code: 'aborted', tries, mayBeDone, cause })
    }
  }
}

type Prepared = { address: string; init: RequestInit }

/** What came of a try instead of an answer; `isLost`: Magicband may have done what was asked, and was not heard. */
type Fault = Omit<MagicbandErrorDetails, 'call' | 'tries' | 'idempotencyKey' | 'mayBeDone'> & { isLost?: boolean }

function isFault(outcome: Incoming | Fault): outcome is Fault {
  return 'code' in outcome
}

function errorOf({ method, path, idempotencyKey }: Outgoing, details: Omit<MagicbandErrorDetails, 'call'>) {
  return new MagicbandError({ ...details, call: `${method} ${path}`, idempotencyKey })
}

function mayPass({ code, status = 0 }: Fault): boolean {
  return code === 'unreachable' || code === 'timed-out' || status === 429 || status >= 500
}

const silent: readonly MagicbandErrorCode[] = ['access-denied', 'key-invalid', 'not-found', 'unreadable']

/**
 * Whether a refusal says that the tries before it did nothing: an act that was done would be answered as it was, by its
 * idempotency key. What is refused before Magicband looks for that says nothing.
 */
function tells(fault: Fault): boolean {
  return fault.status !== undefined && !mayPass(fault) && !silent.includes(fault.code)
}

/** As long as Magicband says, and a bit; otherwise twice as long each time, and never the same for two clients at once. */
function pauseBefore({ random, longestWaitMs }: SendOptions, { retryAfterSeconds }: Fault, tries: number): number {
  if (retryAfterSeconds !== undefined) return retryAfterSeconds * 1000 + random() * firstPauseMs
  return Math.min(firstPauseMs * 2 ** (tries - 1), longestWaitMs) * (0.5 + random() / 2)
}

/** Asks once; the time limit holds until the answer has been read to its end. */
async function ask(options: SendOptions, outgoing: Outgoing, request: Prepared): Promise<Incoming | Fault> {
  const { signal, timeoutMs = options.timeoutMs } = outgoing
  if (signal?.aborted) return { code: 'aborted', cause: signal.reason }
  // AbortSignal.any would do; but some engines never let go of what they have joined to a signal that lives long.
  const controller = new AbortController()
  const giveUp = () => controller.abort()
  const timer = setTimeout(giveUp, timeoutMs)
  signal?.addEventListener('abort', giveUp, { once: true })
  try {
    const response = await options.fetch(request.address, { ...request.init, signal: controller.signal })
    const text = await response.text()
    return read(outgoing, response, text)
  } catch (cause) {
    const isLost = !wasNeverSent(cause)
    if (signal?.aborted) return { code: 'aborted', isLost, cause: signal.reason }
    if (controller.signal.aborted) return { code: 'timed-out', isLost, text: `no answer within ${timeoutMs} ms`, cause }
    return { code: 'unreachable', isLost, text: 'the connection failed', cause }
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', giveUp)
  }
}

/** What Node's fetch says where no connection came about. Others, and those of browsers, don't tell. */
const connectionless: readonly unknown[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']

function wasNeverSent(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && connectionless.includes(cause.code)
}

function addressOf({ origin }: SendOptions, { path, query = {} }: Outgoing): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    // The id of somebody at Discord is one: as a number it is that of somebody else.
    if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER)
      throw new TypeError(`${name} must be given as text: no number of JavaScript holds it to the last digit`)
    if (value !== undefined) parameters.append(name, String(value))
  }
  const text = parameters.toString()
  return `${origin}${path}${text === '' ? '' : `?${text}`}`
}

function initOf({ key }: SendOptions, { method, headers, body, isOpen, idempotencyKey }: Outgoing): RequestInit {
  return {
    method,
    headers: {
      accept: 'application/json',
      ...(isOpen ? {} : { 'x-api-key': key }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    // A redirect would take the key with it, to wherever it leads.
    redirect: 'manual',
  }
}

function read(outgoing: Outgoing, { status, headers }: Response, content: string): Incoming | Fault {
  const { rules = {}, isAnswer, isWanted } = outgoing
  const body = parse(content)
  if (isWanted?.(status, body) || (status >= 200 && status < 300 && body !== undefined && isAnswer(body)))
    return { status, headers, body }
  const refusal = status >= 400 ? readRefusal(status, body, rules) : undefined
  const requestId = headers.get('x-request-id') ?? undefined
  const retryAfterSeconds = secondsOf(headers.get('retry-after'))
  if (refusal !== undefined) return { ...refusal, status, requestId, retryAfterSeconds }
  const text = `an answer that is not Magicband's, of status ${status}`
  // A proxy that gave up waiting, for one. What sends elsewhere, or knows no such path, has not asked Magicband.
  const isLost = status >= 500 || (status >= 200 && status < 300)
  return { code: 'unreadable', isLost, text, status, retryAfterSeconds }
}

/** The object that an answer is; undefined for anything else. */
function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** Magicband tells seconds; a date, which a proxy may tell, counts as nothing said. */
function secondsOf(header: string | null): number | undefined {
  return header !== null && /^\d{1,9}$/.test(header) ? Number(header) : undefined
}
