import { expect, test } from 'vitest'
import { ask, askCloud, startTestSandbox, testStart } from './testing.ts'
import { sandboxKeys } from './world.ts'

const restriction = { gameJoinRestriction: { active: true } }

test.each([
  ['GET', '/cloud/v2/groups/1'],
  ['GET', '/cloud/v2/groups/1/roles'],
  ['GET', '/cloud/v2/groups/1/roles/41112468'],
  ['GET', '/cloud/v2/groups/1/memberships'],
  ['PATCH', '/cloud/v2/groups/1/memberships/1001'],
  ['POST', '/cloud/v2/groups/1/memberships/1001:assignRole'],
  ['POST', '/cloud/v2/groups/1/memberships/1001:unassignRole'],
  ['GET', '/cloud/v2/groups/1/join-requests'],
  ['POST', '/cloud/v2/groups/1/join-requests/1005:accept'],
  ['POST', '/cloud/v2/groups/1/join-requests/1005:decline'],
  ['GET', '/cloud/v2/universes/1234567/user-restrictions'],
  ['GET', '/cloud/v2/universes/1234567/user-restrictions/1001'],
  ['PATCH', '/cloud/v2/universes/1234567/user-restrictions/1001'],
  ['GET', '/cloud/v2/universes/1234567/places/5/user-restrictions/1001'],
  ['PATCH', '/cloud/v2/universes/1234567/places/5/user-restrictions/1001'],
  ['GET', '/cloud/v2/universes/1234567/user-restrictions:listLogs'],
  ['POST', '/cloud/v2/universes/1234567:publishMessage'],
  ['GET', '/cloud/v2/users/1'],
  ['GET', '/cloud/v2/users/1:generateThumbnail'],
])('%s %s needs the key', async (method, path) => {
  const { addresses } = await startTestSandbox()
  const without = await ask(`${addresses.robloxApis}${path}`, { method })
  const wrong = await ask(`${addresses.robloxApis}${path}`, { method, headers: { 'x-api-key': 'another' } })
  for (const { status, body } of [without, wrong]) {
    expect([status, body]).toEqual([401, { errors: [{ code: 0, message: 'Invalid API Key' }] }])
  }
})

test('a key that is switched off or has expired is an invalid key', async () => {
  const sandbox = await startTestSandbox()
  sandbox.world.keyExpiresAt = testStart + 60_000
  const living = await askCloud(sandbox, '/cloud/v2/groups/1')
  sandbox.advance(60)
  const expired = await askCloud(sandbox, '/cloud/v2/groups/1')
  sandbox.world.keyExpiresAt = undefined
  sandbox.world.keyIsEnabled = false
  const disabled = await askCloud(sandbox, '/cloud/v2/groups/1')
  expect([living.status, expired.status, disabled.status]).toEqual([200, 401, 401])
})

test.each([
  ['POST', '/cloud/v2/groups/1/memberships/1001:assignRole', 'group:write', {}],
  ['POST', '/cloud/v2/groups/1/memberships/1001:unassignRole', 'group:write', {}],
  ['PATCH', '/cloud/v2/groups/1/memberships/1001', 'group:write', {}],
  ['GET', '/cloud/v2/groups/1/join-requests', 'group:read', undefined],
  ['POST', '/cloud/v2/groups/1/join-requests/1005:accept', 'group:write', {}],
  ['POST', '/cloud/v2/groups/1/join-requests/1005:decline', 'group:write', {}],
  ['GET', '/cloud/v2/universes/1234567/user-restrictions', 'universe.user-restriction:read', undefined],
  ['GET', '/cloud/v2/universes/1234567/user-restrictions/1001', 'universe.user-restriction:read', undefined],
  ['GET', '/cloud/v2/universes/1234567/user-restrictions:listLogs', 'universe.user-restriction:read', undefined],
  ['PATCH', '/cloud/v2/universes/1234567/user-restrictions/1001', 'universe.user-restriction:write', restriction],
  ['POST', '/cloud/v2/universes/1234567:publishMessage', 'universe-messaging-service:publish', {}],
])('%s %s needs the scope %s', async (method, path, scope, json) => {
  const sandbox = await startTestSandbox()
  sandbox.world.keyScopes = sandbox.world.keyScopes.filter((each) => each !== scope)
  const { status, body } = await askCloud(sandbox, path, { method, json })
  const message = `The API key doesn't have the scope ${scope}.`
  expect([status, body]).toEqual([403, { code: 'PERMISSION_DENIED', message }])
})

