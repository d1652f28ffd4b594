import { createBoundedCache } from '../bounded-cache.ts'
import { type Clock, distanceMs } from '../clock.ts'
import type { Database } from '../database/database.ts'
import { Problem } from '../problem.ts'
import { hashKey, isKeyText } from './key-text.ts'
import { type ApiKey, findKeyByHash, markKeyUsed } from './keys.store.ts'

/** A key is read again this long after it was read last: a revocation anywhere holds within a second. */
const freshMs = 500
const rememberedKeys = 10_000

type Remembered = { key: ApiKey; readAt: number }

/** What is known of a key's text: a valid key, one that was valid once, or nothing. */
export type FoundKey = ApiKey | 'ended' | undefined

/**
 * Finds keys by their text. What was read is remembered, so that a busy key costs a query every half second, and so
 * that the calls go on to say what they have to say while the database is away.
 */
export class KeyRing {
  readonly #database: Database
  readonly #clock: Clock
  readonly #fixed: ReadonlyMap<string, ApiKey>
  readonly #remembered = createBoundedCache<string, Remembered>(rememberedKeys)
  readonly #lastUsed = new Map<string, number>()

  /** `fixed` are keys by their text that live outside of the database: the sandbox's, which are known to everyone. */
  constructor(database: Database, clock: Clock, fixed: ReadonlyMap<string, ApiKey>) {
    this.#database = database
    this.#clock = clock
    this.#fixed = fixed
  }

  /**
   * The valid key with this text; at once where it was read of late.
   * @throws Problem `key-unreadable` when the database fails and the key was not seen since the start
   */
  find(text: string): FoundKey | Promise<FoundKey> {
    const fixed = this.#fixed.get(text)
    if (fixed !== undefined) return fixed
    const hash = hashKey(text)
    const remembered = this.#remembered.get(hash)
    if (remembered !== undefined && distanceMs(this.#clock, remembered.readAt) < freshMs)
      return this.#use(remembered.key)
    // Not before: what is remembered was a key, and most requests have one that is.
    if (!isKeyText(text)) return undefined
    return this.#read(hash, remembered?.key).then((key) => this.#use(key))
  }

  /** Writes down when keys were last used; called now and then, never by a request. */
  async writeLastUsed(): Promise<void> {
    const used = [...this.#lastUsed]
    this.#lastUsed.clear()
    if (used.length === 0) return
    try {
      await this.#database.act(async (trx) => {
        for (const [id, at] of used) await markKeyUsed(trx, id, at)
      })
    } catch (error) {
      for (const [id, at] of used) if (!this.#lastUsed.has(id)) this.#lastUsed.set(id, at)
      throw error
    }
  }

  #use(key: ApiKey | undefined): FoundKey {
    if (key === undefined) return undefined
    const now = this.#clock()
    if (key.revokedAt !== undefined || (key.expiresAt !== undefined && key.expiresAt <= now)) return 'ended'
    this.#lastUsed.set(key.id, now)
    return key
  }

  async #read(hash: string, remembered: ApiKey | undefined): Promise<ApiKey | undefined> {
    const now = this.#clock()
    try {
      const key = await findKeyByHash(this.#database.read, hash)
      // Unknown keys are not remembered: guesses must not push known keys out.
      if (key !== undefined) this.#remembered.set(hash, { key, readAt: now })
      else this.#remembered.delete(hash)
      return key
    } catch (error) {
      if (remembered !== undefined) return remembered
      throw new Problem('key-unreadable', { cause: error })
    }
  }
}
