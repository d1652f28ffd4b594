import DataLoader from 'dataloader'
import type { Logger } from 'pino'
import { createBoundedCache } from '../bounded-cache.ts'
import { type Clock, distanceMs } from '../clock.ts'
import type { Database } from '../database/database.ts'
import { OutsideError } from '../outside/outside-error.ts'
import type { RobloxClients } from '../outside/roblox.ts'
import {
  findUser,
  findUsersById,
  findUsersByName,
  idsPerQuestion,
  type RobloxUser,
  usernamesPerQuestion,
} from '../outside/roblox-users.ts'
import { Problem } from '../problem.ts'
import { rememberingMs, wait } from './patience.ts'
import { findLatestUser, findUserById, findUserByName, type RememberedUser, rememberUser } from './players.store.ts'

/** Names change seldom: one that was asked for within this time is not asked for again. */
const nameFreshMs = 3_600_000
const unknownMs = 60_000
const patienceMs = 2000
/** The id of Roblox's own account, as old as Roblox. */
const firstUser = '1'
/** A question waits so long for others to go out with it; twice as long each time some have come, up to these limits. */
const gatherMs = 5
const longestGatherMs = 80
const gatherLimitMs = 800

type Dependencies = { database: Database; roblox: RobloxClients; clock: Clock; log: Logger }

/** Who a Roblox user is: names and ids, as Roblox last said. */
export class Users {
  readonly #database: Database
  readonly #log: Logger
  readonly #clock: Clock
  readonly #byId: DataLoader<string, RobloxUser | undefined>
  readonly #byName: DataLoader<string, RobloxUser | undefined>
  /** Asks for each alone; what fails for one is its own failure. */
  readonly #alone: DataLoader<string, RobloxUser | undefined>
  /** When Roblox said that there is no user with this id (`id 1`) or name (`name x`). */
  readonly #unknown = createBoundedCache<string, number>(10_000)
  /** Questions that are under way, by the same names. */
  readonly #asking = new Map<string, Promise<RobloxUser | undefined>>()
  /** How often somebody was asked for. */
  #asked = 0

