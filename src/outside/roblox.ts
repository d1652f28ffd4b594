import { Type } from 'typebox'
import type { HttpClient } from './http-client.ts'

/** Ids are text here, though Roblox's older answers have them as numbers. */
export type RobloxUser = { id: string; name: string }
export type GroupRole = { id: string; name: string; rank: number }
/** The user restriction that keeps a player out of every place of a universe; without `seconds` it has no end. */
export type JoinRestriction = { isActive: boolean; seconds?: number; displayReason?: string; privateReason?: string }

type InGroup = { group: string; apiKey: string }

const LegacyUsers = Type.Object({
  data: Type.Array(
    Type.Object({ id: Type.Integer(), name: Type.String(), requestedUsername: Type.Optional(Type.String()) }),
  ),
})
const LegacyRoles = Type.Object({
  roles: Type.Array(Type.Object({ id: Type.Integer(), name: Type.String(), rank: Type.Integer() }), { minItems: 1 }),
})
const LegacyMemberships = Type.Object({
  data: Type.Array(
    Type.Object({
      group: Type.Object({ id: Type.Integer() }),
      role: Type.Object({ id: Type.Integer(), name: Type.String(), rank: Type.Integer() }),
    }),
  ),
})
const GroupRoles = Type.Object({
  groupRoles: Type.Array(
    Type.Object({ id: Type.String(), displayName: Type.String(), rank: Type.Optional(Type.Integer()) }),
    { minItems: 1 },
  ),
  nextPageToken: Type.Optional(Type.String()),
})
const Membership = Type.Object({
  user: Type.String(),
  role: Type.Optional(Type.String()),
  roles: Type.Optional(Type.Array(Type.String())),
})
const Memberships = Type.Object({ groupMemberships: Type.Array(Membership) })
const JoinRequests = Type.Object({ groupJoinRequests: Type.Array(Type.Object({ user: Type.String() })) })
const UserRestriction = Type.Object({ gameJoinRestriction: Type.Object({ active: Type.Boolean() }) })

/** Most usernames and ids that one question may hold. */
export const usernamesPerQuestion = 100
export const idsPerQuestion = 200

const rolePages = 10

type Clients = { apis: HttpClient; users: HttpClient; groups: HttpClient }

/**
 * Roblox's web APIs, a function a call. Every function may throw `OutsideError`, also where a well-formed answer is
 * not what Roblox documents.
 */
export class Roblox {
  readonly #apis: HttpClient
  readonly #users: HttpClient
  readonly #groups: HttpClient

  constructor({ apis, users, groups }: Clients) {
    this.#apis = apis
    this.#users = users
    this.#groups = groups
  }

