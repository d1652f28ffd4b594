import type { Logger } from 'pino'
import type { Actor } from '../../audit/audit.ts'
import type { Community } from '../../config/community.ts'
import { isRefusal, OutsideError } from '../../outside/outside-error.ts'
import type { RobloxClients } from '../../outside/roblox.ts'
import {
  acceptJoinRequest,
  assignRole,
  findMemberRoleIds,
  type GroupRole,
  hasJoinRequest,
  type KeyedGroup,
  unassignRole,
} from '../../outside/roblox-groups.ts'
import { findRole, type GroupRoles } from '../../players/group-roles.ts'
import { Problem } from '../../problem.ts'

export type RankingDependencies = { roblox: RobloxClients; groupRoles: GroupRoles; log: Logger }

/**
 * What came of ranking: the player's highest role now, and the roles of the ladder that could not be taken away yet.
 */
export type Ranking = { role: GroupRole; leftOver: readonly GroupRole[] }

/** The base role of every member and the owner's, which no one gives or takes. */
const baseRank = 1
const ownerRank = 255

/**
 * Gives a player the role for accepted applicants, a pending join request accepted first, and takes the other roles of
 * the community's ladder away. Giving comes first: nobody ever holds less than before. `beforeAssigning` runs when
 * nothing but the giving is left to do.
 * @throws what `toNotRanked` explains; every step can be repeated
 */
export async function rankPlayer(
  dependencies: RankingDependencies,
  { community, robloxId, requestId }: { community: Community; robloxId: string; requestId: string },
  beforeAssigning: (toTake: readonly GroupRole[]) => Promise<void>,
): Promise<Ranking> {
  const { roblox } = dependencies
  const about = { reqId: requestId, community: community.slug }
  const group = requireKey(community)
  const { target, ladder, roles } = await findLadder(dependencies, community)
  const held = await enterGroup(roblox, group, robloxId)
  const toTake = ladder.filter((role) => held.includes(role.id))
  await beforeAssigning(toTake)
  await assignRole(roblox.apis, group, { userId: robloxId, roleId: target.id })
  const leftOver = await takeAway(dependencies, group, { robloxId, roles: toTake, about })
  const kept = roles.filter((role) => held.includes(role.id) && !toTake.includes(role))
  const role = [target, ...kept, ...leftOver].reduce((highest, one) => (one.rank > highest.rank ? one : highest))
  return { role, leftOver }
}

/** What a person has to do first is not done by the next try of a program. */
const personSeconds = 60

/**
 * What an approval ends with where Roblox, or something that a person has to do, stands in the way: a Problem `not-ranked`,
 * with a line in the log that says what to do. Any other error stays what it is.
 */
export function toNotRanked({ log }: RankingDependencies, { community, requestId }: Actor, error: unknown): unknown {
  const isDown = error instanceof Problem && error.code === 'roblox-unavailable'
  if (!isDown && !(error instanceof OutsideError) && !(error instanceof NotRankable)) return error
  const mayPass = isDown || (error instanceof OutsideError && error.kind === 'unavailable')
  const said = error instanceof OutsideError ? { status: error.status, answer: error.answer } : {}
  const reason = mayPass ? unanswered : error instanceof OutsideError ? explainRefusal(error) : error.message
  log.warn(
    { reqId: requestId, community: community.slug, ...said, err: error },
    `a player could not be ranked: ${reason}`,
  )
  return new Problem('not-ranked', { cause: error, ...(!mayPass && { retryAfterSeconds: personSeconds }) })
}

/** A reason on our side of Roblox why a player can't be ranked; the message says what to do. */
class NotRankable extends Error {}

function requireKey({ roblox: { group, apiKey } }: Community): KeyedGroup {
  if (apiKey === undefined) {
    throw new NotRankable('approving needs an Open Cloud key: set roblox.apiKey in the community file')
  }
  return { group, apiKey }
}

async function findLadder({ groupRoles }: RankingDependencies, community: Community) {
  const roles = await groupRoles.ask(community)
  const target = findRole(roles, community.applications.role)
  if (target === undefined || target.rank >= ownerRank || target.rank === 0) {
    const names = roles.map((role) => role.name).join(', ')
    throw new NotRankable(`applications.role names no role of the group that can be given; the group has: ${names}`)
  }
  const ladder = community.applications.ladder
    .map((wanted) => findRole(roles, wanted))
    .filter((role) => role !== undefined)
    .filter((role) => role.id !== target.id && role.rank > baseRank && role.rank < ownerRank)
  return { roles, target, ladder }
}

/** The ids of the roles that the player holds, in the group at the latest after this. */
async function enterGroup(roblox: RobloxClients, group: KeyedGroup, robloxId: string): Promise<readonly string[]> {
  const held = await findMemberRoleIds(roblox.apis, group, robloxId)
  if (held !== undefined) return held
  if (!(await hasJoinRequest(roblox.apis, group, robloxId))) {
    throw new NotRankable('the player is not in the group and has not asked to join it: ask the player to do so')
  }
  try {
    await acceptJoinRequest(roblox.apis, group, robloxId)
  } catch (error) {
    // Somebody else has accepted it meanwhile.
    if (!isRefusal(error, 404)) throw error
  }
  return []
}

/** Takes roles away; what fails is left for a job, since the player has been ranked. */
async function takeAway(
  { roblox, log }: RankingDependencies,
  group: KeyedGroup,
  { robloxId, roles, about }: { robloxId: string; roles: readonly GroupRole[]; about: object },
): Promise<GroupRole[]> {
  const leftOver: GroupRole[] = []
  // One that isn't answered has taken its time already.
  let isDown = false
  for (const role of roles) {
    if (isDown) {
      leftOver.push(role)
      continue
    }
    try {
      await unassignRole(roblox.apis, group, { userId: robloxId, roleId: role.id })
    } catch (error) {
      if (!(error instanceof OutsideError)) throw error
      log.warn(
        { ...about, role: role.name, err: error },
        'a player was ranked, but an older role could not be taken away; a job goes on trying: nothing needs to be done unless it is given up',
      )
      leftOver.push(role)
      isDown = error.kind === 'unavailable'
    }
  }
  return leftOver
}

const unanswered = 'Roblox could not be asked to rank the player: approve again later'

function explainRefusal({ status }: OutsideError): string {
  if (status === 401) {
    return 'Roblox knows no such Open Cloud key: renew roblox.apiKey (a key ends after 60 days without use)'
  }
  if (status === 403) {
    return 'Roblox refuses: the Open Cloud key needs the scope group:write, and its owner a role that may accept members and is above the role to give'
  }
  return 'Roblox refuses to rank the player: its answer says why'
}
