import { ownerUserId } from './population.ts'
import { publishedRateLimits, RateCounters, type RateLimit, type RateLimitName } from './rate-limits.ts'
import { loadWorldState, saveWorldState } from './world-file.ts'
import {
  type SandboxRole,
  type SandboxUser,
  snapshotOfState,
  stateFromSnapshot,
  type WorldState,
} from './world-state.ts'

/** Where things are in the sandbox's world. */
export const sandboxIds = {
  group: '1',
  universe: '1234567',
  guild: '200000000000000001',
  webhook: '300000000000000001',
} as const

/** The secrets that the stand-ins ask for. */
export const sandboxKeys = {
  openCloud: 'sandbox-open-cloud-key',
  bloxlink: 'sandbox-bloxlink-key',
  rover: 'sandbox-rover-key',
  pastebin: 'sandbox-pastebin-key',
  webhookToken: 'sandbox-webhook-token-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ',
} as const

export const sandboxGroupName = 'Magicband Sandbox'

/** The webhook's address as Discord shows it; the sandbox serves its path, with and without the version. */
export const sandboxWebhookUrl = `https://discord.com/api/webhooks/${sandboxIds.webhook}/${sandboxKeys.webhookToken}`

const maxUsers = 100_000

export type LinkService = 'bloxlink' | 'rover'

/** A user to add: whatever is left out is as it is for an ordinary new account outside the group. */
export type NewUser = {
  id: string
  name: string
  displayName?: string
  previousNames?: string[]
  isBanned?: boolean
  /** Roles in the group; the base role comes by itself. Without it the user is outside. */
  roleIds?: string[]
  /** Linked in Bloxlink and in RoVer. */
  discordId?: string
}

/**
 * What the stand-ins know and remember. Its state is changed by its methods, which also write its file;
 * its plain members are switches that tests set, and are not written.
 */
export class World {
  /** The key's owner manages roles and members below this rank only. */
  keyOwnerRank = 254
  keyOwnerId: string = ownerUserId
  keyScopes: string[] = [
    'group:read',
    'group:write',
    'universe.user-restriction:read',
    'universe.user-restriction:write',
    'universe-messaging-service:publish',
  ]
  keyIsEnabled = true
  /** Milliseconds since 1970; without it the key doesn't expire. */
  keyExpiresAt: number | undefined = undefined
  rateLimits: Record<RateLimitName, RateLimit> = publishedRateLimits()
  groupName = sandboxGroupName
  thumbnailState: 'Completed' | 'Pending' | 'Error' = 'Completed'
  /** Requests that Bloxlink still answers today; undefined for no end. */
  bloxlinkQuotaLeft: number | undefined = undefined
  pastebinUnlistedLimit = 25
  pastebinDailyLimit = 250
  webhookIsDeleted = false

  readonly clock: () => number
  readonly counters: RateCounters
  readonly #file: string | undefined
  #state: WorldState
  #isRehearsal = false
  #idsByName: Map<string, string> | undefined

  constructor(options: { clock: () => number; file?: string | undefined }) {
    this.clock = options.clock
    this.counters = new RateCounters(options.clock)
    this.#file = options.file
    this.#state = loadWorldState(options.file)
  }

  /** The state as it is now, to read. Change it through the methods, or through `change`. */
  get state(): WorldState {
    return this.#state
  }

  /** Now, as ISO 8601 text. */
  now(): string {
    return new Date(this.clock()).toISOString()
  }

