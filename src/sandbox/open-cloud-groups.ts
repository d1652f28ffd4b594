import { type Call, json, type Route } from './http.ts'
import { idInPath, openCloudError, operation, page, parseFilter } from './open-cloud.ts'
import { membershipResource } from './open-cloud-memberships.ts'
import { ownerUserId } from './population.ts'
import { sandboxIds, type World } from './world.ts'
import type { SandboxMembership, SandboxRole } from './world-state.ts'

const foundedAt = '2024-03-29T18:15:20.020Z'
const maxUsersInFilter = 50

/** Open Cloud's reading of the group: itself, its roles, its members. */
export function groupRoutes(world: World): Route[] {
  const group = '/cloud/v2/groups/{group}'
  return [
    operation(world, { method: 'GET', path: group, limit: 'getGroup' }, json(200, {}), (_call, params) => {
      checkGroup(params.group)
      return json(200, groupResource(world))
    }),
    operation(
      world,
      { method: 'GET', path: `${group}/roles`, limit: 'listRoles' },
      json(200, { groupRoles: [] }),
      ({ query }, params) => {
        checkGroup(params.group)
        const roles = [...world.state.roles.values()].sort((a, b) => b.rank - a.rank)
        const { items, nextPageToken } = page(roles, query, { maxPageSize: 20 })
        const groupRoles = items.map((role) => roleResource(world, role))
        // Lists end with an empty token or with none; this one is the kind with none.
        return json(200, nextPageToken === '' ? { groupRoles } : { groupRoles, nextPageToken })
      },
    ),
    operation(
      world,
      { method: 'GET', path: `${group}/roles/{role}`, limit: 'getRole' },
      json(200, {}),
      (_call, params) => {
        checkGroup(params.group)
        const role = world.state.roles.get(params.role)
        if (role === undefined) throw openCloudError('NOT_FOUND', 'The group role was not found.')
        return json(200, roleResource(world, role))
      },
    ),
    operation(
      world,
      { method: 'GET', path: `${group}/memberships`, limit: 'listMemberships' },
      json(200, { groupMemberships: [], nextPageToken: '' }),
      (call, params) => listMemberships(world, { call, group: params.group }),
    ),
  ]
}

/** Throws Open Cloud's error unless this is the one group that exists. */
export function checkGroup(group: string): void {
  if (!/^\d+$/.test(group)) throw openCloudError('INVALID_ARGUMENT', 'Invalid Group ID in the request.')
  if (group !== sandboxIds.group) throw openCloudError('NOT_FOUND', 'The group was not found.')
}

function listMemberships(world: World, { call, group }: { call: Call; group: string }) {
  if (group !== '-') checkGroup(group)
  const filter = call.query.get('filter') ?? ''
  const members = group === '-' ? membersInAnyGroup(world, filter) : membersInGroup(world, filter)
  const { items, nextPageToken } = page(members, call.query, { maxPageSize: 100 })
  return json(200, { groupMemberships: items.map((member) => membershipResource(world, member)), nextPageToken })
}

function membersInGroup(world: World, filter: string): SandboxMembership[] {
  const [condition, ...others] = parseFilter(filter)
  const all = [...world.state.memberships.values()]
  if (condition === undefined) return all
  const [value = ''] = condition.values
  if (others.length > 0 || condition.operator !== '==') {
    throw openCloudError('INVALID_ARGUMENT', 'With a group id, the filter is one user or one role.')
  }
  if (condition.field === 'user') {
    const membership = world.state.memberships.get(getUserId(value))
    return membership === undefined ? [] : [membership]
  }
  const roleId = new RegExp(`^groups/${sandboxIds.group}/roles/(\\d+)$`).exec(value)?.[1]
  if (condition.field !== 'role' || roleId === undefined) {
    throw openCloudError('INVALID_ARGUMENT', `The filter is invalid: ${filter}`)
  }
  return all.filter(({ roleIds }) => roleIds.includes(roleId))
}

function membersInAnyGroup(world: World, filter: string): SandboxMembership[] {
  const [condition, ...others] = parseFilter(filter)
  if (condition?.field !== 'user' || condition.operator !== 'in' || others.length > 0) {
    throw openCloudError('INVALID_ARGUMENT', "Without a group id, the filter is user in ['users/…'].")
  }
  if (condition.values.length > maxUsersInFilter) {
    throw openCloudError('INVALID_ARGUMENT', `The filter names more than ${maxUsersInFilter} users.`)
  }
  return condition.values.flatMap((value) => world.state.memberships.get(getUserId(value)) ?? [])
}

function getUserId(path: string): string {
  const id = idInPath('users', path)
  if (id === undefined) throw openCloudError('INVALID_ARGUMENT', 'Invalid User ID in the request.')
  return id
}

function groupResource(world: World) {
  return {
    path: `groups/${sandboxIds.group}`,
    createTime: foundedAt,
    updateTime: foundedAt,
    id: sandboxIds.group,
    displayName: world.groupName,
    description: 'A made-up community.',
    owner: `users/${ownerUserId}`,
    memberCount: world.state.memberships.size,
    publicEntryAllowed: false,
    locked: false,
    verified: false,
  }
}

function roleResource(world: World, { id, name, rank, description }: SandboxRole) {
  const visible = { path: `groups/${sandboxIds.group}/roles/${id}`, id, displayName: name, rank }
  if (rank === 0) return visible
  const holders = [...world.state.memberships.values()].filter(({ roleIds }) => roleIds.includes(id))
  const counted = { ...visible, memberCount: holders.length }
  if (!world.keyScopes.includes('group:read') || world.keyOwnerId !== ownerUserId) return counted
  return { ...counted, createTime: foundedAt, updateTime: foundedAt, description }
}
