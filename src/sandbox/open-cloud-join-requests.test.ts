import { expect, test } from 'vitest'
import { roleIds } from './population.ts'
import { ask, askCloud, member, startTestSandbox } from './testing.ts'
import { sandboxKeys } from './world.ts'

const path = '/cloud/v2/groups/1/join-requests'

test.each([
  ["role == 'groups/1/roles/1'"],
  ["user == '1005'"],
  ["user in ['users/1005']"],
  ["user == 'users/1005' && user == 'users/1005'"],
])('the filter %s is refused', async (filter) => {
  const sandbox = await startTestSandbox()
  const { status, body } = await askCloud(sandbox, `${path}?filter=${encodeURIComponent(filter)}`)
  expect([status, body]).toEqual([400, { code: 'INVALID_ARGUMENT', message: `The filter is invalid: ${filter}` }])
})

test('requests are found by user', async () => {
  const sandbox = await startTestSandbox()
  const found = await askCloud(sandbox, `${path}?filter=${encodeURIComponent("user == 'users/1005'")}`)
  const none = await askCloud(sandbox, `${path}?filter=${encodeURIComponent("user == 'users/1'")}`)
  expect(found.body).toEqual({
    groupJoinRequests: [
      { path: 'groups/1/join-requests/1005', createTime: '2026-11-20T09:30:00.000Z', user: 'users/1005' },
    ],
    nextPageToken: '',
  })
  expect(none.body).toEqual({ groupJoinRequests: [], nextPageToken: '' })
})

test('requests come in pages of 20 at most', async () => {
  const sandbox = await startTestSandbox()
  for (let id = 2001; id <= 2024; id += 1) {
    sandbox.world.addUser({ id: `${id}`, name: `Applicant${id}` })
    sandbox.world.addJoinRequest(`${id}`)
  }
  const first = await askCloud(sandbox, `${path}?maxPageSize=50`)
  const token = member(first.body, 'nextPageToken')
  const second = await askCloud(sandbox, `${path}?maxPageSize=50&pageToken=${token}`)
  expect(first.body).toHaveProperty('groupJoinRequests.length', 20)
  expect(second.body).toMatchObject({ groupJoinRequests: { length: 5 }, nextPageToken: '' })
})

test.each(['accept', 'decline'])(':%s needs a body and a request that is there', async (verb) => {
  const sandbox = await startTestSandbox()
  const pending = `${sandbox.addresses.robloxApis}${path}/1005:${verb}`
  const headers = { 'x-api-key': sandboxKeys.openCloud }
  const bodiless = await ask(pending, { method: 'POST', headers })
  const list = await ask(pending, { json: [], headers })
  const nobody = await askCloud(sandbox, `${path}/1006:${verb}`, { json: {} })
  const elsewhere = await askCloud(sandbox, `/cloud/v2/groups/2/join-requests/1005:${verb}`, { json: {} })
  expect([bodiless.status, bodiless.body]).toEqual([
    400,
    { code: 'INVALID_ARGUMENT', message: 'A request body is required.' },
  ])
  expect(list.status).toBe(400)
  expect([nobody.status, nobody.body]).toEqual([404, { code: 'NOT_FOUND', message: 'The join request was not found.' }])
  expect(elsewhere.status).toBe(404)
  expect(sandbox.world.state.joinRequests.has('1005')).toBe(true)
})

test('accepting makes a member of the base role, declining makes none', async () => {
  const sandbox = await startTestSandbox()
  sandbox.world.addJoinRequest('1')
  const accepted = await askCloud(sandbox, `${path}/1005:accept`, { json: {} })
  const declined = await askCloud(sandbox, `${path}/1:decline`, { json: {} })
  const again = await askCloud(sandbox, `${path}/1005:accept`, { json: {} })
  expect([accepted.status, accepted.text, declined.status, declined.text]).toEqual([200, '', 200, ''])
  expect(again.status).toBe(404)
  expect(sandbox.world.state.memberships.get('1005')?.roleIds).toEqual([roleIds.member])
  expect(sandbox.world.state.memberships.has('1')).toBe(false)
})

test('accepting someone who is a member already takes no role away', async () => {
  const sandbox = await startTestSandbox()
  sandbox.world.addJoinRequest('1004')
  await askCloud(sandbox, `${path}/1004:accept`, { json: {} })
  expect(sandbox.world.highestRoleOf('1004')?.name).toBe('Manager')
})
