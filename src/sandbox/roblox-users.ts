import Type from 'typebox'
import Value from 'typebox/value'
import { type Call, json, readJson, route } from './http.ts'
import { legacyError, refuseLegacy } from './roblox-legacy.ts'
import type { Service } from './server.ts'
import type { World } from './world.ts'
import type { SandboxUser } from './world-state.ts'

const byNames = Type.Object({
  usernames: Type.Array(Type.String()),
  excludeBannedUsers: Type.Optional(Type.Boolean()),
})

const byIds = Type.Object({
  userIds: Type.Array(Type.Integer()),
  excludeBannedUsers: Type.Optional(Type.Boolean()),
})

/** Roblox doesn't publish this one; the ids' limit of 200 it does. */
const maxNames = 100
const maxIds = 200

/** users.roblox.com: who has a name, what is an id's name. */
export function robloxUsers(world: World): Service {
  const noUsers = json(200, { data: [] })
  return {
    refuse: refuseLegacy,
    routes: [
      route('POST', '/v1/usernames/users', noUsers, (call) => findByNames(world, call)),
      route('POST', '/v1/users', noUsers, (call) => findByIds(world, call)),
      route('GET', '/v1/users/{user}', json(200, {}), (_call, params) => {
        const user = world.state.users.get(params.user)
        if (user === undefined) return legacyError(404, { code: 3, message: 'The user id is invalid.' })
        return json(200, {
          description: user.description,
          created: user.createdAt,
          isBanned: user.isBanned,
          externalAppDisplayName: null,
          ...summary(user),
        })
      }),
    ],
  }
}

function findByNames(world: World, call: Call) {
  const body = readJson(call)
  if (!Value.Check(byNames, body)) return legacyError(400, { code: 0, message: 'Invalid request body.' })
  if (body.usernames.length > maxNames) return legacyError(400, { code: 2, message: 'Too many usernames.' })
  const data = [...new Set(body.usernames)].flatMap((requestedUsername) => {
    const user = world.findUserByName(requestedUsername)
    if (user === undefined || (user.isBanned && body.excludeBannedUsers === true)) return []
    return [{ requestedUsername, ...summary(user) }]
  })
  return json(200, { data })
}

function findByIds(world: World, call: Call) {
  const body = readJson(call)
  if (!Value.Check(byIds, body)) return legacyError(400, { code: 0, message: 'Invalid request body.' })
  if (body.userIds.length > maxIds) return legacyError(400, { code: 1, message: 'Too many ids.' })
  const data = [...new Set(body.userIds)].flatMap((id) => {
    const user = world.state.users.get(String(id))
    return user === undefined || (user.isBanned && body.excludeBannedUsers === true) ? [] : [summary(user)]
  })
  return json(200, { data })
}

function summary({ id, name, displayName }: SandboxUser) {
  return { hasVerifiedBadge: false, id: Number(id), name, displayName }
}
