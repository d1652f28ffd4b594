import { type Answer, json, route } from './http.ts'
import { ownerUserId } from './population.ts'
import { legacyError, refuseLegacy } from './roblox-legacy.ts'
import type { Service } from './server.ts'
import { sandboxIds, type World } from './world.ts'
import type { SandboxRole } from './world-state.ts'

/** groups.roblox.com: the public view of the group, in which a member has one role, the highest. */
export function robloxGroups(world: World): Service {
  const noMemberships = json(200, { data: [] })
  return {
    refuse: refuseLegacy,
    routes: [
      route('GET', '/v1/groups/{group}', json(200, {}), (_call, params) => {
        if (params.group !== sandboxIds.group) return unknownGroup('Group is invalid or does not exist.')
        return json(200, group(world))
      }),
      route(
        'GET',
        '/v1/groups/{group}/roles',
        json(200, { groupId: Number(sandboxIds.group), roles: [] }),
        (_, params) => {
          if (params.group !== sandboxIds.group) return unknownGroup('The group is invalid or does not exist.')
          return json(200, { groupId: Number(sandboxIds.group), roles: roles(world) })
        },
      ),
      route('GET', '/v1/users/{user}/groups/roles', noMemberships, (_call, params) =>
        membershipsOf(world, params.user, (role) => ({
          group: group(world),
          role: roles(world).find(({ id }) => id === Number(role.id)),
          isPrimaryGroup: false,
        })),
      ),
      route('GET', '/v2/users/{user}/groups/roles', noMemberships, (_call, params) =>
        membershipsOf(world, params.user, (role) => ({
          group: {
            id: Number(sandboxIds.group),
            name: world.groupName,
            memberCount: world.state.memberships.size,
            hasVerifiedBadge: false,
          },
          role: { id: Number(role.id), name: role.name, rank: role.rank },
        })),
      ),
    ],
  }
}

function unknownGroup(message: string): Answer {
  return legacyError(400, { code: 1, message })
}

function membershipsOf(world: World, userId: string, render: (role: SandboxRole) => unknown): Answer {
  if (!world.state.users.has(userId)) {
    return legacyError(400, { code: 3, message: 'The user is invalid or does not exist.' })
  }
  const role = world.highestRoleOf(userId)
  return json(200, { data: role === undefined ? [] : [render(role)] })
}

function group(world: World) {
  const owner = world.state.users.get(ownerUserId)
  return {
    id: Number(sandboxIds.group),
    name: world.groupName,
    description: 'A made-up community.',
    owner: {
      hasVerifiedBadge: false,
      userId: Number(ownerUserId),
      username: owner?.name ?? '',
      displayName: owner?.displayName ?? '',
    },
    shout: null,
    memberCount: world.state.memberships.size,
    isBuildersClubOnly: false,
    publicEntryAllowed: false,
    hasVerifiedBadge: false,
    hasSocialModules: true,
  }
}

function roles(world: World) {
  const counts = new Map<string, number>()
  for (const userId of world.state.memberships.keys()) {
    const highest = world.highestRoleOf(userId)
    if (highest !== undefined) counts.set(highest.id, (counts.get(highest.id) ?? 0) + 1)
  }
  return [...world.state.roles.values()]
    .sort((a, b) => a.rank - b.rank)
    .map(({ id, name, description, rank, isBase }) => ({
      id: Number(id),
      name,
      description,
      rank,
      memberCount: counts.get(id) ?? 0,
      isBase,
      color: 0,
    }))
}
