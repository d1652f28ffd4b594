import { createBoundedCache } from '../bounded-cache.ts'
import { type Clock, steadyClock } from '../clock.ts'
import { Problem } from '../problem.ts'

const windowMs = 60_000
const wrongKeysPerWindow = 100
/** Addresses and keys that are watched at a time; the one unseen for longest is forgotten first. */
const watched = 100_000

/** Told of each use, and whether it is over a tenth of what is allowed (`shared-counts.ts`). */
type Note = (name: string, isOverTenth: boolean) => void

/** Remembers when a caller, by the name of the address, sent wrong keys (contract, rule 4). */
export class WrongKeys {
  readonly #clock: Clock
  readonly #note: Note
  /** The times of the last ones, oldest first, one more than are allowed at most. */
  readonly #times = createBoundedCache<string, number[]>(watched)

  constructor(clock: Clock, note: Note) {
    this.#clock = clock
    this.#note = note
  }

  /** @throws Problem `too-many-requests` when the caller has sent more than 100 wrong keys within a minute */
  check(name: string): void {
    const times = this.#times.get(name)
    const oldest = times?.[0]
    if (oldest === undefined || times === undefined || times.length <= wrongKeysPerWindow) return
    const waitMs = oldest + windowMs - this.#clock()
    if (waitMs > 0 && waitMs <= windowMs)
      throw new Problem('too-many-requests', { retryAfterSeconds: Math.ceil(waitMs / 1000) })
  }

  count(name: string): void {
    const now = this.#clock()
    const times = this.#add(name, 1, now)
    const tenth = times.at(-wrongKeysPerWindow / 10)
    this.#note(name, tenth !== undefined && tenth > now - windowMs)
  }

  /** Counts those that the same caller sent to other instances. */
  countElsewhere(name: string, count: number, at: number): void {
    this.#add(name, count, at)
  }

  #add(name: string, count: number, at: number): number[] {
    const now = this.#clock()
    const added = Array<number>(Math.min(count, wrongKeysPerWindow + 1)).fill(Math.min(at, now))
    // What lies ahead is from before the clock was put back.
    const times = [...(this.#times.get(name) ?? []).filter((time) => time <= now), ...added]
    // What is told from elsewhere may be older than the last one here.
    times.sort((one, other) => one - other)
    const last = times.slice(-(wrongKeysPerWindow + 1))
    this.#times.set(name, last)
    return last
  }
}

type Limit = { count: number; perMs: number }
type Bucket = Limit & { tokens: number; at: number }

/** A token bucket for each key that was created with a limit; others have none. */
export class KeyLimits {
  readonly #clock: Clock
  readonly #note: Note
  readonly #buckets = createBoundedCache<string, Bucket>(watched)
  /** What other instances took for keys that were not used here yet, whose limit nobody knows here. */
  readonly #takenElsewhere = createBoundedCache<string, { count: number; since: number }>(watched)

  constructor(clock: Clock, note: Note) {
    this.#clock = steadyClock(clock)
    this.#note = note
  }

  /** @throws Problem `too-many-requests` when the key's bucket is empty */
  take(key: { id: string; limit: Limit | undefined }): void {
    if (key.limit === undefined) return
    const { count, perMs } = key.limit
    const now = this.#clock()
    const last = this.#buckets.get(key.id) ?? this.#firstBucket(key.id, key.limit)
    const tokens = fill({ ...last, count, perMs }, now)
    if (tokens >= 1) {
      this.#buckets.set(key.id, { count, perMs, tokens: tokens - 1, at: now })
      this.#note(key.id, tokens - 1 < count * 0.9)
      return
    }
    // The bucket stays as it was: many small additions would not come to a whole token in the time they should.
    throw new Problem('too-many-requests', { retryAfterSeconds: Math.ceil(((1 - tokens) * perMs) / count / 1000) })
  }

  /** Takes from the key's bucket what other instances let through: at most as much as would empty it twice. */
  takeElsewhere(id: string, taken: number): void {
    const now = this.#clock()
    const bucket = this.#buckets.get(id)
    if (bucket !== undefined) {
      this.#buckets.set(id, { ...bucket, tokens: Math.max(-bucket.count, fill(bucket, now) - taken), at: now })
      return
    }
    const earlier = this.#takenElsewhere.get(id) ?? { count: 0, since: now }
    this.#takenElsewhere.set(id, { count: earlier.count + taken, since: earlier.since })
  }

  /** Full, but for what other instances took and what has not come back since then. */
  #firstBucket(id: string, { count, perMs }: Limit): Bucket {
    const now = this.#clock()
    const taken = this.#takenElsewhere.get(id) ?? { count: 0, since: now }
    this.#takenElsewhere.delete(id)
    const lacking = Math.max(0, taken.count - ((now - taken.since) * count) / perMs)
    const bucket = { count, perMs, tokens: Math.max(-count, count - lacking), at: now }
    this.#buckets.set(id, bucket)
    return bucket
  }
}

/** What is in the bucket by now. */
function fill({ tokens, at, count, perMs }: Bucket, now: number): number {
  return Math.min(count, tokens + ((now - at) * count) / perMs)
}
