import { expect, test } from 'vitest'
import { roleIds } from './population.ts'
import { askCloud, startTestSandbox } from './testing.ts'

const rolePath = (id: string) => `groups/1/roles/${id}`
const student = { role: rolePath(roleIds.universityStudent) }
const invalidRole = { code: 'INVALID_ARGUMENT', message: 'Invalid Role in the request.' }
const notMember = { code: 'NOT_FOUND', message: 'The group membership was not found.' }
const aboveOwnRank = {
  code: 'PERMISSION_DENIED',
  message: 'You can only manage members and roles below your own rank.',
}
const notAssignable = { code: 'PERMISSION_DENIED', message: "The roles Guest and Owner can't be assigned." }

const verbs = [
  ['POST', ':assignRole'],
  ['POST', ':unassignRole'],
  ['PATCH', ''],
] as const

const refusals = [
  ['no body', '1001', undefined, 400, invalidRole],
  ['no role', '1001', {}, 400, invalidRole],
  ['a bare role id', '1001', { role: roleIds.castMember }, 400, invalidRole],
  ['a role of another group', '1001', { role: 'groups/2/roles/5' }, 400, invalidRole],
  ['a membership id that stands for nobody', 'NDUz', student, 404, notMember],
  [
    'no membership id',
    'no-id',
    student,
    400,
    { code: 'INVALID_ARGUMENT', message: 'Invalid Membership ID in the request.' },
  ],
  ['a user outside', '1', student, 404, notMember],
  ['a user with a pending request', '1005', student, 404, notMember],
  [
    'an unknown role',
    '1001',
    { role: rolePath('5') },
    404,
    { code: 'NOT_FOUND', message: 'The group role was not found.' },
  ],
  ['Guest', '1001', { role: rolePath(roleIds.guest) }, 403, notAssignable],
  ['Owner', '1001', { role: rolePath(roleIds.owner) }, 403, notAssignable],
  ['the key owner', '900', student, 403, { code: 'PERMISSION_DENIED', message: "You can't change your own role." }],
  ['a role at the key owner’s rank', '1001', { role: rolePath(roleIds.manager) }, 403, aboveOwnRank],
  ['a role above the key owner’s rank', '1001', { role: rolePath(roleIds.executive) }, 403, aboveOwnRank],
  ['a member at the key owner’s rank', '1004', student, 403, aboveOwnRank],
] as const

test.each(verbs.flatMap((verb) => refusals.map((refusal) => [...verb, ...refusal] as const)))(
  '%s%s refuses %s',
  async (method, suffix, _name, id, json, status, body) => {
    const sandbox = await startTestSandbox()
    sandbox.world.keyOwnerRank = 150
    const before = structuredClone(sandbox.world.state.memberships)
    const reply = await askCloud(sandbox, `/cloud/v2/groups/1/memberships/${id}${suffix}`, { method, json })
    expect([reply.status, reply.body]).toEqual([status, body])
    expect(sandbox.world.state.memberships).toEqual(before)
  },
)

test('the base role stays', async () => {
  const sandbox = await startTestSandbox()
  const path = '/cloud/v2/groups/1/memberships/1001:unassignRole'
  const { status, body } = await askCloud(sandbox, path, { json: { role: rolePath(roleIds.member) } })
  expect([status, body]).toEqual([
    400,
    { code: 'INVALID_ARGUMENT', message: "The base member role can't be unassigned." },
  ])
  expect(sandbox.world.rolesOf('1001').map(({ name }) => name)).toEqual(['Member', 'University Student'])
})

test('a role is added to those that are held, once, and taken away again', async () => {
  const sandbox = await startTestSandbox()
  const json = { role: rolePath(roleIds.castMember) }
  const ask = (verb: string) => askCloud(sandbox, `/cloud/v2/groups/1/memberships/1001:${verb}`, { json })
  sandbox.advance(60)
  const assigned = await ask('assignRole')
  sandbox.advance(60)
  const again = await ask('assignRole')
  const unassigned = await ask('unassignRole')
  sandbox.advance(60)
  const unassignedAgain = await ask('unassignRole')
  const all = [roleIds.member, roleIds.universityStudent, roleIds.castMember]
  expect(assigned.body).toEqual({
    path: 'groups/1/memberships/MTAwMQ',
    createTime: '2024-03-29T18:15:20.020Z',
    updateTime: '2026-11-21T12:01:00.000549500Z',
    user: 'users/1001',
    role: rolePath(roleIds.castMember),
    roles: all.map(rolePath),
  })
  expect(again.body).toEqual(assigned.body)
  expect(unassigned.body).toMatchObject({
    updateTime: '2026-11-21T12:02:00.000549500Z',
    role: rolePath(roleIds.universityStudent),
    roles: all.slice(0, 2).map(rolePath),
  })
  expect(unassignedAgain.body).toEqual(unassigned.body)
})

test('a membership is named by its own id as well as by the user’s', async () => {
  const sandbox = await startTestSandbox()
  const { status } = await askCloud(sandbox, '/cloud/v2/groups/1/memberships/MTAwNg:assignRole', { json: student })
  expect(status).toBe(200)
  expect(sandbox.world.highestRoleOf('1006')?.name).toBe('University Student')
})

test('the deprecated change leaves the base role and the new one', async () => {
  const sandbox = await startTestSandbox()
  const json = { role: rolePath(roleIds.castMember) }
  const { body } = await askCloud(sandbox, '/cloud/v2/groups/1/memberships/1003', { method: 'PATCH', json })
  expect(body).toMatchObject({ role: json.role, roles: [rolePath(roleIds.member), json.role] })
})
