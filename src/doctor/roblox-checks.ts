import type { Community } from '../config/community.ts'
import type { HttpClient } from '../outside/http-client.ts'
import { OutsideError } from '../outside/outside-error.ts'
import {
  findHighestRolePublicly,
  type GroupRole,
  getGroup,
  listRoles,
  listRolesPublicly,
} from '../outside/roblox-groups.ts'
import { introspectKey, type KeyIntrospection } from '../outside/roblox-keys.ts'
import { tryListRestrictions } from '../outside/roblox-universes.ts'
import { findRole } from '../players/group-roles.ts'
import { type Finding, ok, problem, warning } from './finding.ts'
import { explainFailure } from './outside-failure.ts'

type Clients = { apis: HttpClient; groups: HttpClient }

const soonMs = 14 * 24 * 3_600_000
const keyPage = 'https://create.roblox.com/dashboard/credentials'

/** Checks a community's key, group, roles and universe against what Roblox says of them. */
export async function checkRoblox(clients: Clients, community: Community, now: number): Promise<Finding[]> {
  const { group, apiKey } = community.roblox
  const key = apiKey === undefined ? undefined : await askForKey(clients.apis, apiKey)
  return [
    ...(apiKey === undefined ? [withoutKey()] : []),
    ...(key === undefined ? [] : 'finding' in key ? [key.finding] : checkKey(key.answer, community, now)),
    ...(apiKey === undefined ? [] : [await checkGroup(clients.apis, { group, apiKey })]),
    ...(await checkRoles(clients, community, key !== undefined && 'answer' in key ? key.answer : undefined)),
    ...(await checkUniverse(clients.apis, community)),
  ]
}

function withoutKey(): Finding {
  return warning(
    'roblox.apiKey',
    `there is none: ranks come from the public API and approving answers 500; make one at ${keyPage}`,
  )
}

async function askForKey(
  apis: HttpClient,
  apiKey: string,
): Promise<{ answer: KeyIntrospection } | { finding: Finding }> {
  try {
    return { answer: await introspectKey(apis, apiKey) }
  } catch (error) {
    const isUnknown = error instanceof OutsideError && error.kind === 'refused'
    if (isUnknown)
      return { finding: problem('roblox.apiKey', `Roblox knows no such key: make a new one at ${keyPage}`) }
    return { finding: explainFailure('roblox.apiKey', error) }
  }
}

function checkKey(key: KeyIntrospection, { roblox }: Community, now: number): Finding[] {
  const subject = 'roblox.apiKey'
  if (!key.isEnabled)
    return [
      problem(
        subject,
        `the key ${key.name} is switched off, or ended by itself after 60 days without use: switch it on at ${keyPage}`,
      ),
    ]
  if (key.isExpired) return [problem(subject, `the key ${key.name} has expired: renew it at ${keyPage}`)]
  const missing = missingScopes(key, roblox)
  if (missing.length > 0)
    return [problem(subject, `the key ${key.name} lacks ${missing.join(', ')}: add this at ${keyPage}`)]
  if (key.expiresAt !== undefined && key.expiresAt - now < soonMs) {
    return [
      warning(
        subject,
        `the key ${key.name} ends on ${new Date(key.expiresAt).toISOString()}: renew it before, at ${keyPage}`,
      ),
    ]
  }
  return [ok(subject, `the key ${key.name} is valid (Roblox ends keys that are not used for 60 days)`)]
}

function missingScopes(key: KeyIntrospection, { group, universe }: Community['roblox']): string[] {
  const wanted = [
    { name: 'group', operation: 'read' },
    { name: 'group', operation: 'write' },
    ...(universe === undefined ? [] : [{ name: 'universe.user-restriction', operation: 'write' }]),
  ]
  const has = ({ name, operation }: { name: string; operation: string }) =>
    key.scopes.some((scope) => {
      const isForGroup =
        name !== 'group' ||
        scope.groupIds.length === 0 ||
        scope.groupIds.includes('*') ||
        scope.groupIds.includes(group)
      return scope.name === name && scope.operations.includes(operation) && isForGroup
    })
  return wanted.filter((one) => !has(one)).map(({ name, operation }) => `${name}:${operation}`)
}

