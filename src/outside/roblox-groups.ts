import { Type } from 'typebox'
import { documented } from './documented.ts'
import { type HttpClient, writeTimeoutMs } from './http-client.ts'
import { OutsideError } from './outside-error.ts'
import type { Urgency } from './rate-budgets.ts'
import type { components } from './roblox-api.d.ts'

/** A role of a group. */
export type GroupRole = { id: string; name: string; rank: number }
/** A group, and the Open Cloud key to ask for it. */
export type KeyedGroup = { group: string; apiKey: string }
export type Group = { id: string; name: string }

type Described = components['schemas']

const PublicRole = documented<Described['Roblox.Groups.Api.GroupRoleResponse']>()(
  Type.Object({ id: Type.Integer(), name: Type.String(), rank: Type.Integer() }),
)
const PublicGroup = documented<Described['Roblox.Groups.Api.GroupDetailResponse']>()(
  Type.Object({ id: Type.Integer(), name: Type.String({ minLength: 1 }) }),
)
const PublicRoles = Type.Object({ roles: Type.Array(PublicRole, { minItems: 1 }) })
const PublicMemberships = Type.Object({
  data: Type.Array(
    documented<Described['Roblox.Groups.Api.GroupMembershipResponse']>()(
      Type.Object({ group: Type.Object({ id: Type.Integer() }), role: PublicRole }),
    ),
  ),
})
const GroupAnswer = documented<Described['Group']>()(Type.Object({ id: Type.String(), displayName: Type.String() }))
const Roles = documented<Described['ListGroupRolesResponse']>()(
  Type.Object({
    groupRoles: Type.Array(
      documented<Described['GroupRole']>()(
        Type.Object({ id: Type.String(), displayName: Type.String(), rank: Type.Optional(Type.Integer()) }),
      ),
      { minItems: 1 },
    ),
    nextPageToken: Type.Optional(Type.String()),
  }),
)
const Membership = documented<Described['GroupMembership']>()(
  Type.Object({
    user: Type.String(),
    role: Type.Optional(Type.String()),
    roles: Type.Optional(Type.Array(Type.String())),
  }),
)
const Memberships = Type.Object({ groupMemberships: Type.Array(Membership) })
const JoinRequests = Type.Object({
  groupJoinRequests: Type.Array(documented<Described['GroupJoinRequest']>()(Type.Object({ user: Type.String() }))),
})

/** Roblox gives 20 roles a page; no group has more than some dozens. */
const rolePages = 10

export async function getGroup(apis: HttpClient, { group, apiKey }: KeyedGroup): Promise<Group> {
  const answer = await apis.askJson({ ...get(`/cloud/v2/groups/${group}`, apiKey), budget: 'group' }, GroupAnswer)
  return { id: answer.id, name: answer.displayName }
}

/** All roles of a group by Open Cloud. @throws OutsideError */
export async function listRoles(apis: HttpClient, { group, apiKey }: KeyedGroup): Promise<GroupRole[]> {
  const roles: GroupRole[] = []
  let pageToken = ''
  for (let page = 0; page < rolePages; page++) {
    const query = new URLSearchParams({ maxPageSize: '20', ...(pageToken === '' ? {} : { pageToken }) })
    const path = `/cloud/v2/groups/${group}/roles?${query}`
    const answer = await apis.askJson({ ...get(path, apiKey), budget: 'roles' }, Roles)
    for (const role of answer.groupRoles) roles.push({ id: role.id, name: role.displayName, rank: role.rank ?? 0 })
    pageToken = answer.nextPageToken ?? ''
    if (pageToken === '') break
  }
  return roles
}

/** A group by the public API, which needs no key. @throws OutsideError */
export async function getGroupPublicly(groups: HttpClient, group: string): Promise<Group> {
  const answer = await groups.askJson({ ...get(`/v1/groups/${group}`), budget: 'groups' }, PublicGroup)
  return { id: String(answer.id), name: answer.name }
}

/** All roles of a group by the public API, which needs no key. @throws OutsideError */
export async function listRolesPublicly(groups: HttpClient, group: string): Promise<GroupRole[]> {
  const { roles } = await groups.askJson({ ...get(`/v1/groups/${group}/roles`), budget: 'groups' }, PublicRoles)
  return roles.map((role) => ({ id: String(role.id), name: role.name, rank: role.rank }))
}

