import Type from 'typebox'
import Value from 'typebox/value'
import { type Call, json, type Route, readJson } from './http.ts'
import { membershipIdOf, openCloudError, operation, toNanoseconds, userIdOf } from './open-cloud.ts'
import { sandboxIds, type World } from './world.ts'
import type { SandboxMembership, SandboxRole } from './world-state.ts'

const roleBody = Type.Object({ role: Type.String() })

/** Open Cloud's changing of members' roles: one more, one less, and the deprecated replacing. */
export function membershipRoutes(world: World): Route[] {
  const path = '/cloud/v2/groups/{group}/memberships/{membership}'
  const noMembership = json(200, {})
  return [
    operation(
      world,
      { method: 'POST', path: `${path}:assignRole`, limit: 'assignRole', scope: 'group:write' },
      noMembership,
      (call, params) => {
        const { member, role } = getChange(world, { call, params })
        if (!member.roleIds.includes(role.id)) world.setRoles(member.userId, [...member.roleIds, role.id])
        return showMembership(world, member.userId)
      },
    ),
    operation(
      world,
      { method: 'POST', path: `${path}:unassignRole`, limit: 'unassignRole', scope: 'group:write' },
      noMembership,
      (call, params) => {
        const { member, role } = getChange(world, { call, params })
        if (role.isBase) throw openCloudError('INVALID_ARGUMENT', "The base member role can't be unassigned.")
        const others = member.roleIds.filter((id) => id !== role.id)
        if (others.length < member.roleIds.length) world.setRoles(member.userId, others)
        return showMembership(world, member.userId)
      },
    ),
    operation(
      world,
      { method: 'PATCH', path, limit: 'updateMembership', scope: 'group:write' },
      noMembership,
      (call, params) => {
        const { member, role } = getChange(world, { call, params })
        // What this does to a member's other roles is not published. Here it takes them, as it did
        // when a member had one role only.
        world.setRoles(member.userId, [role.id])
        return showMembership(world, member.userId)
      },
    ),
  ]
}

/** A membership as Open Cloud shows it: `role` is the highest, `roles` are all of them. */
export function membershipResource(world: World, { userId, roleIds, createdAt, updatedAt }: SandboxMembership) {
  const rolePath = (id: string) => `groups/${sandboxIds.group}/roles/${id}`
  const highest = world.highestRoleOf(userId)
  return {
    path: `groups/${sandboxIds.group}/memberships/${membershipIdOf(userId)}`,
    createTime: createdAt,
    updateTime: toNanoseconds(updatedAt),
    user: `users/${userId}`,
    role: highest === undefined ? '' : rolePath(highest.id),
    roles: roleIds.map(rolePath),
  }
}

function showMembership(world: World, userId: string) {
  const membership = world.state.memberships.get(userId)
  if (membership === undefined) throw openCloudError('NOT_FOUND', 'The group membership was not found.')
  return json(200, membershipResource(world, membership))
}

/** Which member and role a request names, if the key's owner may change the one by the other. */
function getChange(
  world: World,
  { call, params }: { call: Call; params: { group: string; membership: string } },
): { member: SandboxMembership; role: SandboxRole } {
  const body = readJson(call)
  const [, groupId, roleId] = (Value.Check(roleBody, body) && /^groups\/(\d+)\/roles\/(\d+)$/.exec(body.role)) || []
  if (groupId === undefined || roleId === undefined || groupId !== params.group) {
    throw openCloudError('INVALID_ARGUMENT', 'Invalid Role in the request.')
  }
  const userId = userIdOf(params.membership)
  if (userId === undefined) throw openCloudError('INVALID_ARGUMENT', 'Invalid Membership ID in the request.')
  const member = params.group === sandboxIds.group ? world.state.memberships.get(userId) : undefined
  if (member === undefined) throw openCloudError('NOT_FOUND', 'The group membership was not found.')
  const role = world.state.roles.get(roleId)
  if (role === undefined) throw openCloudError('NOT_FOUND', 'The group role was not found.')
  checkRank(world, { userId, role })
  return { member, role }
}

function checkRank(world: World, { userId, role }: { userId: string; role: SandboxRole }): void {
  if (role.rank === 0 || role.rank === 255) {
    throw openCloudError('PERMISSION_DENIED', "The roles Guest and Owner can't be assigned.")
  }
  if (userId === world.keyOwnerId) throw openCloudError('PERMISSION_DENIED', "You can't change your own role.")
  const memberRank = world.highestRoleOf(userId)?.rank ?? 0
  if (role.rank >= world.keyOwnerRank || memberRank >= world.keyOwnerRank) {
    throw openCloudError('PERMISSION_DENIED', 'You can only manage members and roles below your own rank.')
  }
}