async function checkGroup(apis: HttpClient, group: { group: string; apiKey: string }): Promise<Finding> {
  try {
    const { name } = await getGroup(apis, group)
    return ok('roblox.group', `${group.group} is ${name}`)
  } catch (error) {
    const isUnknown = error instanceof OutsideError && error.status === 404
    if (isUnknown)
      return problem('roblox.group', `Roblox knows no group ${group.group}: take the number from the group's address`)
    return explainFailure('roblox.group', error)
  }
}

async function checkRoles(
  clients: Clients,
  community: Community,
  key: KeyIntrospection | undefined,
): Promise<Finding[]> {
  const { group, apiKey } = community.roblox
  let roles: GroupRole[]
  try {
    roles =
      apiKey === undefined
        ? await listRolesPublicly(clients.groups, group)
        : await listRoles(clients.apis, { group, apiKey })
  } catch (error) {
    return [explainFailure('roles of the group', error)]
  }
  const names = roles.map((role) => `${role.name} (${role.rank})`).join(', ')
  return [
    ...checkTarget(roles, community, names),
    ...community.applications.ladder
      .filter((name) => findRole(roles, name) === undefined)
      .map((name) => problem('applications.ladder', `the group has no role ${name}: write one of ${names}`)),
    ...checkDoubles(roles),
    ...(key === undefined ? [] : await checkKeyOwner(clients.groups, { community, roles, ownerId: key.ownerId })),
  ]
}

function checkTarget(roles: readonly GroupRole[], { applications, ranks }: Community, names: string): Finding[] {
  const target = findRole(roles, applications.role)
  const subject = 'applications.role'
  if (target === undefined)
    return [problem(subject, `the group has no role ${applications.role}: write one of ${names}`)]
  if (target.rank === 0 || target.rank === 255)
    return [problem(subject, `nobody can be given the role ${target.name}: choose another one`)]
  if (target.rank < ranks.trainee) {
    return [
      warning(
        subject,
        `the rank ${target.rank} of ${target.name} is below ranks.trainee (${ranks.trainee}), so an approved player isn't a trainee: lower ranks.trainee, or choose another role`,
      ),
    ]
  }
  return [ok(subject, `${target.name} has rank ${target.rank}`)]
}

function checkDoubles(roles: readonly GroupRole[]): Finding[] {
  const doubled = [...Map.groupBy(roles, (role) => role.rank)].filter(([, same]) => same.length > 1)
  return doubled.map(([rank, same]) =>
    warning(
      'roles of the group',
      `${same.map((role) => role.name).join(' and ')} have the same rank ${rank}, so Magicband can't tell which is higher: give one of them another rank`,
    ),
  )
}

/** The key can do what its owner can: give roles below the owner's own. */
async function checkKeyOwner(
  groups: HttpClient,
  { community, roles, ownerId }: { community: Community; roles: readonly GroupRole[]; ownerId: string },
): Promise<Finding[]> {
  const subject = "the key's owner"
  const target = findRole(roles, community.applications.role)
  if (target === undefined) return []
  try {
    const role = await findHighestRolePublicly(groups, community.roblox.group, ownerId)
    if (role === undefined) return [problem(subject, `user ${ownerId} is not in the group: let that account join it`)]
    if (role.rank <= target.rank)
      return [
        problem(
          subject,
          `user ${ownerId} is ${role.name} (${role.rank}), which is not above ${target.name} (${target.rank}): give that account a higher role`,
        ),
      ]
    return [ok(subject, `user ${ownerId} is ${role.name} (${role.rank}), above ${target.name}`)]
  } catch (error) {
    return [explainFailure(subject, error)]
  }
}

async function checkUniverse(apis: HttpClient, { roblox: { universe, apiKey } }: Community): Promise<Finding[]> {
  if (universe === undefined) return []
  if (apiKey === undefined)
    return [problem('roblox.universe', 'bans can only be enforced by Roblox with a key: set roblox.apiKey')]
  try {
    await tryListRestrictions(apis, { universe, apiKey })
    return [ok('roblox.universe', `bans are enforced in ${universe}`)]
  } catch (error) {
    const isRefused = error instanceof OutsideError && (error.status === 403 || error.status === 404)
    if (!isRefused) return [explainFailure('roblox.universe', error)]
    return [
      warning(
        'roblox.universe',
        `the restrictions of ${universe} can't be read: check the number, and give the key universe.user-restriction:read as well`,
      ),
    ]
  }
}
