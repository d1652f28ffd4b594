import type { Logger } from 'pino'
import { type Clock, distanceMs, steadyClock } from '../clock.ts'
import type { Community } from '../config/community.ts'
import type { Database } from '../database/database.ts'
import { OutsideError } from '../outside/outside-error.ts'
import type { Urgency } from '../outside/rate-budgets.ts'
import type { RobloxClients } from '../outside/roblox.ts'
import {
  findHighestRolePublicly,
  findMemberRoleIds,
  type GroupRole,
  listRolesPublicly,
} from '../outside/roblox-groups.ts'
import { Problem } from '../problem.ts'
import type { GroupRoles } from './group-roles.ts'
import { rememberingMs, wait } from './patience.ts'
import { findRank, type RememberedRank, rememberRank } from './players.store.ts'

/** How long Roblox is waited for. */
export type Patience = {
  /** By a join where a rank is remembered that is too old. */
  joinMs: number
  /** By another call in that case. */
  callMs: number
  /** By everyone where nothing is remembered. */
  unknownMs: number
  /** What Open Cloud has of that, before the public API is asked instead. */
  openCloudMs: number
}

const usualPatience: Patience = { joinMs: 200, callMs: 2000, unknownMs: 2000, openCloudMs: 1000 }

/** How long a source that has shown that its lists aren't all empty is believed about players never seen before. */
const trustMs = 10_000
/** How long one that answered with nothing but empty lists is left alone. */
const distrustMs = 2000

/**
 * A player's rank in the group, 0–255, and the name of the role it comes from. `staleSeconds` is the age of one that
 * is older than the community wants; `isKnown` is false for the 0 of a player of whom nothing is known.
 */
export type Rank = { rank: number; roleName: string; staleSeconds: number | undefined; isKnown: boolean }

const guest = { rank: 0, roleName: 'Guest' }

type Dependencies = {
  database: Database
  roblox: RobloxClients
  groupRoles: GroupRoles
  clock: Clock
  log: Logger
  /** Other patience than the usual one. */
  patience?: Partial<Patience>
}

/** Ranks, remembered and asked for (contract `/connect` 4). */
export class Ranks {
  readonly #database: Database
  readonly #roblox: RobloxClients
  readonly #groupRoles: GroupRoles
  readonly #clock: Clock
  readonly #steadyClock: Clock
  readonly #log: Logger
  readonly #patience: Patience
  readonly #asking = new Map<string, Promise<RememberedRank>>()
  /** When a source last listed what can't be empty, by community. */
  readonly #trustedAt = new Map<string, number>()
  /** Until when a source that answered with empty lists isn't asked, by community. */
  readonly #distrustedUntil = new Map<string, number>()
  /** Communities whose key Open Cloud last refused: it is told once, and not by every join. */
  readonly #refused = new Set<string>()

  constructor({ database, roblox, groupRoles, clock, log, patience }: Dependencies) {
    this.#database = database
    this.#roblox = roblox
    this.#groupRoles = groupRoles
    this.#clock = clock
    this.#steadyClock = steadyClock(clock)
    this.#log = log
    this.#patience = { ...usualPatience, ...patience }
  }