  constructor({ database, roblox, clock, log }: Dependencies) {
    this.#database = database
    this.#log = log
    this.#clock = clock
    const loader = (ask: (keys: readonly string[]) => Promise<Map<string, RobloxUser>>, maxBatchSize: number) =>
      new DataLoader<string, RobloxUser | undefined>(
        async (keys) => {
          const askedAt = clock()
          const users = await ask(keys)
          await wait(this.#remember([...users.values()], askedAt), rememberingMs)
          return keys.map((key) => users.get(key))
        },
        { maxBatchSize, batchScheduleFn: (send) => this.#gather(send) },
      )
    this.#byId = loader((ids) => findUsersById(roblox.users, ids), idsPerQuestion)
    this.#byName = loader((names) => findUsersByName(roblox.users, names), usernamesPerQuestion)
    this.#alone = new DataLoader((ids) =>
      Promise.all(ids.map((id) => findUser(roblox.users, id).catch((error) => error))),
    )
  }

  /**
   * The user with this id.
   * @throws Problem `user-not-found`, or `roblox-unavailable` when Roblox can't be asked and nothing is remembered
   */
  async getById(id: string): Promise<RobloxUser> {
    return this.refresh(id, await findUserById(this.#database.read, id))
  }

  /** The same for a user of whom the caller has read what is remembered. */
  refresh(id: string, remembered: RememberedUser | undefined): Promise<RobloxUser> {
    return this.#get(`id ${id}`, remembered, () => this.#askById(id))
  }

  /**
   * The user with this name, present or previous, in any letter case; the name that comes back is today's.
   * @throws Problem `user-not-found`, or `roblox-unavailable` when Roblox can't be asked and nothing is remembered
   */
  async getByName(username: string): Promise<RobloxUser> {
    const name = username.toLowerCase()
    return this.#get(`name ${name}`, await findUserByName(this.#database.read, name), () => this.#askByName(name))
  }

  /** Whether Roblox ever said that there is such a user; it is not asked. */
  async isKnown(id: string): Promise<boolean> {
    return (await findUserById(this.#database.read, id)) !== undefined
  }

  /**
   * Whether there is such a user, of whom nothing is remembered; true as well where Roblox can't be asked or takes longer
   * than two seconds.
   */
  async mayExist(id: string): Promise<boolean> {
    const answer = this.getById(id).then(
      () => true,
      (error) => !isUserNotFound(error),
    )
    return (await wait(answer, patienceMs)) ?? true
  }

  async #get(
    key: string,
    remembered: RememberedUser | undefined,
    ask: () => Promise<RobloxUser | undefined>,
  ): Promise<RobloxUser> {
    const now = this.#clock()
    if (remembered !== undefined && distanceMs(this.#clock, remembered.askedAt) < nameFreshMs) return toUser(remembered)
    if (remembered !== undefined) {
      // Accounts don't vanish from Roblox: an answer without one that is known is not believed.
      return (await wait(this.#askOnce(key, ask), patienceMs)) ?? toUser(remembered)
    }
    const unknownAt = this.#unknown.get(key)
    if (unknownAt !== undefined && now - unknownAt < unknownMs) throw new Problem('user-not-found')
    const user = await this.#askOnce(key, ask)
    if (user !== undefined) return user
    this.#unknown.set(key, now)
    throw new Problem('user-not-found')
  }

  /** A question may take several requests: whoever asks the same in between waits for the same answer. */
  #askOnce(key: string, ask: () => Promise<RobloxUser | undefined>): Promise<RobloxUser | undefined> {
    const asking = this.#asking.get(key)
    if (asking !== undefined) return asking
    const question = ask().finally(() => this.#asking.delete(key))
    this.#asking.set(key, question)
    return question
  }

  /** A list without a user may be one of those empty lists that a failing Roblox gives; alone, it says so in words. */
  async #askById(id: string): Promise<RobloxUser | undefined> {
    const listed = await this.#ask(this.#byId, id)
    return listed ?? this.#ask(this.#alone, id)
  }

  /** Where a name is missing, another one that there is tells whether Roblox's lists are empty for everyone. */
  async #askByName(name: string): Promise<RobloxUser | undefined> {
    const listed = await this.#ask(this.#byName, name)
    if (listed !== undefined) return listed
    const witness = (await findLatestUser(this.#database.read)) ?? (await this.#ask(this.#alone, firstUser))
    if (witness === undefined || (await this.#ask(this.#byName, witness.name.toLowerCase())) !== undefined)
      return undefined
    throw new Problem('roblox-unavailable', { retryAfterSeconds: 5, cause: 'Roblox lists nobody' })
  }

  /** Sends a batch when nobody has joined it for a moment; in a rush it waits for more. */
  #gather(send: () => void, waitMs = gatherMs, waitedMs = 0): void {
    const asked = this.#asked
    setTimeout(() => {
      const isAlone = this.#asked === asked
      if (isAlone || waitedMs + waitMs >= gatherLimitMs) send()
      else this.#gather(send, Math.min(waitMs * 2, longestGatherMs), waitedMs + waitMs)
    }, waitMs)
  }

  /** One question at a time about one user. */
  async #ask(loader: DataLoader<string, RobloxUser | undefined>, key: string): Promise<RobloxUser | undefined> {
    this.#asked++
    try {
      return await loader.load(key).finally(() => loader.clear(key))
    } catch (error) {
      throw error instanceof OutsideError ? robloxUnavailable(error) : error
    }
  }

  async #remember(users: RobloxUser[], askedAt: number): Promise<void> {
    if (users.length === 0) return
    try {
      await this.#database.act(async (trx) => {
        // In one order everywhere, or two servers would wait for each other's rows.
        for (const user of users.toSorted(byId)) await rememberUser(trx, { ...user, askedAt })
      })
    } catch (error) {
      // No reason to withhold what Roblox said.
      this.#log.error(
        { err: error },
        'what Roblox said of names could not be remembered, the call goes on without: check the database',
      )
    }
  }
}

/**
 * What a call answers when it needs Roblox and can't have it (contract, 503); with a sentence of its own where it is
 * something else that can't be had.
 */
export function robloxUnavailable(error: OutsideError, discord?: string): Problem {
  const retryAfterSeconds = Math.min(60, Math.max(1, Math.ceil((error.retryAfterMs ?? 5000) / 1000)))
  return new Problem('roblox-unavailable', {
    retryAfterSeconds,
    cause: error,
    ...(discord !== undefined && { discord }),
  })
}

function byId(one: RobloxUser, other: RobloxUser): number {
  return one.id < other.id ? -1 : Number(one.id > other.id)
}

function toUser({ id, name }: RememberedUser): RobloxUser {
  return { id, name }
}

function isUserNotFound(error: unknown): boolean {
  return error instanceof Problem && error.code === 'user-not-found'
}
