import Type from 'typebox'
import Value from 'typebox/value'
import { type Call, json, nothing, type Route, readJson } from './http.ts'
import { idInPath, openCloudError, operation, page, parseFilter, userIdOf } from './open-cloud.ts'
import { checkGroup } from './open-cloud-groups.ts'
import { sandboxIds, type World } from './world.ts'
import type { SandboxJoinRequest } from './world-state.ts'

/** Open Cloud's handling of those who ask to join the group. */
export function joinRequestRoutes(world: World): Route[] {
  const path = '/cloud/v2/groups/{group}/join-requests'
  return [
    operation(
      world,
      { method: 'GET', path, limit: 'listJoinRequests', scope: 'group:read' },
      json(200, { groupJoinRequests: [], nextPageToken: '' }),
      ({ query }, params) => {
        checkGroup(params.group)
        const found = filterRequests(world, query.get('filter') ?? '')
        const { items, nextPageToken } = page(found, query, { maxPageSize: 20 })
        return json(200, { groupJoinRequests: items.map(joinRequestResource), nextPageToken })
      },
    ),
    operation(
      world,
      { method: 'POST', path: `${path}/{request}:accept`, limit: 'acceptJoinRequest', scope: 'group:write' },
      nothing(200),
      (call, params) => {
        const userId = takeRequest(world, { call, params })
        if (!world.state.memberships.has(userId)) world.setRoles(userId, [])
        return nothing(200)
      },
    ),
    operation(
      world,
      { method: 'POST', path: `${path}/{request}:decline`, limit: 'declineJoinRequest', scope: 'group:write' },
      nothing(200),
      (call, params) => {
        takeRequest(world, { call, params })
        return nothing(200)
      },
    ),
  ]
}

function filterRequests(world: World, filter: string): SandboxJoinRequest[] {
  const [condition, ...others] = parseFilter(filter)
  if (condition === undefined) return [...world.state.joinRequests.values()]
  const userId = idInPath('users', condition.values[0] ?? '')
  if (condition.field !== 'user' || condition.operator !== '==' || others.length > 0 || userId === undefined) {
    throw openCloudError('INVALID_ARGUMENT', `The filter is invalid: ${filter}`)
  }
  const request = world.state.joinRequests.get(userId)
  return request === undefined ? [] : [request]
}

/** Removes the request that the path names and answers whose it was. */
function takeRequest(
  world: World,
  { call, params }: { call: Call; params: { group: string; request: string } },
): string {
  // An empty object has to be sent: these operations have a body, and it has no members.
  if (!Value.Check(Type.Object({}), readJson(call))) {
    throw openCloudError('INVALID_ARGUMENT', 'A request body is required.')
  }
  checkGroup(params.group)
  const userId = userIdOf(params.request)
  if (userId === undefined || !world.change(({ joinRequests }) => joinRequests.delete(userId))) {
    throw openCloudError('NOT_FOUND', 'The join request was not found.')
  }
  return userId
}

function joinRequestResource({ userId, createdAt }: SandboxJoinRequest) {
  return {
    path: `groups/${sandboxIds.group}/join-requests/${userId}`,
    createTime: createdAt,
    user: `users/${userId}`,
  }
}