  /** Users by their present or previous names, keyed by the name that was asked for in lower case. */
  async findUsersByName(usernames: readonly string[]): Promise<Map<string, RobloxUser>> {
    const { data } = await this.#users.askJson(
      {
        ...post('/v1/usernames/users', { usernames, excludeBannedUsers: false }),
        isIdempotent: true,
        budget: 'usernames',
      },
      LegacyUsers,
    )
    return new Map(
      data.map((user) => [
        (user.requestedUsername ?? user.name).toLowerCase(),
        { id: String(user.id), name: user.name },
      ]),
    )
  }

  /** Users by their ids. */
  async findUsersById(ids: readonly string[]): Promise<Map<string, RobloxUser>> {
    const { data } = await this.#users.askJson(
      {
        ...post('/v1/users', { userIds: ids.map(Number), excludeBannedUsers: false }),
        isIdempotent: true,
        budget: 'users',
      },
      LegacyUsers,
    )
    return new Map(data.map((user) => [String(user.id), { id: String(user.id), name: user.name }]))
  }

  /** All roles of a group by Open Cloud, Guest included where Roblox names it. */
  async listRoles({ group, apiKey }: InGroup): Promise<GroupRole[]> {
    const roles: GroupRole[] = []
    let pageToken = ''
    for (let page = 0; page < rolePages; page++) {
      const query = new URLSearchParams({ maxPageSize: '20', ...(pageToken === '' ? {} : { pageToken }) })
      const path = `/cloud/v2/groups/${group}/roles?${query}`
      const answer = await this.#apis.askJson(
        { ...get(path), headers: withKey(apiKey), budget: `roles ${apiKey}` },
        GroupRoles,
      )
      for (const role of answer.groupRoles) roles.push({ id: role.id, name: role.displayName, rank: role.rank ?? 0 })
      pageToken = answer.nextPageToken ?? ''
      if (pageToken === '') break
    }
    return roles
  }

  /** All roles of a group by the public API, which needs no key. */
  async listRolesPublicly(group: string): Promise<GroupRole[]> {
    const { roles } = await this.#groups.askJson({ ...get(`/v1/groups/${group}/roles`), budget: 'groups' }, LegacyRoles)
    return roles.map((role) => ({ ...role, id: String(role.id) }))
  }

  /** The ids of all roles that a user holds in a group; undefined for one who isn't in it. */
  async findMemberRoleIds({ group, apiKey }: InGroup, userId: string): Promise<string[] | undefined> {
    const query = new URLSearchParams({ maxPageSize: '1', filter: `user == 'users/${userId}'` })
    const { groupMemberships } = await this.#apis.askJson(
      {
        ...get(`/cloud/v2/groups/${group}/memberships?${query}`),
        headers: withKey(apiKey),
        budget: `memberships ${apiKey}`,
      },
      Memberships,
    )
    const membership = groupMemberships.find((one) => lastSegment(one.user) === userId)
    if (membership === undefined) return undefined
    const paths = membership.roles ?? (membership.role === undefined ? [] : [membership.role])
    return paths.map(lastSegment)
  }

  /** The highest role that a user holds in a group, by the public API; undefined for one who isn't in it. */
  async findHighestRolePublicly(group: string, userId: string): Promise<GroupRole | undefined> {
    const { data } = await this.#groups.askJson(
      { ...get(`/v2/users/${userId}/groups/roles`), budget: 'groups' },
      LegacyMemberships,
    )
    const roles = data.filter((membership) => String(membership.group.id) === group).map(({ role }) => role)
    const highest = roles.toSorted((a, b) => b.rank - a.rank)[0]
    return highest && { ...highest, id: String(highest.id) }
  }

  async hasJoinRequest({ group, apiKey }: InGroup, userId: string): Promise<boolean> {
    const query = new URLSearchParams({ maxPageSize: '1', filter: `user == 'users/${userId}'` })
    const { groupJoinRequests } = await this.#apis.askJson(
      {
        ...get(`/cloud/v2/groups/${group}/join-requests?${query}`),
        headers: withKey(apiKey),
        budget: `join-requests ${apiKey}`,
      },
      JoinRequests,
    )
    return groupJoinRequests.some((request) => lastSegment(request.user) === userId)
  }

  async acceptJoinRequest({ group, apiKey }: InGroup, userId: string): Promise<void> {
    const path = `/cloud/v2/groups/${group}/join-requests/${userId}:accept`
    await this.#apis.ask({ ...post(path, {}, apiKey), isIdempotent: false, budget: `accept ${apiKey}` })
  }

  /** Gives a member a role; nothing happens where the member has it. */
  async assignRole(group: InGroup, userId: string, roleId: string): Promise<void> {
    await this.#changeRole(group, userId, roleId, 'assignRole')
  }

  /** Takes a role from a member; nothing happens where the member doesn't have it. */
  async unassignRole(group: InGroup, userId: string, roleId: string): Promise<void> {
    await this.#changeRole(group, userId, roleId, 'unassignRole')
  }

  async #changeRole({ group, apiKey }: InGroup, userId: string, roleId: string, verb: string): Promise<void> {
    const path = `/cloud/v2/groups/${group}/memberships/${userId}:${verb}`
    const body = { role: `groups/${group}/roles/${roleId}` }
    await this.#apis.askJson(
      { ...post(path, body, apiKey), isIdempotent: true, budget: `${verb} ${apiKey}` },
      Membership,
    )
  }

  /** Sets a user's join restriction as a whole; `idempotencyKey` (a UUID) makes a second try do nothing more. */
  async restrictUser(
    { universe, apiKey }: { universe: string; apiKey: string },
    userId: string,
    restriction: JoinRestriction,
    { idempotencyKey, firstSentAt }: { idempotencyKey: string; firstSentAt: number },
  ): Promise<void> {
    const query = new URLSearchParams({
      updateMask: 'game_join_restriction',
      'idempotencyKey.key': idempotencyKey,
      'idempotencyKey.firstSent': new Date(firstSentAt).toISOString(),
    })
    const { isActive, seconds, displayReason, privateReason } = restriction
    const gameJoinRestriction = isActive
      ? {
          active: true,
          ...(seconds === undefined ? {} : { duration: `${seconds}s` }),
          displayReason,
          privateReason,
          excludeAltAccounts: false,
        }
      : { active: false }
    await this.#apis.askJson(
      {
        ...post(
          `/cloud/v2/universes/${universe}/user-restrictions/${userId}?${query}`,
          { gameJoinRestriction },
          apiKey,
        ),
        method: 'PATCH',
        isIdempotent: true,
        budget: `restrict ${universe} ${userId}`,
      },
      UserRestriction,
    )
  }
}

function get(path: string) {
  return { method: 'GET', path, isIdempotent: true } as const
}

function post(path: string, body: object, apiKey?: string) {
  const headers = { 'content-type': 'application/json', ...(apiKey === undefined ? {} : withKey(apiKey)) }
  return { method: 'POST', path, headers, body: JSON.stringify(body) } as const
}

function withKey(apiKey: string): { 'x-api-key': string } {
  return { 'x-api-key': apiKey }
}

/** `groups/7/roles/99` → `99`. */
function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
