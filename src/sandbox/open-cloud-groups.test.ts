import { expect, test } from 'vitest'
import { roleIds } from './population.ts'
import { askCloud, member, startTestSandbox } from './testing.ts'

const invalid = (message: string) => ({ code: 'INVALID_ARGUMENT', message })

/** A path under group 1, or under the group that the path names itself. */
const memberships = (filter: string, group = '1') =>
  `/cloud/v2/groups/${group}/memberships?filter=${encodeURIComponent(filter)}`

test.each(['', '/roles', '/roles/1', '/memberships'])('another group%s is not found', async (path) => {
  const sandbox = await startTestSandbox()
  const unknown = await askCloud(sandbox, `/cloud/v2/groups/2${path}`)
  const malformed = await askCloud(sandbox, `/cloud/v2/groups/one${path}`)
  expect([unknown.status, unknown.body]).toEqual([404, { code: 'NOT_FOUND', message: 'The group was not found.' }])
  expect([malformed.status, malformed.body]).toEqual([400, invalid('Invalid Group ID in the request.')])
})

test('the group is shown', async () => {
  const sandbox = await startTestSandbox()
  const { status, body } = await askCloud(sandbox, '/cloud/v2/groups/1')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    path: 'groups/1',
    id: '1',
    displayName: 'Magicband Sandbox',
    owner: 'users/900',
    memberCount: 1008,
  })
})

test('roles are paged, and the last page has no token', async () => {
  const sandbox = await startTestSandbox()
  const seen: unknown[] = []
  let token: unknown = ''
  for (let pages = 0; pages < 3; pages += 1) {
    const { body } = await askCloud(sandbox, `/cloud/v2/groups/1/roles?maxPageSize=3&pageToken=${token}`)
    const roles = member(body, 'groupRoles')
    seen.push(...(Array.isArray(roles) ? roles.map((role) => [role.id, role.displayName, role.rank]) : []))
    token = member(body, 'nextPageToken')
    expect(typeof token).toBe(pages < 2 ? 'string' : 'undefined')
  }
  expect(seen).toEqual([
    [roleIds.owner, 'Owner', 255],
    [roleIds.executive, 'Executive', 250],
    [roleIds.manager, 'Manager', 150],
    [roleIds.seniorCastMember, 'Senior Cast Member', 100],
    [roleIds.castMember, 'Cast Member', 50],
    [roleIds.universityStudent, 'University Student', 10],
    [roleIds.member, 'Member', 1],
    [roleIds.guest, 'Guest', 0],
  ])
})

test('more than 20 roles do not fit on one page, whatever is asked for', async () => {
  const sandbox = await startTestSandbox()
  for (let rank = 201; rank <= 215; rank += 1) sandbox.world.addRole({ id: `${rank}`, name: `Role ${rank}`, rank })
  const most = await askCloud(sandbox, '/cloud/v2/groups/1/roles?maxPageSize=100')
  const usual = await askCloud(sandbox, '/cloud/v2/groups/1/roles')
  expect(most.body).toHaveProperty('groupRoles.length', 20)
  expect(usual.body).toHaveProperty('groupRoles.length', 10)
})

test('a role is shown with its holders; the owner’s key sees more of it, and Guest has no count', async () => {
  const sandbox = await startTestSandbox()
  const path = `/cloud/v2/groups/1/roles/${roleIds.member}`
  const visible = { path: `groups/1/roles/${roleIds.member}`, id: roleIds.member, displayName: 'Member', rank: 1 }
  const owners = await askCloud(sandbox, path)
  sandbox.world.keyOwnerId = '172051854'
  const others = await askCloud(sandbox, path)
  const guest = await askCloud(sandbox, `/cloud/v2/groups/1/roles/${roleIds.guest}`)
  const unknown = await askCloud(sandbox, '/cloud/v2/groups/1/roles/1')
  expect(owners.body).toMatchObject({ ...visible, memberCount: 1008, description: '' })
  expect(others.body).toEqual({ ...visible, memberCount: 1008 })
  expect(guest.body).toEqual({
    path: `groups/1/roles/${roleIds.guest}`,
    id: roleIds.guest,
    displayName: 'Guest',
    rank: 0,
  })
  expect([unknown.status, unknown.body]).toEqual([404, { code: 'NOT_FOUND', message: 'The group role was not found.' }])
})

