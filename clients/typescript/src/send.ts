import { MagicbandError, type MagicbandErrorDetails } from './error.ts'
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
  /** Whether an answer is what was asked for, though its status is not from 200 to 299. */
  isWanted?: (status: number, body: unknown) => boolean
}

export type Incoming = { status: number; headers: Headers; body: unknown }

const firstPauseMs = 250

/** Makes a call, again where that may help: it is the same act by its idempotency key. @throws MagicbandError */
export async function send(options: SendOptions, outgoing: Outgoing): Promise<Incoming> {
  for (let tries = 1; ; tries++) {
    const outcome = await ask(options, outgoing)
    if (!isFault(outcome)) return outcome
    const pauseMs = pauseBefore(options, outcome, tries)
    if (tries >= options.tries || !mayPass(outcome) || pauseMs > options.longestWaitMs) {
      throw errorOf(outgoing, { ...outcome, tries })
    }
    try {
      await options.wait(pauseMs, outgoing.signal)
    } catch (cause) {
      throw errorOf(outgoing, { code: 'aborted', tries, cause })
    }
  }
}

type Fault = Omit<MagicbandErrorDetails, 'call' | 'tries' | 'idempotencyKey'>

function isFault(outcome: Incoming | Fault): outcome is Fault {
  return 'code' in outcome
}

function errorOf({ method, path, idempotencyKey }: Outgoing, details: Omit<MagicbandErrorDetails, 'call'>) {
  return new MagicbandError({ ...details, call: `${method} ${path}`, idempotencyKey })
}

function mayPass({ code, status = 0 }: Fault): boolean {
  return code === 'unreachable' || code === 'timed-out' || status === 429 || status >= 500
}

/** As long as Magicband says, and a bit; otherwise twice as long each time, and never the same for two clients at once. */
function pauseBefore({ random }: SendOptions, { retryAfterSeconds }: Fault, tries: number): number {
  if (retryAfterSeconds !== undefined) return retryAfterSeconds * 1000 + random() * firstPauseMs
  return firstPauseMs * 2 ** (tries - 1) * (0.5 + random() / 2)
}

/** Asks once; the time limit holds until the answer has been read to its end. */
async function ask(options: SendOptions, outgoing: Outgoing): Promise<Incoming | Fault> {
  const { signal, timeoutMs = options.timeoutMs } = outgoing
  if (signal?.aborted) return { code: 'aborted', cause: signal.reason }
  // Not AbortSignal.any and .timeout: those of a signal that lives long have been let go of, or never, by some engines.
  const controller = new AbortController()
  const giveUp = () => controller.abort()
  const timer = setTimeout(giveUp, timeoutMs)
  signal?.addEventListener('abort', giveUp, { once: true })
  try {
    const response = await options.fetch(addressOf(options, outgoing), {
      ...initOf(options, outgoing),
      signal: controller.signal,
    })
    const text = await response.text()
    return read(outgoing, response, text)
  } catch (cause) {
    if (signal?.aborted) return { code: 'aborted', cause: signal.reason }
    if (controller.signal.aborted) return { code: 'timed-out', text: `no answer within ${timeoutMs} ms`, cause }
    return { code: 'unreachable', text: 'the connection failed', cause }
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', giveUp)
  }
}

function addressOf({ origin }: SendOptions, { path, query = {} }: Outgoing): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.append(name, String(value))
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

function read({ rules = {}, isWanted }: Outgoing, { status, headers }: Response, text: string): Incoming | Fault {
  const body = parse(text)
  if (isWanted?.(status, body) || (status >= 200 && status < 300 && body !== undefined))
    return { status, headers, body }
  const refusal = status >= 400 ? readRefusal(status, body, rules) : undefined
  const requestId = headers.get('x-request-id') ?? undefined
  const retryAfterSeconds = secondsOf(headers.get('retry-after'))
  if (refusal !== undefined) return { ...refusal, status, requestId, retryAfterSeconds }
  return {
    code: 'unreadable',
    text: `an answer that is not Magicband's, of status ${status}`,
    status,
    retryAfterSeconds,
  }
}

/** The object that an answer is; undefined for anything else. */
function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** Magicband tells seconds; a date, which a proxy may tell, counts as nothing said. */
function secondsOf(header: string | null): number | undefined {
  return header !== null && /^\d{1,9}$/.test(header) ? Number(header) : undefined
}
