import Type from 'typebox'
import Value from 'typebox/value'
import { type Call, json, Refusal, type Route, readJson } from './http.ts'
import { openCloudError, operation, page, parseFilter, takeFromLimit } from './open-cloud.ts'
import { sandboxIds, type World } from './world.ts'
import type { SandboxRestriction, SandboxRestrictionLog } from './world-state.ts'

const restrictionBody = Type.Object({
  gameJoinRestriction: Type.Object({
    active: Type.Optional(Type.Boolean()),
    duration: Type.Optional(Type.String()),
    privateReason: Type.Optional(Type.String()),
    displayReason: Type.Optional(Type.String()),
    excludeAltAccounts: Type.Optional(Type.Boolean()),
  }),
})

const maxDurationSeconds = 315_576_000_000
const maxDisplayReason = 400
const maxPrivateReason = 1000
const maxRemembered = 1000
const idempotencyKeyLifetimeMs = 24 * 60 * 60 * 1000

type Target = { universe: string; place?: string; user: string }

/** Open Cloud's bans from a universe or from one of its places. */
export function restrictionRoutes(world: World): Route[] {
  const universe = '/cloud/v2/universes/{universe}'
  const read = { method: 'GET', scope: 'universe.user-restriction:read' } as const
  const write = { method: 'PATCH', limit: 'updateRestriction', scope: 'universe.user-restriction:write' } as const
  const onUniverse = `${universe}/user-restrictions/{user}` as const
  const onPlace = `${universe}/places/{place}/user-restrictions/{user}` as const
  const none = json(200, {})
  const show = (_call: Call, target: Target) => {
    checkTarget(world, target)
    return json(200, restrictionResource(world, target))
  }
  return [
    operation(world, { ...read, path: onUniverse, limit: 'getRestriction' }, none, show),
    operation(world, { ...read, path: onPlace, limit: 'getRestriction' }, none, show),
    operation(world, { ...write, path: onUniverse }, none, (call, target) => update(world, call, target)),
    operation(world, { ...write, path: onPlace }, none, (call, target) => update(world, call, target)),
    operation(
      world,
      { ...read, path: `${universe}/user-restrictions`, limit: 'listRestrictions' },
      json(200, { userRestrictions: [], nextPageToken: '' }),
      ({ query }, params) => {
        checkUniverse(params.universe)
        const paths = `universes/${params.universe}/user-restrictions/`
        const all = [...world.state.restrictions.values()].filter(({ path }) => path.startsWith(paths))
        const { items, nextPageToken } = page(all, query, { maxPageSize: 100 })
        const shown = items.map(({ userId }) => restrictionResource(world, { universe: params.universe, user: userId }))
        return json(200, { userRestrictions: shown, nextPageToken })
      },
    ),
    operation(
      world,
      { ...read, path: `${universe}/user-restrictions:listLogs`, limit: 'listRestrictionLogs' },
      json(200, { logs: [], nextPageToken: '' }),
      ({ query }, params) => {
        checkUniverse(params.universe)
        const found = filterLogs(world.state.restrictionLogs, query.get('filter') ?? '')
        const { items, nextPageToken } = page(found.toReversed(), query, { maxPageSize: 100 })
        return json(200, { logs: items.map((log) => logResource(world, log)), nextPageToken })
      },
    ),
  ]
}

/** Throws Open Cloud's error unless this is the one universe that exists. */
export function checkUniverse(universe: string): void {
  if (!/^\d+$/.test(universe)) throw openCloudError('INVALID_ARGUMENT', 'Invalid Universe ID in the request.')
  if (universe !== sandboxIds.universe) throw openCloudError('NOT_FOUND', 'The universe was not found.')
}

function checkTarget(world: World, { universe, place, user }: Target): void {
  checkUniverse(universe)
  if (place !== undefined && !/^\d+$/.test(place)) {
    throw openCloudError('INVALID_ARGUMENT', 'Invalid Place ID in the request.')
  }
  if (!/^\d+$/.test(user)) throw openCloudError('INVALID_ARGUMENT', 'Invalid User ID in the request.')
  if (!world.state.users.has(user)) throw openCloudError('NOT_FOUND', 'The user was not found.')
}

function update(world: World, call: Call, target: Target) {
  checkTarget(world, target)
  const wanted = readRestriction(call)
  const path = pathOf(target)
  const idempotencyKey = readIdempotencyKey(world, call.query)
  const replayKey = idempotencyKey === undefined ? undefined : `${path} ${idempotencyKey}`
  const replay = replayKey === undefined ? undefined : world.state.restrictionReplays.get(replayKey)
  if (replay !== undefined) return json(200, JSON.parse(replay))
  const { answer: limited } = takeFromLimit(world, {
    name: `updateRestrictionOfOneUser ${target.universe} ${target.user}`,
    limit: world.rateLimits.updateRestrictionOfOneUser,
  })
  if (limited !== undefined) throw new Refusal(limited)
  const now = world.now()
  const restriction: SandboxRestriction = { path, userId: target.user, startTime: now, updateTime: now, ...wanted }
  return world.change((state) => {
    state.restrictions.set(path, restriction)
    const { path: _path, updateTime: _updateTime, ...logged } = restriction
    const log = { ...logged, universeId: target.universe, placeId: target.place ?? '', createTime: now }
    state.restrictionLogs = [...state.restrictionLogs, log].slice(-maxRemembered)
    const resource = restrictionResource(world, target)
    if (replayKey !== undefined) remember(state.restrictionReplays, replayKey, JSON.stringify(resource))
    return json(200, resource)
  })
}

