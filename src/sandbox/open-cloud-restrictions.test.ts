import { expect, test } from 'vitest'
import type { Sandbox } from './sandbox.ts'
import { askCloud, member, startTestSandbox } from './testing.ts'

const universe = '/cloud/v2/universes/1234567'
const path = `${universe}/user-restrictions`

function ban(sandbox: Sandbox, { user = '1001', query = '', ...restriction }: Record<string, unknown> = {}) {
  return askCloud(sandbox, `${path}/${user}${query}`, {
    method: 'PATCH',
    json: { gameJoinRestriction: { active: true, ...restriction } },
  })
}

test.each([
  ['another universe', '/cloud/v2/universes/7/user-restrictions/1001', 404],
  ['no universe', '/cloud/v2/universes/one/user-restrictions/1001', 400],
  ['an unknown user', `${path}/5`, 404],
  ['no user', `${path}/one`, 400],
  ['no place', `${universe}/places/one/user-restrictions/1001`, 400],
])('%s is refused', async (_name, url, status) => {
  const sandbox = await startTestSandbox()
  const read = await askCloud(sandbox, url)
  const written = await askCloud(sandbox, url, { method: 'PATCH', json: { gameJoinRestriction: { active: true } } })
  expect([read.status, written.status]).toEqual([status, status])
  expect(read.body).toHaveProperty('code', status === 404 ? 'NOT_FOUND' : 'INVALID_ARGUMENT')
})

test.each([
  ['no body', '', undefined],
  ['no restriction', '', {}],
  ['a restriction that is no object', '', { gameJoinRestriction: true }],
  ['active as text', '', { gameJoinRestriction: { active: 'true' } }],
  [
    'a mask into the restriction',
    '?updateMask=game_join_restriction.active',
    { gameJoinRestriction: { active: true } },
  ],
  ['another mask', '?updateMask=user', { gameJoinRestriction: { active: true } }],
  ['a duration of zero', '', { gameJoinRestriction: { active: true, duration: '0s' } }],
  ['a duration in parts of a second', '', { gameJoinRestriction: { active: true, duration: '1.5s' } }],
  ['a duration without its unit', '', { gameJoinRestriction: { active: true, duration: '60' } }],
  ['a duration beyond the most', '', { gameJoinRestriction: { active: true, duration: '315576000001s' } }],
  ['a display reason of 401', '', { gameJoinRestriction: { active: true, displayReason: 'd'.repeat(401) } }],
  ['a private reason of 1,001', '', { gameJoinRestriction: { active: true, privateReason: 'p'.repeat(1001) } }],
  ['no date', '?idempotencyKey.key=k&idempotencyKey.firstSent=today', { gameJoinRestriction: { active: true } }],
  [
    'an idempotency key of two days ago',
    '?idempotencyKey.key=k&idempotencyKey.firstSent=2026-11-19T12:00:00Z',
    { gameJoinRestriction: { active: true } },
  ],
])('%s is refused and changes nothing', async (_name, query, json) => {
  const sandbox = await startTestSandbox()
  const { status, body } = await askCloud(sandbox, `${path}/1001${query}`, { method: 'PATCH', json })
  expect([status, member(body, 'code')]).toEqual([400, 'INVALID_ARGUMENT'])
  expect(sandbox.world.state.restrictions.size).toBe(0)
})

test('a user who was never banned is shown as free', async () => {
  const sandbox = await startTestSandbox()
  const { status, body } = await askCloud(sandbox, `${path}/1001`)
  expect([status, body]).toEqual([
    200,
    {
      path: 'universes/1234567/user-restrictions/1001',
      user: 'users/1001',
      gameJoinRestriction: {
        active: false,
        privateReason: '',
        displayReason: '',
        excludeAltAccounts: false,
        inherited: false,
      },
    },
  ])
})

test('a ban is kept whole, ends by itself, and is replaced whole', async () => {
  const sandbox = await startTestSandbox()
  const restriction = {
    duration: '86400s',
    privateReason: 'p'.repeat(1000),
    displayReason: 'd'.repeat(400),
    excludeAltAccounts: true,
  }
  const banned = await ban(sandbox, { ...restriction, query: '?updateMask=game_join_restriction' })
  const shown = await askCloud(sandbox, `${path}/1001`)
  sandbox.advance(86_400)
  const ended = await askCloud(sandbox, `${path}/1001`)
  const replaced = await askCloud(sandbox, `${path}/1001`, {
    method: 'PATCH',
    json: { gameJoinRestriction: { active: false } },
  })
  expect(banned.body).toEqual({
    path: 'universes/1234567/user-restrictions/1001',
    updateTime: '2026-11-21T12:00:00.000Z',
    user: 'users/1001',
    gameJoinRestriction: { active: true, startTime: '2026-11-21T12:00:00.000Z', ...restriction, inherited: false },
  })
  expect(shown.body).toEqual(banned.body)
  expect(ended.body).toHaveProperty('gameJoinRestriction.active', false)
  expect(replaced.body).toHaveProperty('gameJoinRestriction', {
    active: false,
    startTime: '2026-11-22T12:00:00.000Z',
    privateReason: '',
    displayReason: '',
    excludeAltAccounts: false,
    inherited: false,
  })
})

