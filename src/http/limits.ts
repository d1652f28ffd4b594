import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import { Problem } from '../problem.ts'

const windowMs = 60_000
const wrongKeysPerWindow = 100
/** Addresses and keys that are watched at a time; the one unseen for longest is forgotten first. */
const watched = 100_000

/** Remembers when an address sent wrong keys (contract, rule 4). */
export class WrongKeys {
  readonly #clock: Clock
  /** The times of the last ones, oldest first, one more than are allowed at most. */
  readonly #times = new LRUCache<string, number[]>({ max: watched })

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws Problem `too-many-requests` when the address has sent more than 100 wrong keys within a minute */
  check(address: string): void {
    const times = this.#times.get(address)
    const oldest = times?.[0]
    if (oldest === undefined || times === undefined || times.length <= wrongKeysPerWindow) return
    const waitMs = oldest + windowMs - this.#clock()
    if (waitMs > 0) throw new Problem('too-many-requests', { retryAfterSeconds: Math.ceil(waitMs / 1000) })
  }

  count(address: string): void {
    const times = this.#times.get(address) ?? []
    times.push(this.#clock())
    if (times.length > wrongKeysPerWindow + 1) times.shift()
    this.#times.set(address, times)
  }
}

/** A token bucket for each key that was created with a limit; others have none. */
export class KeyLimits {
  readonly #clock: Clock
  readonly #buckets = new LRUCache<string, { tokens: number; at: number }>({ max: watched })

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws Problem `too-many-requests` when the key's bucket is empty */
  take(key: { id: string; limit: { count: number; perMs: number } | undefined }): void {
    if (key.limit === undefined) return
    const { count, perMs } = key.limit
    const now = this.#clock()
    const last = this.#buckets.get(key.id) ?? { tokens: count, at: now }
    const tokens = Math.min(count, last.tokens + ((now - last.at) * count) / perMs)
    if (tokens >= 1) {
      this.#buckets.set(key.id, { tokens: tokens - 1, at: now })
      return
    }
    // The bucket stays as it was: many small additions would not come to a whole token in the time they should.
    throw new Problem('too-many-requests', { retryAfterSeconds: Math.ceil(((1 - tokens) * perMs) / count / 1000) })
  }
}
