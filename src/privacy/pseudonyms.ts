import { hash } from 'node:crypto'
import type { RandomBytes } from '../clock.ts'
import type { Database } from '../database/database.ts'

/** What the place of an erased player's id begins with, where something has to stay. */
export const pseudonymStart = 'erased:'

type Person = { community: string; robloxId: string }

/**
 * What stays of the id of an erased player where others have to be protected from them: SHA-256 of the community's
 * salt, 64 random hexadecimal digits, and the id. A community's salt never changes, so it is read once.
 */
export class Pseudonyms {
  readonly #database: Database
  readonly #randomBytes: RandomBytes
  readonly #salts = new Map<string, string>()

  constructor(database: Database, randomBytes: RandomBytes) {
    this.#database = database
    this.#randomBytes = randomBytes
  }

  /** Reads the salts of these communities, and makes those that are missing. */
  async prepare(communities: Iterable<string>): Promise<void> {
    for (const community of communities) {
      const salt = (await this.#find(community)) ?? (await this.#make(community))
      this.#salts.set(community, salt)
    }
  }

  /** The pseudonym of a player of a community that was prepared. */
  of({ community, robloxId }: Person): string {
    const salt = this.#salts.get(community)
    if (salt === undefined) throw new Error(`the salt of ${community} was not read`)
    // Made for every join: remembered ones would cost more than they save where players are many.
    return pseudonymStart + hash('sha256', salt + robloxId)
  }

  async #find(community: string): Promise<string | undefined> {
    const row = await this.#database.read
      .selectFrom('pseudonym_salt')
      .select('salt')
      .where('community', '=', community)
      .executeTakeFirst()
    return row?.salt
  }

  /** Of two instances that make one at once, the first one's counts. */
  async #make(community: string): Promise<string> {
    const salt = this.#randomBytes(32).toString('hex')
    return this.#database.act(async (trx) => {
      await trx
        .insertInto('pseudonym_salt')
        .values({ community, salt })
        .onConflict((conflict) => conflict.column('community').doNothing())
        .execute()
      const row = await trx
        .selectFrom('pseudonym_salt')
        .select('salt')
        .where('community', '=', community)
        .executeTakeFirstOrThrow()
      return row.salt
    })
  }
}
