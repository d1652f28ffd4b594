import { Type } from 'typebox'
import { Parse } from 'typebox/value'
import type { Clock } from '../../clock.ts'
import type { Community } from '../../config/community.ts'
import { JobGivenUp, type Task } from '../../jobs/runner.ts'
import type { RobloxClients } from '../../outside/roblox.ts'
import { findMemberRoleIds, unassignRole } from '../../outside/roblox-groups.ts'
import { findRole, type GroupRoles } from '../../players/group-roles.ts'
import type { Ranks } from '../../players/ranks.ts'

const Payload = Type.Object({ robloxId: Type.String(), roleIds: Type.Array(Type.String()) })

/** Later than this, the player may hold a role of the ladder again because somebody gave it. */
const triesForMs = 6 * 3_600_000

type Dependencies = {
  roblox: RobloxClients
  groupRoles: GroupRoles
  ranks: Ranks
  communities: ReadonlyMap<string, Community>
  clock: Clock
}

/** Takes the roles away that an approval could not take away at once. */
export function createFinishRankingTask({ roblox, groupRoles, ranks, communities, clock }: Dependencies): Task {
  return async (job) => {
    const community = communities.get(job.community)
    const apiKey = community?.roblox.apiKey
    if (community === undefined || apiKey === undefined)
      throw new JobGivenUp('the community has no Open Cloud key any more')
    const { robloxId, roleIds } = Parse(Payload, job.payload)
    if (clock() - job.createdAt > triesForMs) {
      throw new JobGivenUp(`take the roles ${roleIds.join(', ')} away from user ${robloxId} by hand`)
    }
    const group = { group: community.roblox.group, apiKey }
    const held = await findMemberRoleIds(roblox.apis, group, robloxId)
    const target = findRole(await groupRoles.ask(community), community.applications.role)
    // Without it the approval gave nothing, and so takes nothing.
    if (target === undefined || !held?.includes(target.id)) return
    for (const roleId of roleIds) await unassignRole(roblox.apis, group, { userId: robloxId, roleId })
    await ranks.ask(community, robloxId, 'refresh')
  }
}