test.each([
  ['an escaped colon', 'POST', '/cloud/v2/groups/1/memberships/1001%3AassignRole', 404],
  ['an escaped colon in a user', 'GET', '/cloud/v2/users/1%3AgenerateThumbnail', 404],
  ['an unknown verb', 'POST', '/cloud/v2/groups/1/memberships/1001:promote', 404],
  ['an unknown path', 'GET', '/cloud/v2/nothing', 404],
  ['a wrong method', 'DELETE', '/cloud/v2/groups/1', 405],
])('%s is not routed', async (_name, method, path, status) => {
  const sandbox = await startTestSandbox()
  const reply = await askCloud(sandbox, path, { method })
  expect([reply.status, reply.body]).toEqual([status, { errors: [{ code: 0, message: 'NotFound' }] }])
})

test('requests are counted by operation and window, and refused beyond the limit', async () => {
  const sandbox = await startTestSandbox()
  sandbox.world.rateLimits.getGroup = { limit: 2, seconds: 60 }
  const rateOf = ({ status, headers }: Awaited<ReturnType<typeof ask>>) => [
    status,
    headers.get('x-ratelimit-limit'),
    headers.get('x-ratelimit-remaining'),
    headers.get('x-ratelimit-reset'),
    headers.get('retry-after'),
  ]
  const first = await askCloud(sandbox, '/cloud/v2/groups/1')
  sandbox.advance(20)
  const second = await askCloud(sandbox, '/cloud/v2/groups/1')
  const third = await askCloud(sandbox, '/cloud/v2/groups/1')
  const another = await askCloud(sandbox, '/cloud/v2/groups/1/roles')
  sandbox.advance(40)
  const next = await askCloud(sandbox, '/cloud/v2/groups/1')
  expect(rateOf(first)).toEqual([200, '2, 2;w=60', '1', '60', null])
  expect(rateOf(second)).toEqual([200, '2, 2;w=60', '0', '40', null])
  expect(rateOf(third)).toEqual([429, '2, 2;w=60', '0', '40', '40'])
  expect(third.body).toEqual({ code: 'RESOURCE_EXHAUSTED', message: 'The request quota was exceeded.' })
  expect(rateOf(another)).toEqual([200, '300, 300;w=60', '299', '60', null])
  expect(rateOf(next)).toEqual([200, '2, 2;w=60', '1', '60', null])
})

test('a wrong key uses up no one’s limit', async () => {
  const sandbox = await startTestSandbox()
  sandbox.world.rateLimits.getGroup = { limit: 1, seconds: 60 }
  await askCloud(sandbox, '/cloud/v2/groups/1', { headers: { 'x-api-key': 'another' } })
  expect((await askCloud(sandbox, '/cloud/v2/groups/1')).status).toBe(200)
})

test.each([
  ['one', 400, { code: 'INVALID_ARGUMENT', message: 'Invalid User ID in the request.' }],
  ['5', 404, { code: 'NOT_FOUND', message: 'The user was not found.' }],
])('user %s is refused', async (id, status, body) => {
  const sandbox = await startTestSandbox()
  for (const path of [`/cloud/v2/users/${id}`, `/cloud/v2/users/${id}:generateThumbnail`]) {
    const reply = await askCloud(sandbox, path)
    expect([reply.status, reply.body]).toEqual([status, body])
  }
})