  /** The rank as well as it can be known within the caller's patience; it never throws because of Roblox. */
  async find(community: Community, id: string, caller: 'join' | 'call'): Promise<Rank> {
    return this.refresh(community, id, caller, await findRank(this.#database.read, community.slug, id))
  }

  /** The same for a player of whom the caller has read what is remembered. */
  async refresh(
    community: Community,
    id: string,
    caller: 'join' | 'call',
    remembered: RememberedRank | undefined,
  ): Promise<Rank> {
    const fresh = this.ifFresh(community, remembered)
    if (fresh !== undefined) return fresh
    const question = this.#askOnce(community, id, remembered === undefined ? caller : 'refresh')
    const { unknownMs, joinMs, callMs } = this.#patience
    const rememberedMs = caller === 'join' ? joinMs : callMs
    const answer = await wait(question, remembered === undefined ? unknownMs : rememberedMs)
    if (answer !== undefined) return toRank(answer)
    if (remembered === undefined) return { ...guest, staleSeconds: undefined, isKnown: false }
    return { ...toRank(remembered), staleSeconds: Math.floor(this.#ageMs(remembered) / 1000) }
  }

  /** Asks Roblox now, also where the same question is under way: its answer may be from before a change. @throws OutsideError */
  async ask(community: Community, id: string, urgency: Urgency = 'call'): Promise<RememberedRank> {
    const askedAt = this.#clock()
    const role = await this.#findHighestRole(community, id, urgency)
    const rank = { rank: role?.rank ?? guest.rank, roleName: role?.name ?? guest.roleName, askedAt }
    await wait(this.#remember(community, id, rank), rememberingMs)
    return rank
  }

  /** A database that can't be written, or takes long to, is no reason to withhold what Roblox said. */
  async #remember(community: Community, id: string, rank: RememberedRank): Promise<void> {
    try {
      await this.#database.act((trx) => rememberRank(trx, community.slug, id, rank))
    } catch (error) {
      this.#log.error(
        { community: community.slug, err: error },
        'what Roblox said of a rank could not be remembered, the call goes on without: check the database',
      )
    }
  }

  /** One question at a time about one player. */
  #askOnce(community: Community, id: string, urgency: Urgency): Promise<RememberedRank> {
    const key = `${community.slug} ${id}`
    const asking = this.#asking.get(key)
    if (asking !== undefined) return asking
    const question = this.#askUnlessAnswered(community, id, urgency).finally(() => this.#asking.delete(key))
    this.#asking.set(key, question)
    return question
  }

  /** The same question may have been answered since the caller looked. */
  async #askUnlessAnswered(community: Community, id: string, urgency: Urgency): Promise<RememberedRank> {
    const remembered = await findRank(this.#database.read, community.slug, id)
    return remembered !== undefined && this.#isFresh(community, remembered)
      ? remembered
      : this.ask(community, id, urgency)
  }

  /** By Open Cloud where the community has a key, by the public API where not, or where Open Cloud fails. */
  async #findHighestRole(community: Community, id: string, urgency: Urgency): Promise<GroupRole | undefined> {
    const { group, apiKey } = community.roblox
    const askPublicly = () =>
      this.#believe(community, id, {
        source: 'public',
        ask: () => findHighestRolePublicly(this.#roblox.groups, group, id, { urgency }),
        listRoles: () => listRolesPublicly(this.#roblox.groups, group),
      })
    if (apiKey === undefined) return askPublicly()
    try {
      const how = { timeoutMs: this.#patience.openCloudMs, urgency }
      const roleIds = await this.#believe(community, id, {
        source: 'open cloud',
        ask: () => findMemberRoleIds(this.#roblox.apis, { group, apiKey }, id, how),
        listRoles: () => this.#groupRoles.ask(community),
      })
      const highest = roleIds && (await this.#highestOf(community, roleIds))
      this.#refused.delete(community.slug)
      return highest
    } catch (error) {
      if (!(error instanceof OutsideError)) throw error
      // Where nobody waits and a rank is remembered, a spent rate limit is no reason to spend another one.
      if (error.status === 429 && urgency === 'refresh') throw error
      if (error.kind === 'refused') this.#tellRefusal(community, error)
      return askPublicly()
    }
  }

  #tellRefusal({ slug }: Community, { status, answer }: OutsideError): void {
    if (this.#refused.has(slug)) return
    this.#refused.add(slug)
    this.#log.warn(
      { community: slug, status, answer },
      'Roblox refuses this Open Cloud key, and the public API is asked for ranks instead: check roblox.apiKey and roblox.group of this community, `magicband doctor` says what is wrong with them',
    )
  }

  /**
   * Asks for what a player holds in the group. Somebody who is in no group may be outside, or Roblox may be answering with
   * empty lists. The group's roles can't be an empty list, so they tell which: always for a member who would lose a rank
   * by it, who is then asked for once more, and now and then for players never seen before. @throws OutsideError
   */
  async #believe<T>(
    community: Community,
    id: string,
    {
      source,
      ask,
      listRoles,
    }: { source: string; ask: () => Promise<T | undefined>; listRoles: () => Promise<unknown> },
  ): Promise<T | undefined> {
    const key = `${community.slug} ${source}`
    if (this.#steadyClock() < (this.#distrustedUntil.get(key) ?? 0)) {
      throw new OutsideError(`roblox ${source}`, 'unavailable', 'it answers with empty lists')
    }
    const answer = await ask()
    if (answer !== undefined) return answer
    const remembered = await findRank(this.#database.read, community.slug, id)
    if (remembered?.rank === 0) return undefined
    const isTrusted = this.#steadyClock() - (this.#trustedAt.get(key) ?? Number.NEGATIVE_INFINITY) < trustMs
    if (remembered === undefined && isTrusted) return undefined
    try {
      await listRoles()
    } catch (error) {
      this.#distrustedUntil.set(key, this.#steadyClock() + distrustMs)
      throw error
    }
    this.#trustedAt.set(key, this.#steadyClock())
    return ask()
  }

  /** Every member has a role: an answer without one that the group has is none. @throws OutsideError */
  async #highestOf(community: Community, roleIds: readonly string[]): Promise<GroupRole> {
    let roles = await this.#groupRoles.list(community)
    if (!roleIds.every((id) => roles.some((role) => role.id === id))) roles = await this.#groupRoles.ask(community)
    const highest = roles.filter((role) => roleIds.includes(role.id)).toSorted((a, b) => b.rank - a.rank)[0]
    if (highest !== undefined) return highest
    throw new OutsideError('roblox open cloud', 'unavailable', 'it told of a member who has no role of the group')
  }

  /** A remembered rank that is used without asking; undefined where Roblox has to be asked. */
  ifFresh(community: Community, remembered: RememberedRank | undefined): Rank | undefined {
    return remembered !== undefined && this.#isFresh(community, remembered) ? toRank(remembered) : undefined
  }

  #isFresh({ roblox }: Community, rank: RememberedRank): boolean {
    return this.#ageMs(rank) < roblox.rankSeconds * 1000
  }

  #ageMs(rank: RememberedRank): number {
    return distanceMs(this.#clock, rank.askedAt)
  }
}

function toRank({ rank, roleName }: RememberedRank): Rank {
  return { rank, roleName, staleSeconds: undefined, isKnown: true }
}

/** For answers that would be untrue with a rank of which nothing is known. @throws Problem `roblox-unavailable` */
export function requireKnown({ isKnown }: Rank): void {
  if (!isKnown) throw new Problem('roblox-unavailable', { retryAfterSeconds: 5, cause: 'nothing is known of the rank' })
}