test('a membership shows all roles, and the highest on its own', async () => {
  const sandbox = await startTestSandbox()
  const { body } = await askCloud(sandbox, memberships("user == 'users/172051854'"))
  expect(body).toEqual({
    groupMemberships: [
      {
        path: 'groups/1/memberships/MTcyMDUxODU0',
        createTime: '2024-03-29T18:15:20.020Z',
        updateTime: '2024-03-29T18:15:20.020549500Z',
        user: 'users/172051854',
        role: `groups/1/roles/${roleIds.executive}`,
        roles: [`groups/1/roles/${roleIds.member}`, `groups/1/roles/${roleIds.executive}`],
      },
    ],
    nextPageToken: '',
  })
})

test.each([
  ['a user outside', "user == 'users/1'", '1', []],
  ['a user who does not exist', "user == 'users/5'", '1', []],
  ['the holders of a role', `role == 'groups/1/roles/${roleIds.manager}'`, '1', ['users/1004']],
  ['a user in double quotes', 'user == "users/1006"', '1', ['users/1006']],
  [
    'several users in any group',
    "user in ['users/1001', 'users/1','users/100001']",
    '-',
    ['users/1001', 'users/100001'],
  ],
])('memberships are filtered by %s', async (_name, filter, group, users) => {
  const sandbox = await startTestSandbox()
  const { status, body } = await askCloud(sandbox, memberships(filter, group))
  expect(status).toBe(200)
  expect(body).toMatchObject({ groupMemberships: users.map((user) => ({ user })), nextPageToken: '' })
})

const users = (count: number) => Array.from({ length: count }, (_, n) => `'users/${n + 1}'`).join(', ')
const oneOnly = 'With a group id, the filter is one user or one role.'
const wildcard = "Without a group id, the filter is user in ['users/…']."

test.each([
  ["user = 'users/1'", '1', "The filter is invalid: user = 'users/1'"],
  ['user == users/1', '1', 'The filter is invalid: user == users/1'],
  ["rank == '5'", '1', "The filter is invalid: rank == '5'"],
  ["user == '1'", '1', 'Invalid User ID in the request.'],
  ["role == 'groups/2/roles/3'", '1', "The filter is invalid: role == 'groups/2/roles/3'"],
  ["user in ['users/1']", '1', oneOnly],
  ["user == 'users/1' && user == 'users/2'", '1', oneOnly],
  ["user in ['users/1', 2]", '-', "The filter is invalid: user in ['users/1', 2]"],
  ["user == 'users/1'", '-', wildcard],
  ['', '-', wildcard],
  [`user in [${users(51)}]`, '-', 'The filter names more than 50 users.'],
])('the filter %.30s is refused for group %s', async (filter, group, message) => {
  const sandbox = await startTestSandbox()
  const { status, body } = await askCloud(sandbox, memberships(filter, group))
  expect([status, body]).toEqual([400, invalid(message)])
})

test('fifty users are not too many for one filter', async () => {
  const sandbox = await startTestSandbox()
  expect((await askCloud(sandbox, memberships(`user in [${users(50)}]`, '-'))).status).toBe(200)
})

test('all members come in pages of 100 at most, to the same query only', async () => {
  const sandbox = await startTestSandbox()
  const list = '/cloud/v2/groups/1/memberships?maxPageSize=500'
  const seen = new Set<unknown>()
  let token: unknown = ''
  let pages = 0
  do {
    const { body } = await askCloud(sandbox, `${list}&pageToken=${token}`)
    const found = member(body, 'groupMemberships')
    if (!Array.isArray(found)) throw new Error('there is no list of memberships')
    expect(found.length).toBeLessThanOrEqual(100)
    for (const each of found) seen.add(member(each, 'user'))
    token = member(body, 'nextPageToken')
    pages += 1
  } while (token !== '' && pages < 20)
  expect([pages, seen.size]).toEqual([11, 1008])
})

test.each([
  ['maxPageSize=10', 'pageToken=TOKEN'],
  ['maxPageSize=5', 'pageToken=nonsense'],
])('a page token that was not given for ?%s is refused', async (query, tokenQuery) => {
  const sandbox = await startTestSandbox()
  const first = await askCloud(sandbox, '/cloud/v2/groups/1/memberships?maxPageSize=5')
  const token = String(member(first.body, 'nextPageToken'))
  const path = `/cloud/v2/groups/1/memberships?${query}&${tokenQuery.replace('TOKEN', token)}`
  const { status, body } = await askCloud(sandbox, path)
  expect([status, body]).toEqual([400, invalid('The page token is invalid for this request.')])
})

test.each(['-1', 'many', '1.5'])('a page size of %s is refused', async (size) => {
  const sandbox = await startTestSandbox()
  const { status } = await askCloud(sandbox, `/cloud/v2/groups/1/memberships?maxPageSize=${size}`)
  expect(status).toBe(400)
})
