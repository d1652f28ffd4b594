import type { Logger } from 'pino'
import type { Community } from '../../config/community.ts'
import { OutsideError } from '../../outside/http-client.ts'
import type { GroupRole, Roblox } from '../../outside/roblox.ts'
import type { GroupRoles } from '../../players/group-roles.ts'
import { Problem } from '../../problem.ts'

export type RankingDependencies = { roblox: Roblox; groupRoles: GroupRoles; log: Logger }

/** The base role of every member and the owner's, which no one gives or takes. */
const baseRank = 1
const ownerRank = 255

/**
 * Gives a player the role for accepted applicants, a pending join request accepted first, and takes the other roles of
 * the community's ladder away. Giving comes first: nobody ever holds less than before.
 * @returns the player's highest role afterwards
 * @throws Problem `call-failed`; each step can be repeated
 */
export async function rankPlayer(
  dependencies: RankingDependencies,
  community: Community,
  robloxId: string,
): Promise<GroupRole> {
  const { roblox, groupRoles, log } = dependencies
  const about = { community: community.slug, robloxId }
  const { group: groupId, apiKey } = community.roblox
  if (apiKey === undefined)
    throw fail(log, about, 'approving needs an Open Cloud key: set roblox.apiKey in the community file')
  const group = { group: groupId, apiKey }
  try {
    const roles = await groupRoles.ask(community)
    const target = findRole(roles, community.applications.role)
    if (target === undefined || target.rank >= ownerRank || target.rank === 0) {
      throw fail(
        log,
        about,
        `applications.role names no role of the group that can be given; the group has: ${roles.map((role) => role.name).join(', ')}`,
      )
    }
    let held = await roblox.findMemberRoleIds(group, robloxId)
    if (held === undefined) {
      if (!(await roblox.hasJoinRequest(group, robloxId))) {
        throw fail(log, about, 'the player is not in the group and has not asked to join it: ask the player to do so')
      }
      await roblox.acceptJoinRequest(group, robloxId)
      held = []
    }
    await roblox.assignRole(group, robloxId, target.id)
    const ladder = ladderRoles(roles, community, target).filter((role) => held.includes(role.id))
    for (const role of ladder) await roblox.unassignRole(group, robloxId, role.id)
    const kept = roles.filter((role) => held.includes(role.id) && !ladder.includes(role))
    return [target, ...kept].reduce((highest, role) => (role.rank > highest.rank ? role : highest))
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error
    throw fail(log, { ...about, status: error.status, answer: error.answer, err: error }, explain(error))
  }
}

function ladderRoles(roles: readonly GroupRole[], { applications }: Community, target: GroupRole): GroupRole[] {
  return applications.ladder
    .map((wanted) => findRole(roles, wanted))
    .filter((role) => role !== undefined)
    .filter((role) => role.id !== target.id && role.rank > baseRank && role.rank < ownerRank)
}

/** By id, or by name in any letter case. */
function findRole(roles: readonly GroupRole[], wanted: string): GroupRole | undefined {
  return (
    roles.find((role) => role.id === wanted) ?? roles.find((role) => role.name.toLowerCase() === wanted.toLowerCase())
  )
}

function explain(error: OutsideError): string {
  if (error.status === 401)
    return 'Roblox knows no such Open Cloud key: renew roblox.apiKey (a key ends after 60 days without use)'
  if (error.status === 403) {
    return 'Roblox refuses: the Open Cloud key needs the scope group:write, and its owner a role that may accept members and is above the role to give'
  }
  if (error.kind === 'refused') return 'Roblox refuses to rank the player: its answer says why'
  return 'Roblox could not be asked to rank the player: approve again later'
}

function fail(log: Logger, about: object, reason: string): Problem {
  log.warn(about, `a player could not be ranked: ${reason}`)
  return new Problem('call-failed', { cause: reason })
}
