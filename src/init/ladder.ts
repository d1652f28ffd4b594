import type { GroupRole } from '../outside/roblox-groups.ts'

/** What the roles of a group are taken to mean, for a community to correct. */
export type Ladder = {
  /** The role that approval gives. */
  trainee: GroupRole
  /** The first is the least that counts as cast; one for each clearance, in ascending order. */
  cast: readonly GroupRole[]
}

/** Cast, senior cast, manager: what game scripts know how to use. */
const clearances = 3

/** The roles that can be given to a member, in ascending order: rank 0 is no member, 1 every member, 255 the owner. */
export function listGivableRoles(roles: readonly GroupRole[]): GroupRole[] {
  return roles.filter(({ rank }) => rank > 1 && rank < 255).toSorted((a, b) => a.rank - b.rank)
}

/** Approval makes a trainee; the next roles are cast. Where there is none above it, trainees are cast. */
export function proposeLadder(roles: readonly GroupRole[], trainee: GroupRole): Ladder {
  const above = listGivableRoles(roles).filter(({ rank }) => rank > trainee.rank)
  // Of several roles with one rank the first stands for all: clearances are told by the rank.
  const steps = above.filter(({ rank }, index) => rank !== above[index - 1]?.rank).slice(0, clearances)
  return { trainee, cast: steps.length > 0 ? steps : [trainee] }
}