/** The ids of all roles that a user holds in a group; undefined for one who isn't in it. @throws OutsideError */
export async function findMemberRoleIds(
  apis: HttpClient,
  { group, apiKey }: KeyedGroup,
  userId: string,
  how: { timeoutMs?: number; urgency?: Urgency } = {},
): Promise<string[] | undefined> {
  const path = `/cloud/v2/groups/${group}/memberships?${filterByUser(userId)}`
  const { groupMemberships } = await apis.askJson({ ...get(path, apiKey), budget: 'memberships', ...how }, Memberships)
  const membership = groupMemberships.find((one) => lastSegment(one.user) === userId)
  if (membership === undefined && groupMemberships.length > 0)
    throw new OutsideError('roblox open cloud', 'unavailable', 'it told of another member than it was asked for')
  if (membership === undefined) return undefined
  const paths = membership.roles ?? (membership.role === undefined ? [] : [membership.role])
  return paths.map(lastSegment)
}

/** The highest role that a user holds in a group, by the public API; undefined for one who isn't in it. @throws OutsideError */
export async function findHighestRolePublicly(
  groups: HttpClient,
  group: string,
  userId: string,
  how: { urgency?: Urgency } = {},
): Promise<GroupRole | undefined> {
  const { data } = await groups.askJson(
    { ...get(`/v2/users/${userId}/groups/roles`), budget: 'memberships', ...how },
    PublicMemberships,
  )
  const roles = data.filter((membership) => String(membership.group.id) === group).map(({ role }) => role)
  const highest = roles.toSorted((a, b) => b.rank - a.rank)[0]
  return highest && { id: String(highest.id), name: highest.name, rank: highest.rank }
}

export async function hasJoinRequest(
  apis: HttpClient,
  { group, apiKey }: KeyedGroup,
  userId: string,
): Promise<boolean> {
  const { groupJoinRequests } = await apis.askJson(
    {
      ...get(`/cloud/v2/groups/${group}/join-requests?${filterByUser(userId)}`, apiKey),
      budget: 'join-requests',
    },
    JoinRequests,
  )
  return groupJoinRequests.some((request) => lastSegment(request.user) === userId)
}

export async function acceptJoinRequest(
  apis: HttpClient,
  { group, apiKey }: KeyedGroup,
  userId: string,
): Promise<void> {
  const path = `/cloud/v2/groups/${group}/join-requests/${userId}:accept`
  await apis.ask({
    ...post(path, apiKey, {}),
    isIdempotent: false,
    budget: 'accept',
    timeoutMs: writeTimeoutMs,
  })
}

/** Gives a member a role; nothing happens where the member has it. @throws OutsideError */
export function assignRole(
  apis: HttpClient,
  group: KeyedGroup,
  { userId, roleId }: { userId: string; roleId: string },
): Promise<void> {
  return changeRole(apis, group, { userId, roleId, verb: 'assignRole' })
}

/** Takes a role from a member; nothing happens where the member doesn't have it. @throws OutsideError */
export function unassignRole(
  apis: HttpClient,
  group: KeyedGroup,
  { userId, roleId }: { userId: string; roleId: string },
): Promise<void> {
  return changeRole(apis, group, { userId, roleId, verb: 'unassignRole' })
}

async function changeRole(
  apis: HttpClient,
  { group, apiKey }: KeyedGroup,
  { userId, roleId, verb }: { userId: string; roleId: string; verb: string },
): Promise<void> {
  const path = `/cloud/v2/groups/${group}/memberships/${userId}:${verb}`
  const body = { role: `groups/${group}/roles/${roleId}` }
  await apis.askJson(
    { ...post(path, apiKey, body), isIdempotent: true, budget: verb, timeoutMs: writeTimeoutMs },
    Membership,
  )
}

function filterByUser(userId: string): URLSearchParams {
  return new URLSearchParams({ maxPageSize: '1', filter: `user == 'users/${userId}'` })
}

function get(path: string, apiKey?: string) {
  return {
    method: 'GET',
    path,
    ...(apiKey !== undefined && { headers: { 'x-api-key': apiKey }, credential: apiKey }),
    isIdempotent: true,
  } as const
}

function post(path: string, apiKey: string, body: object) {
  const headers = { 'content-type': 'application/json', 'x-api-key': apiKey }
  return { method: 'POST', path, headers, body: JSON.stringify(body), credential: apiKey } as const
}

/** `groups/7/roles/99` → `99`. */
function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
