import { createBoundedCache } from '../bounded-cache.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import { deleteCounts, keepCounts, listCounts, type UseCount } from './shared-counts.store.ts'

/** Uses are counted in windows of the clock; a count is of interest for a minute after its window. */
const windowMs = 10_000
const ofInterestMs = 60_000 + windowMs
/** Names that this instance counts at a time, and counts that it writes at once. */
const watched = 100_000
const writtenAtOnce = 1000

/** What other instances counted of a name since they were asked last; `at` is when, at the latest. */
export type CountElsewhere = { name: string; count: number; at: number }

/**
 * Tells the instances of one database what each of them counts, so that a limit holds for all of them together: once a
 * second, and only what is over a tenth of its limit. Nothing here is waited for by a request; while the database is
 * away each instance counts for itself.
 */
export class SharedCounts {
  readonly #database: Database
  readonly #clock: Clock
  readonly #instance: string
  readonly #own = createBoundedCache<string, UseCount>(watched)
  #unwritten = new Map<string, UseCount>()
  #seen = new Map<string, number>()
  #isSharing = false
  #hasFailed = false

  constructor({ database, clock, instance }: { database: Database; clock: Clock; instance: string }) {
    this.#database = database
    this.#clock = clock
    this.#instance = instance
  }

  /** Counts a use; the others are told of it where it is `worthTelling`. */
  note(name: string, worthTelling: boolean): void {
    const now = this.#clock()
    const startsAt = now - (now % windowMs)
    let use = this.#own.get(name)
    if (use === undefined || use.startsAt !== startsAt) {
      use = { name, startsAt, count: 0 }
      this.#own.set(name, use)
    }
    use.count++
    if (worthTelling && this.#unwritten.size < writtenAtOnce) this.#unwritten.set(idOf(use), use)
  }

  /**
   * Writes down what was counted here and hands over what was counted elsewhere since the last time.
   * @throws what the database throws, but not again while it goes on failing
   */
  async share(learn: (use: CountElsewhere) => void): Promise<void> {
    if (this.#isSharing) return
    this.#isSharing = true
    try {
      await this.#write()
      await this.#read(learn)
      this.#hasFailed = false
    } catch (error) {
      const isKnown = this.#hasFailed
      this.#hasFailed = true
      if (!isKnown) throw error
    } finally {
      this.#isSharing = false
    }
  }

  /** Deletes the counts that are of no interest to anyone any more. */
  async forget(): Promise<void> {
    await this.#database.act((trx) => deleteCounts(trx, this.#clock() - ofInterestMs))
  }

  async #write(): Promise<void> {
    const unwritten = this.#unwritten
    if (unwritten.size === 0) return
    this.#unwritten = new Map()
    const since = this.#clock() - ofInterestMs
    // Copies: requests go on counting, and an act may run twice.
    const uses = [...unwritten.values()].filter((use) => use.startsAt > since).map((use) => ({ ...use }))
    if (uses.length === 0) return
    try {
      await this.#database.act((trx) => keepCounts(trx, this.#instance, uses))
    } catch (error) {
      for (const [id, use] of unwritten) if (this.#unwritten.size < writtenAtOnce) this.#unwritten.set(id, use)
      throw error
    }
  }

  async #read(learn: (use: CountElsewhere) => void): Promise<void> {
    const now = this.#clock()
    const found = await listCounts(this.#database.read, { notBy: this.#instance, since: now - ofInterestMs })
    const seen = new Map<string, number>()
    for (const { instance, ...use } of found) {
      const id = `${idOf(use)} ${instance}`
      const count = use.count - (this.#seen.get(id) ?? 0)
      if (count > 0) learn({ name: use.name, count, at: Math.min(now, use.startsAt + windowMs) })
      seen.set(id, use.count)
    }
    this.#seen = seen
  }
}

function idOf({ name, startsAt }: UseCount): string {
  return `${name} ${startsAt}`
}
