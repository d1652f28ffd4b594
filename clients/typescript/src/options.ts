import type { SendOptions, Surroundings } from './send.ts'

export type ClientOptions = {
  /** Where Magicband is, such as `https://band.example.com`; also with a path, where a proxy has it under one. */
  address: string
  /** A key, or the token of a server. It is sent in a header, and stands in no error. */
  key: string
  /** For one try, its answer included; 15,000 unless given. */
  timeoutMs?: number | undefined
  /** How often a call is asked at most, where it fails in a way that may pass; 3 unless given. */
  tries?: number | undefined
  /** A call that Magicband wants asked again later than this throws at once; 10,000 unless given. */
  longestWaitMs?: number | undefined
} & { [Name in keyof Surroundings]?: Surroundings[Name] | undefined }

export type CallOptions = {
  /** Ends the call, with all its tries. */
  signal?: AbortSignal | undefined
  timeoutMs?: number | undefined
}

export type ActOptions = CallOptions & {
  /**
   * 1 to 200 printable ASCII characters that name this act, and no other one within 48 hours; made up unless given.
   * One of another form is a TypeError.
   */
  idempotencyKey?: string | undefined
}

/** @throws TypeError that says what is wrong; the key's text is in none of them */
export function readOptions({
  address,
  key,
  timeoutMs = 15_000,
  tries = 3,
  longestWaitMs = 10_000,
  fetch = (...request) => globalThis.fetch(...request),
  wait = pause,
  random = Math.random,
  createIdempotencyKey = randomKey,
}: ClientOptions): SendOptions {
  // What is no header would be told by `fetch` itself, text and all. A variable that is not set has no text.
  if (typeof key !== 'string' || !/^[\x21-\x7e]+$/.test(key))
    throw new TypeError('key must be printable ASCII characters without spaces')
  checkTimeout(timeoutMs)
  if (!Number.isInteger(tries) || tries < 1) throw new TypeError('tries must be a whole number from 1 up')
  if (!(longestWaitMs >= 0)) throw new TypeError('longestWaitMs must be 0 or more')
  const origin = originOf(address)
  return { origin, key, timeoutMs, tries, longestWaitMs, fetch, wait, random, createIdempotencyKey }
}

/** What a timer can wait for. */
const longestTimeoutMs = 2 ** 31 - 1

/** @throws TypeError for what no timer takes */
export function checkTimeout(timeoutMs: number): void {
  if (!(timeoutMs > 0 && timeoutMs <= longestTimeoutMs))
    throw new TypeError(`timeoutMs must be more than 0, and ${longestTimeoutMs} at most`)
}

/** @throws TypeError for one that Magicband would refuse */
export function checkIdempotencyKey(text: string): void {
  if (!/^[\x20-\x7e]{1,200}$/.test(text))
    throw new TypeError('idempotencyKey must be 1 to 200 printable ASCII characters')
}

/** The address without a slash at its end, so that paths go on from it. */
function originOf(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  const isPlain =
    url !== undefined && url.username + url.password + url.search + url.hash === '' && /^https?:$/.test(url.protocol)
  if (!isPlain) throw new TypeError('address must be like https://band.example.com, without user, query or hash')
  return url.href.replace(/\/+$/, '')
}

/** 128 random bits. `randomUUID` is not there on pages without https. */
function randomKey(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end)
      resolve()
    }, ms)
    signal?.addEventListener('abort', end, { once: true })
    if (signal?.aborted) end()
  })
}