function remember(replays: Map<string, string>, key: string, answer: string): void {
  const [oldest] = replays.keys()
  if (replays.size >= maxRemembered && oldest !== undefined) replays.delete(oldest)
  replays.set(key, answer)
}

/** The restriction that the body asks for. It is replaced as a whole: what the body leaves out goes back to its default. */
function readRestriction(call: Call) {
  const mask = call.query.get('updateMask') ?? 'game_join_restriction'
  if (mask !== 'game_join_restriction') {
    throw openCloudError('INVALID_ARGUMENT', 'The update mask must be game_join_restriction.')
  }
  const body = readJson(call)
  if (!Value.Check(restrictionBody, body)) {
    throw openCloudError('INVALID_ARGUMENT', 'Invalid gameJoinRestriction in the request.')
  }
  const { active = false, duration, privateReason = '', displayReason = '' } = body.gameJoinRestriction
  const seconds = /^(\d+)s$/.exec(duration ?? '1s')?.[1]
  if (seconds === undefined || Number(seconds) < 1 || Number(seconds) > maxDurationSeconds) {
    throw openCloudError('INVALID_ARGUMENT', 'Invalid duration in the request.')
  }
  if ([...displayReason].length > maxDisplayReason || [...privateReason].length > maxPrivateReason) {
    throw openCloudError('INVALID_ARGUMENT', 'A reason in the request is too long.')
  }
  const excludeAltAccounts = body.gameJoinRestriction.excludeAltAccounts ?? false
  return { active, ...(duration !== undefined && { duration }), privateReason, displayReason, excludeAltAccounts }
}

function readIdempotencyKey(world: World, query: URLSearchParams): string | undefined {
  const firstSent = query.get('idempotencyKey.firstSent')
  if (firstSent !== null) {
    const age = world.clock() - Date.parse(firstSent)
    if (Number.isNaN(age)) throw openCloudError('INVALID_ARGUMENT', 'Invalid idempotencyKey.firstSent in the request.')
    if (age > idempotencyKeyLifetimeMs) throw openCloudError('INVALID_ARGUMENT', 'The idempotency key has expired.')
  }
  const key = query.get('idempotencyKey.key') ?? ''
  return key === '' ? undefined : key
}

function pathOf({ universe, place, user }: Target): string {
  const parent = place === undefined ? `universes/${universe}` : `universes/${universe}/places/${place}`
  return `${parent}/user-restrictions/${user}`
}

function restrictionResource(world: World, target: Target) {
  const path = pathOf(target)
  const own = world.state.restrictions.get(path)
  const ofUniverse = world.state.restrictions.get(pathOf({ universe: target.universe, user: target.user }))
  // A ban from the universe holds in all its places.
  const inherited = target.place !== undefined && ofUniverse !== undefined && isActive(world, ofUniverse)
  const shown = inherited ? ofUniverse : own
  if (shown === undefined) return { path, user: `users/${target.user}`, gameJoinRestriction: { ...unrestricted } }
  return {
    path,
    updateTime: shown.updateTime,
    user: `users/${target.user}`,
    gameJoinRestriction: {
      active: isActive(world, shown),
      startTime: shown.startTime,
      duration: shown.duration,
      privateReason: shown.privateReason,
      displayReason: shown.displayReason,
      excludeAltAccounts: shown.excludeAltAccounts,
      inherited,
    },
  }
}

const unrestricted = {
  active: false,
  privateReason: '',
  displayReason: '',
  excludeAltAccounts: false,
  inherited: false,
}

function isActive(world: World, { active, startTime, duration }: SandboxRestriction): boolean {
  if (!active || duration === undefined) return active
  return Date.parse(startTime) + Number.parseInt(duration, 10) * 1000 > world.clock()
}

function filterLogs(logs: readonly SandboxRestrictionLog[], filter: string): SandboxRestrictionLog[] {
  const conditions = parseFilter(filter)
  for (const { field, operator } of conditions) {
    if ((field !== 'user' && field !== 'place') || operator !== '==') {
      throw openCloudError('INVALID_ARGUMENT', `The filter is invalid: ${filter}`)
    }
  }
  return logs.filter(({ userId, placeId }) =>
    conditions.every(({ field, values: [value] }) =>
      field === 'user' ? value === `users/${userId}` : value === `places/${placeId}`,
    ),
  )
}

/** As captured from the live service: place and moderator are bare ids here, without the `places/` of the description. */
function logResource(world: World, { userId, placeId, universeId: _universeId, ...log }: SandboxRestrictionLog) {
  return {
    user: `users/${userId}`,
    place: placeId,
    moderator: { robloxUser: world.keyOwnerId },
    ...log,
    restrictionType: { gameJoinRestriction: {} },
  }
}
