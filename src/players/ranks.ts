import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import type { Community } from '../config/community.ts'
import type { Database } from '../database/database.ts'
import { OutsideError } from '../outside/http-client.ts'
import type { GroupRole, Roblox } from '../outside/roblox.ts'
import type { GroupRoles } from './group-roles.ts'
import { wait } from './patience.ts'
import { findRank, type RememberedRank, rememberRank } from './players.store.ts'

/** How long each kind of call waits for Roblox when what is remembered is too old, or when nothing is. */
export const joinPatience = { knownMs: 200, unknownMs: 2000 }
export const callPatience = { knownMs: 2000, unknownMs: 2000 }

/**
 * A player's rank in the group, 0–255, and the name of the role it comes from. `staleSeconds` is the age of one that
 * is older than the community wants; `isKnown` is false for the 0 of a player of whom nothing is known.
 */
export type Rank = { rank: number; roleName: string; staleSeconds: number | undefined; isKnown: boolean }

const guest = { rank: 0, roleName: 'Guest' }

type Dependencies = { database: Database; roblox: Roblox; groupRoles: GroupRoles; clock: Clock; log: Logger }

/** Ranks, remembered and asked for (contract `/connect` 4). */
export class Ranks {
  readonly #database: Database
  readonly #roblox: Roblox
  readonly #groupRoles: GroupRoles
  readonly #clock: Clock
  readonly #log: Logger
  readonly #asking = new Map<string, Promise<RememberedRank>>()

  constructor({ database, roblox, groupRoles, clock, log }: Dependencies) {
    this.#database = database
    this.#roblox = roblox
    this.#groupRoles = groupRoles
    this.#clock = clock
    this.#log = log
  }

  /** The rank as well as it can be known within the caller's patience; it never throws because of Roblox. */
  async find(community: Community, id: string, patience: { knownMs: number; unknownMs: number }): Promise<Rank> {
    const remembered = await findRank(this.#database.read, community.slug, id)
    if (remembered !== undefined && this.#ageMs(remembered) < community.roblox.rankSeconds * 1000)
      return toRank(remembered)
    const question = this.ask(community, id)
    const answer = await wait(question, remembered === undefined ? patience.unknownMs : patience.knownMs)
    if (answer !== undefined) return toRank(answer)
    if (remembered === undefined) return { ...guest, staleSeconds: undefined, isKnown: false }
    return { ...toRank(remembered), staleSeconds: Math.floor(this.#ageMs(remembered) / 1000) }
  }

  /** Asks Roblox and remembers the answer; one question at a time about one player. @throws OutsideError */
  ask(community: Community, id: string): Promise<RememberedRank> {
    const key = `${community.slug} ${id}`
    const asking = this.#asking.get(key)
    if (asking !== undefined) return asking
    const question = this.askAnew(community, id).finally(() => this.#asking.delete(key))
    this.#asking.set(key, question)
    return question
  }

  /** Asks Roblox now, also where the same question is under way: its answer may be from before a change. @throws OutsideError */
  async askAnew(community: Community, id: string): Promise<RememberedRank> {
    const askedAt = this.#clock()
    const role = await this.#findHighestRole(community, id)
    if (role === undefined) await this.#doubtEmptyAnswer(community, id)
    const rank = { rank: role?.rank ?? 0, roleName: role?.name ?? guest.roleName, askedAt }
    await this.#database.act((trx) => rememberRank(trx, community.slug, id, rank))
    return rank
  }

  /**
   * A member who is suddenly in no group at all may have left, or Roblox may be answering with empty lists. The group's
   * roles can't be an empty list, so they tell which. @throws OutsideError
   */
  async #doubtEmptyAnswer(community: Community, id: string): Promise<void> {
    const remembered = await findRank(this.#database.read, community.slug, id)
    if (remembered !== undefined && remembered.rank > 0) await this.#groupRoles.ask(community)
  }

  /** By Open Cloud where the community has a key, by the public API where not, or where Open Cloud fails. */
  async #findHighestRole(community: Community, id: string): Promise<GroupRole | undefined> {
    const { group, apiKey } = community.roblox
    if (apiKey === undefined) return this.#roblox.findHighestRolePublicly(group, id)
    try {
      const roleIds = await this.#roblox.findMemberRoleIds({ group, apiKey }, id)
      return roleIds === undefined ? undefined : await this.#highestOf(community, roleIds)
    } catch (error) {
      if (!(error instanceof OutsideError)) throw error
      if (error.kind === 'refused') {
        this.#log.warn(
          { community: community.slug, status: error.status, answer: error.answer },
          'Open Cloud refuses to tell ranks, the public API is used instead: check roblox.apiKey and roblox.group of this community',
        )
      }
      return this.#roblox.findHighestRolePublicly(group, id)
    }
  }

  async #highestOf(community: Community, roleIds: readonly string[]): Promise<GroupRole | undefined> {
    let roles = await this.#groupRoles.list(community)
    if (!roleIds.every((id) => roles.some((role) => role.id === id))) roles = await this.#groupRoles.ask(community)
    return roles.filter((role) => roleIds.includes(role.id)).toSorted((a, b) => b.rank - a.rank)[0]
  }

  #ageMs(rank: RememberedRank): number {
    return this.#clock() - rank.askedAt
  }
}

function toRank({ rank, roleName }: RememberedRank): Rank {
  return { rank, roleName, staleSeconds: undefined, isKnown: true }
}
