import { escapeControls } from '../escape-controls.ts'
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

/**
 * The roles that a text may mean: the one with this id, else those that are called just so, else those that are called so
 * in any letter case.
 */
export function findRoles(roles: readonly GroupRole[], text: string): GroupRole[] {
  const meanings: ((role: GroupRole) => boolean)[] = [
    ({ id }) => id === text,
    ({ name }) => name === text,
    ({ name }) => name.toLowerCase() === text.toLowerCase(),
  ]
  return meanings.map((isMeant) => roles.filter(isMeant)).find((meant) => meant.length > 0) ?? []
}

/** What means this role alone: its name, or its id where it has no name or where another role might be meant by it. */
export function nameRole(role: GroupRole, roles: readonly GroupRole[]): string {
  const isMistakable = roles.some(
    (other) => other !== role && [other.id, other.name.toLowerCase()].includes(role.name.toLowerCase()),
  )
  return isMistakable || isUnnamed(role) ? role.id : role.name
}

/** What a role is called in a message. */
export function describeRole(role: GroupRole): string {
  return isUnnamed(role) ? `${role.id} (a role without a name)` : escapeControls(role.name)
}

function isUnnamed({ name }: GroupRole): boolean {
  return name.trim() === ''
}

/** Approval makes a trainee; the next roles are cast. Where there is none above it, trainees are cast. */
export function proposeLadder(roles: readonly GroupRole[], trainee: GroupRole): Ladder {
  const above = listGivableRoles(roles).filter(({ rank }) => rank > trainee.rank)
  // Of several roles with one rank the first stands for all: clearances are told by the rank.
  const steps = above.filter(({ rank }, index) => rank !== above[index - 1]?.rank).slice(0, clearances)
  return { trainee, cast: steps.length > 0 ? steps : [trainee] }
}