  /** Changes the state in any way and writes it to the world's file. */
  change<T>(alter: (state: WorldState) => T): T {
    const result = alter(this.#state)
    this.#idsByName = undefined
    if (this.#file !== undefined && !this.#isRehearsal) saveWorldState(this.#file, this.#state)
    return result
  }

  /** Does something as if for real and forgets everything it did to the state. */
  rehearse<T>(act: () => T): T {
    const before = this.#state
    this.#state = stateFromSnapshot(snapshotOfState(before))
    this.#isRehearsal = true
    try {
      return act()
    } finally {
      this.#state = before
      this.#isRehearsal = false
      this.#idsByName = undefined
    }
  }

  findUserByName(name: string): SandboxUser | undefined {
    this.#idsByName ??= this.#indexNames()
    const id = this.#idsByName.get(name.toLowerCase())
    return id === undefined ? undefined : this.#state.users.get(id)
  }

  /** The roles a user holds in the group, lowest rank first; none outside the group. */
  rolesOf(userId: string): SandboxRole[] {
    const ids = this.#state.memberships.get(userId)?.roleIds ?? []
    return ids.flatMap((id) => this.#state.roles.get(id) ?? []).sort((a, b) => a.rank - b.rank)
  }

  highestRoleOf(userId: string): SandboxRole | undefined {
    return this.rolesOf(userId).at(-1)
  }

  addUser(user: NewUser): void {
    const { id, name, roleIds, discordId } = user
    if (!/^[1-9]\d*$/.test(id) || !Number.isSafeInteger(Number(id))) throw new Error(`${id} is no Roblox user id`)
    if (this.#state.users.has(id)) throw new Error(`user ${id} exists already`)
    if (this.#state.users.size >= maxUsers) throw new Error(`the sandbox holds ${maxUsers} users at most`)
    this.change(({ users }) =>
      users.set(id, {
        id,
        name,
        displayName: user.displayName ?? name,
        previousNames: user.previousNames ?? [],
        isBanned: user.isBanned ?? false,
        description: '',
        createdAt: this.now(),
      }),
    )
    if (roleIds !== undefined) this.setRoles(id, roleIds)
    if (discordId !== undefined) this.linkDiscord({ discordId, robloxId: id })
  }

  /** Gives a user another name; the old one becomes a previous name, as after a change on Roblox. */
  rename(userId: string, name: string): void {
    const user = this.#getUser(userId)
    this.change(() => {
      user.previousNames = [...user.previousNames, user.name]
      user.name = name
    })
  }

  /** Bans a user from Roblox itself, or lifts that. */
  setBanned(userId: string, isBanned: boolean): void {
    const user = this.#getUser(userId)
    this.change(() => {
      user.isBanned = isBanned
    })
  }

  /** Makes a user a member who holds exactly these roles and the base role. */
  setRoles(userId: string, roleIds: readonly string[]): void {
    this.#getUser(userId)
    for (const id of roleIds) if (!this.#state.roles.has(id)) throw new Error(`there is no role ${id}`)
    const base = [...this.#state.roles.values()].find(({ isBase }) => isBase)
    const held = new Set(base === undefined ? roleIds : [base.id, ...roleIds])
    this.change(({ memberships }) => {
      const createdAt = memberships.get(userId)?.createdAt ?? this.now()
      memberships.set(userId, { userId, roleIds: [...held], createdAt, updatedAt: this.now() })
    })
  }

  removeMember(userId: string): void {
    this.change(({ memberships }) => memberships.delete(userId))
  }

  /** Adds a role to the group, or replaces the one with the same id. */
  addRole(role: { id: string; name: string; rank: number }): void {
    this.change(({ roles }) => roles.set(role.id, { ...role, description: '', isBase: false }))
  }

  addJoinRequest(userId: string): void {
    this.#getUser(userId)
    this.change(({ joinRequests }) => joinRequests.set(userId, { userId, createdAt: this.now() }))
  }

  /** Links accounts in one of the two services, or in both where none is named. */
  linkDiscord(link: { discordId: string; robloxId: string; in?: LinkService }): void {
    this.change((state) => {
      if (link.in !== 'rover') state.bloxlinkLinks.set(link.discordId, link.robloxId)
      if (link.in !== 'bloxlink') state.roverLinks.set(link.discordId, link.robloxId)
    })
  }

  /** Removes a link from one of the two services, or from both where none is named. */
  unlinkDiscord(link: { discordId: string; in?: LinkService }): void {
    this.change((state) => {
      if (link.in !== 'rover') state.bloxlinkLinks.delete(link.discordId)
      if (link.in !== 'bloxlink') state.roverLinks.delete(link.discordId)
    })
  }

  #getUser(userId: string): SandboxUser {
    const user = this.#state.users.get(userId)
    if (user === undefined) throw new Error(`there is no user ${userId}`)
    return user
  }

  /** A current name wins over another account's previous name. */
  #indexNames(): Map<string, string> {
    const index = new Map<string, string>()
    for (const { id, previousNames } of this.#state.users.values()) {
      for (const name of previousNames) index.set(name.toLowerCase(), id)
    }
    for (const { id, name } of this.#state.users.values()) index.set(name.toLowerCase(), id)
    return index
  }
}