test('a user is shown, with more for a key that may see more', async () => {
  const sandbox = await startTestSandbox()
  const user = {
    path: 'users/172051854',
    createTime: '2013-07-13T07:50:00.083Z',
    id: '172051854',
    name: 'JTmaveryk',
    displayName: 'JTmaveryk',
    about: '',
    locale: 'en_us',
    premium: false,
  }
  expect((await askCloud(sandbox, '/cloud/v2/users/172051854')).body).toEqual(user)
  sandbox.world.keyScopes.push('user.advanced:read')
  expect((await askCloud(sandbox, '/cloud/v2/users/172051854')).body).toEqual({ ...user, idVerified: false })
})

test('a thumbnail is an operation that is done', async () => {
  const sandbox = await startTestSandbox()
  const wrong = await askCloud(sandbox, '/cloud/v2/users/1:generateThumbnail?size=421')
  const right = await askCloud(sandbox, '/cloud/v2/users/1:generateThumbnail?size=150&format=PNG&shape=ROUND')
  expect([wrong.status, wrong.body]).toEqual([
    400,
    { code: 'INVALID_ARGUMENT', message: 'Invalid size in the request.' },
  ])
  expect(right.body).toEqual({
    path: 'users/1/operations/1-150',
    done: true,
    response: {
      '@type': 'apis.roblox.com/roblox.open_cloud.cloud.v2.GenerateUserThumbnailResponse',
      imageUri: 'https://tr.rbxcdn.com/30DAY-Avatar-1-Png/150/150/Avatar/Png/noFilter',
    },
  })
})

test.each([
  ['no topic', '1234567', { message: 'm' }, 400],
  ['an empty topic', '1234567', { topic: '', message: 'm' }, 400],
  ['a topic of 81 characters', '1234567', { topic: 't'.repeat(81), message: 'm' }, 400],
  ['a message of 1,025 characters', '1234567', { topic: 't', message: 'm'.repeat(1025) }, 400],
  ['another universe', '7', { topic: 't', message: 'm' }, 404],
  ['no universe', 'one', { topic: 't', message: 'm' }, 400],
])('a message is refused for %s', async (_name, universe, json, status) => {
  const sandbox = await startTestSandbox()
  const reply = await askCloud(sandbox, `/cloud/v2/universes/${universe}:publishMessage`, { json })
  expect(reply.status).toBe(status)
  expect(reply.body).toHaveProperty('code', status === 404 ? 'NOT_FOUND' : 'INVALID_ARGUMENT')
  expect(sandbox.world.state.publishedMessages).toEqual([])
})

test('a message is published and answered with nothing', async () => {
  const sandbox = await startTestSandbox()
  const json = { topic: 't'.repeat(80), message: 'm'.repeat(1024) }
  const reply = await askCloud(sandbox, '/cloud/v2/universes/1234567:publishMessage', { json })
  expect([reply.status, reply.text]).toEqual([200, ''])
  expect(sandbox.world.state.publishedMessages).toEqual([
    { universeId: '1234567', ...json, publishedAt: '2026-11-21T12:00:00.000Z' },
  ])
})

test('introspection tells what a key may do, without a key in the header', async () => {
  const { addresses, world } = await startTestSandbox()
  const url = `${addresses.robloxApis}/api-keys/v1/introspect`
  world.keyExpiresAt = testStart
  world.keyIsEnabled = false
  const known = await ask(url, { json: { apiKey: sandboxKeys.openCloud } })
  const unknown = await ask(url, { json: { apiKey: 'another' } })
  const none = await ask(url, { json: {} })
  const scope = (name: string, operations: string[]) => ({ name, operations, groupIds: ['*'], userIds: ['*'] })
  expect(known.body).toEqual({
    name: 'Magicband sandbox',
    authorizedUserId: 900,
    scopes: [
      scope('group', ['read', 'write']),
      scope('universe.user-restriction', ['read', 'write']),
      scope('universe-messaging-service', ['publish']),
    ],
    enabled: false,
    expired: true,
    expirationTimeUtc: '2026-11-21T12:00:00.000Z',
  })
  expect([unknown.status, none.status]).toEqual([401, 400])
})
