import { expect, test } from 'vitest'
import { roleIds } from './population.ts'
import { ask, startTestSandbox } from './testing.ts'

const legacyError = (code: number, message: string) => ({
  errors: [{ code, message, userFacingMessage: 'Something went wrong' }],
})

test.each([
  ['/v1/groups/2', legacyError(1, 'Group is invalid or does not exist.')],
  ['/v1/groups/2/roles', legacyError(1, 'The group is invalid or does not exist.')],
  ['/v1/users/5/groups/roles', legacyError(3, 'The user is invalid or does not exist.')],
  ['/v2/users/5/groups/roles', legacyError(3, 'The user is invalid or does not exist.')],
])('%s is refused', async (path, body) => {
  const { addresses } = await startTestSandbox()
  const reply = await ask(`${addresses.robloxGroups}${path}`)
  expect([reply.status, reply.body]).toEqual([400, body])
})

test('the group tells its owner and how many members it has', async () => {
  const { addresses, world } = await startTestSandbox()
  world.removeMember('1006')
  const reply = await ask(`${addresses.robloxGroups}/v1/groups/1`)
  expect(reply.body).toMatchObject({
    id: 1,
    name: 'Magicband Sandbox',
    owner: { userId: 900, username: 'SandboxOwner' },
    // 1,000 visitors and the seven residents who are left: 900, 1001 to 1004, 1007 and 172051854.
    memberCount: 1007,
  })
})

test('the roles come by rank, and each member counts in the highest only', async () => {
  const { addresses } = await startTestSandbox()
  const reply = await ask(`${addresses.robloxGroups}/v1/groups/1/roles`)
  const row = (id: string, name: string, rank: number, memberCount: number) => ({
    id: Number(id),
    name,
    description: rank === 0 ? 'A non-group member.' : '',
    rank,
    memberCount,
    isBase: rank === 1,
    color: 0,
  })
  expect(reply.body).toEqual({
    groupId: 1,
    roles: [
      row(roleIds.guest, 'Guest', 0, 0),
      row(roleIds.member, 'Member', 1, 1002),
      row(roleIds.universityStudent, 'University Student', 10, 1),
      row(roleIds.castMember, 'Cast Member', 50, 1),
      row(roleIds.seniorCastMember, 'Senior Cast Member', 100, 1),
      row(roleIds.manager, 'Manager', 150, 1),
      row(roleIds.executive, 'Executive', 250, 1),
      row(roleIds.owner, 'Owner', 255, 1),
    ],
  })
})

test.each([
  ['172051854', { id: Number(roleIds.executive), name: 'Executive', rank: 250 }],
  ['1001', { id: Number(roleIds.universityStudent), name: 'University Student', rank: 10 }],
  ['1006', { id: Number(roleIds.member), name: 'Member', rank: 1 }],
  ['101000', { id: Number(roleIds.member), name: 'Member', rank: 1 }],
])('user %s is shown with the highest role only', async (id, role) => {
  const { addresses } = await startTestSandbox()
  const slim = await ask(`${addresses.robloxGroups}/v2/users/${id}/groups/roles`)
  const full = await ask(`${addresses.robloxGroups}/v1/users/${id}/groups/roles?includeLocked=true`)
  expect(slim.body).toEqual({
    data: [{ group: { id: 1, name: 'Magicband Sandbox', memberCount: 1008, hasVerifiedBadge: false }, role }],
  })
  expect(full.body).toMatchObject({ data: [{ group: { id: 1, publicEntryAllowed: false }, role }] })
})

test.each(['1', '1005'])('user %s is in no group', async (id) => {
  const { addresses } = await startTestSandbox()
  const reply = await ask(`${addresses.robloxGroups}/v2/users/${id}/groups/roles`)
  expect([reply.status, reply.body]).toEqual([200, { data: [] }])
})
