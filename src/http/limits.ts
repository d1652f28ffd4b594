import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import { Problem } from '../problem.ts'

const windowMs = 60_000
const wrongKeysPerWindow = 100
/** Addresses and keys that are watched at a time; the one unseen for longest is forgotten first. */
const watched = 100_000

/** Counts the wrong keys that an address sends (contract, rule 4). */
export class WrongKeys {
  readonly #clock: Clock
  readonly #counts = new LRUCache<string, { count: number; since: number }>({ max: watched })

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws Problem `too-many-requests` when the address has sent more than 100 wrong keys within a minute */
  check(address: string): void {
    const seen = this.#current(address)
    if (seen === undefined || seen.count <= wrongKeysPerWindow) return
    throw new Problem('too-many-requests', {
      retryAfterSeconds: Math.ceil((seen.since + windowMs - this.#clock()) / 1000),
    })
  }

  count(address: string): void {
    const seen = this.#current(address)
    if (seen === undefined) this.#counts.set(address, { count: 1, since: this.#clock() })
    else seen.count++
  }

  #current(address: string): { count: number; since: number } | undefined {
    const seen = this.#counts.get(address)
    return seen === undefined || this.#clock() - seen.since >= windowMs ? undefined : seen
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
    this.#buckets.set(key.id, { tokens: tokens < 1 ? tokens : tokens - 1, at: now })
    if (tokens >= 1) return
    throw new Problem('too-many-requests', { retryAfterSeconds: Math.ceil(((1 - tokens) * perMs) / count / 1000) })
  }
}
