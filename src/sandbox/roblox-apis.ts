import Type from 'typebox'
import Value from 'typebox/value'
import { type Call, json, nothing, type Route, readJson, route } from './http.ts'
import { keyIsExpired, openCloudError, operation, refuseKey, refuseOpenCloud, takeFromLimit } from './open-cloud.ts'
import { groupRoutes } from './open-cloud-groups.ts'
import { joinRequestRoutes } from './open-cloud-join-requests.ts'
import { membershipRoutes } from './open-cloud-memberships.ts'
import { checkUniverse, restrictionRoutes } from './open-cloud-restrictions.ts'
import { thumbnailSizes } from './roblox-thumbnails.ts'
import type { Service } from './server.ts'
import { sandboxKeys, type World } from './world.ts'
import type { SandboxUser } from './world-state.ts'

const publishBody = Type.Object({
  topic: Type.String({ minLength: 1, maxLength: 80 }),
  message: Type.String({ maxLength: 1024 }),
})
const maxMessages = 1000

/** apis.roblox.com: Open Cloud, with a key. */
export function robloxApis(world: World): Service {
  return {
    refuse: refuseOpenCloud,
    routes: [
      ...groupRoutes(world),
      ...membershipRoutes(world),
      ...joinRequestRoutes(world),
      ...restrictionRoutes(world),
      ...userRoutes(world),
      operation(
        world,
        {
          method: 'POST',
          path: '/cloud/v2/universes/{universe}:publishMessage',
          limit: 'publishMessage',
          scope: 'universe-messaging-service:publish',
        },
        nothing(200),
        (call, params) => publish(world, { call, universeId: params.universe }),
      ),
      route('POST', '/api-keys/v1/introspect', json(200, {}), (call) => introspect(world, call)),
    ],
  }
}

function userRoutes(world: World): Route[] {
  return [
    operation(
      world,
      { method: 'GET', path: '/cloud/v2/users/{user}', limit: 'getUser' },
      json(200, {}),
      (_, { user }) => json(200, userResource(world, getUser(world, user))),
    ),
    operation(
      world,
      { method: 'GET', path: '/cloud/v2/users/{user}:generateThumbnail', limit: 'generateThumbnail' },
      json(200, {}),
      ({ query }, params) => {
        const { id } = getUser(world, params.user)
        const size = Number(query.get('size') ?? 420)
        if (!thumbnailSizes.includes(size)) throw openCloudError('INVALID_ARGUMENT', 'Invalid size in the request.')
        return json(200, {
          path: `users/${id}/operations/${id}-${size}`,
          done: true,
          response: {
            '@type': 'apis.roblox.com/roblox.open_cloud.cloud.v2.GenerateUserThumbnailResponse',
            imageUri: `https://tr.rbxcdn.com/30DAY-Avatar-${id}-Png/${size}/${size}/Avatar/Png/noFilter`,
          },
        })
      },
    ),
  ]
}

function getUser(world: World, id: string): SandboxUser {
  if (!/^\d+$/.test(id)) throw openCloudError('INVALID_ARGUMENT', 'Invalid User ID in the request.')
  const user = world.state.users.get(id)
  if (user === undefined) throw openCloudError('NOT_FOUND', 'The user was not found.')
  return user
}

function userResource(world: World, { id, name, displayName, description, createdAt }: SandboxUser) {
  const visible = {
    path: `users/${id}`,
    createTime: createdAt,
    id,
    name,
    displayName,
    about: description,
    locale: 'en_us',
    premium: false,
  }
  return world.keyScopes.includes('user.advanced:read') ? { ...visible, idVerified: false } : visible
}

function publish(world: World, { call, universeId }: { call: Call; universeId: string }) {
  checkUniverse(universeId)
  const body = readJson(call)
  if (!Value.Check(publishBody, body)) throw openCloudError('INVALID_ARGUMENT', 'Invalid topic or message.')
  const { topic, message } = body
  world.change((state) => {
    const published = { universeId, topic, message, publishedAt: world.now() }
    state.publishedMessages = [...state.publishedMessages, published].slice(-maxMessages)
  })
  return nothing(200)
}

/** Tells about the key in the body; this one call has no key in its header. */
function introspect(world: World, call: Call) {
  const { answer: limited } = takeFromLimit(world, { name: 'introspectKey', limit: world.rateLimits.introspectKey })
  if (limited !== undefined) return limited
  const body = readJson(call)
  if (!Value.Check(Type.Object({ apiKey: Type.String() }), body)) {
    return json(400, { errors: { apiKey: ['The apiKey field is required.'] }, title: 'Bad Request', status: 400 })
  }
  if (body.apiKey !== sandboxKeys.openCloud) throw refuseKey()
  const operations = new Map<string, string[]>()
  for (const scope of world.keyScopes) {
    const [name = '', verb = ''] = scope.split(':')
    operations.set(name, [...(operations.get(name) ?? []), verb])
  }
  return json(200, {
    name: 'Magicband sandbox',
    authorizedUserId: Number(world.keyOwnerId),
    scopes: [...operations].map(([name, verbs]) => ({ name, operations: verbs, groupIds: ['*'], userIds: ['*'] })),
    enabled: world.keyIsEnabled,
    expired: keyIsExpired(world),
    expirationTimeUtc: world.keyExpiresAt === undefined ? null : new Date(world.keyExpiresAt).toISOString(),
  })
}