test('a ban from the universe holds in its places, a ban from a place holds there only', async () => {
  const sandbox = await startTestSandbox()
  const place = `${universe}/places/5/user-restrictions/1001`
  await askCloud(sandbox, place, { method: 'PATCH', json: { gameJoinRestriction: { active: true } } })
  const ofPlace = await askCloud(sandbox, place)
  const ofUniverse = await askCloud(sandbox, `${path}/1001`)
  await ban(sandbox, { displayReason: 'everywhere' })
  const inherited = await askCloud(sandbox, place)
  expect(ofPlace.body).toMatchObject({ gameJoinRestriction: { active: true, inherited: false } })
  expect(ofUniverse.body).toMatchObject({ gameJoinRestriction: { active: false } })
  expect(inherited.body).toMatchObject({
    path: 'universes/1234567/places/5/user-restrictions/1001',
    gameJoinRestriction: { active: true, inherited: true, displayReason: 'everywhere' },
  })
})

test('one user’s restriction is updated twice a minute, another user’s is not held up', async () => {
  const sandbox = await startTestSandbox()
  const statuses = [await ban(sandbox), await ban(sandbox), await ban(sandbox), await ban(sandbox, { user: '1002' })]
  sandbox.advance(60)
  const later = await ban(sandbox)
  expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429, 200])
  expect(statuses[2]?.headers.get('retry-after')).toBe('60')
  expect(statuses[2]?.body).toHaveProperty('code', 'RESOURCE_EXHAUSTED')
  expect(later.status).toBe(200)
})

test('an idempotency key that was seen is answered as it was, without an update and outside the limit', async () => {
  const sandbox = await startTestSandbox()
  const query = '?idempotencyKey.key=first&idempotencyKey.firstSent=2026-11-21T12:00:00Z'
  const first = await ban(sandbox, { query, displayReason: 'one' })
  sandbox.advance(1)
  const replays = await Promise.all([1, 2, 3].map(() => ban(sandbox, { query, displayReason: 'two' })))
  const another = await ban(sandbox, { query: '?idempotencyKey.key=second', displayReason: 'three' })
  for (const replay of replays) expect([replay.status, replay.body]).toEqual([200, first.body])
  expect(another.body).toHaveProperty('gameJoinRestriction.displayReason', 'three')
  expect(sandbox.world.state.restrictionLogs.map(({ displayReason }) => displayReason)).toEqual(['one', 'three'])
})

test('all who were ever banned are listed, page by page', async () => {
  const sandbox = await startTestSandbox()
  for (const user of ['1001', '1002', '1003']) await ban(sandbox, { user })
  const first = await askCloud(sandbox, `${path}?maxPageSize=2`)
  const second = await askCloud(sandbox, `${path}?maxPageSize=2&pageToken=${member(first.body, 'nextPageToken')}`)
  expect(first.body).toMatchObject({ userRestrictions: [{ user: 'users/1001' }, { user: 'users/1002' }] })
  expect(second.body).toMatchObject({ userRestrictions: [{ user: 'users/1003' }], nextPageToken: '' })
})

test('the log has every change, the latest first, by user and by place', async () => {
  const sandbox = await startTestSandbox()
  await ban(sandbox, { duration: '60s', displayReason: 'one' })
  sandbox.advance(1)
  await askCloud(sandbox, `${universe}/places/5/user-restrictions/1002`, {
    method: 'PATCH',
    json: { gameJoinRestriction: { active: true, displayReason: 'two' } },
  })
  const logs = (filter: string) => askCloud(sandbox, `${path}:listLogs?filter=${encodeURIComponent(filter)}`)
  const all = await logs('')
  const both = await logs("user == 'users/1002' && place == 'places/5'")
  const none = await logs("user == 'users/1001' && place == 'places/5'")
  const wrong = await logs("moderator == 'users/1'")
  const one = {
    user: 'users/1001',
    place: '',
    moderator: { robloxUser: '900' },
    createTime: '2026-11-21T12:00:00.000Z',
    active: true,
    startTime: '2026-11-21T12:00:00.000Z',
    duration: '60s',
    privateReason: '',
    displayReason: 'one',
    excludeAltAccounts: false,
    restrictionType: { gameJoinRestriction: {} },
  }
  const two = { user: 'users/1002', place: '5', displayReason: 'two' }
  expect(all.body).toMatchObject({ logs: [two, one], nextPageToken: '' })
  expect(member(all.body, 'logs')).toHaveProperty('[1]', one)
  expect(both.body).toMatchObject({ logs: [two] })
  expect(none.body).toEqual({ logs: [], nextPageToken: '' })
  expect([wrong.status, member(wrong.body, 'code')]).toEqual([400, 'INVALID_ARGUMENT'])
})
