import { expect, test } from 'vitest'
import { ask, startTestSandbox } from './testing.ts'

const roblox = { hasVerifiedBadge: false, id: 1, name: 'Roblox', displayName: 'Roblox' }
const jt = { hasVerifiedBadge: false, id: 172051854, name: 'JTmaveryk', displayName: 'JTmaveryk' }
const banned = { hasVerifiedBadge: false, id: 1007, name: 'BannedOne', displayName: 'BannedOne' }

const legacyError = (code: number, message: string) => ({
  errors: [{ code, message, userFacingMessage: 'Something went wrong' }],
})

test.each([
  ['names in any letter case', { usernames: ['rObLoX'] }, [{ requestedUsername: 'rObLoX', ...roblox }]],
  ['a previous name', { usernames: ['JTmaverykOld'] }, [{ requestedUsername: 'JTmaverykOld', ...jt }]],
  ['a name asked for twice, once', { usernames: ['Roblox', 'Roblox'] }, [{ requestedUsername: 'Roblox', ...roblox }]],
  ['only those that exist', { usernames: ['Nobody', 'Roblox'] }, [{ requestedUsername: 'Roblox', ...roblox }]],
  [
    'banned users where they are not excluded',
    { usernames: ['BannedOne'], excludeBannedUsers: false },
    [{ requestedUsername: 'BannedOne', ...banned }],
  ],
  ['no banned users where they are excluded', { usernames: ['BannedOne'], excludeBannedUsers: true }, []],
  ['nobody for no names', { usernames: [] }, []],
])('usernames finds %s', async (_name, json, data) => {
  const { addresses } = await startTestSandbox()
  const reply = await ask(`${addresses.robloxUsers}/v1/usernames/users`, { json })
  expect([reply.status, reply.body]).toEqual([200, { data }])
})

test.each([
  [
    '/v1/usernames/users',
    { usernames: Array.from({ length: 101 }, (_, n) => `User${n}`) },
    legacyError(2, 'Too many usernames.'),
  ],
  ['/v1/usernames/users', { usernames: 'Roblox' }, legacyError(0, 'Invalid request body.')],
  ['/v1/usernames/users', undefined, legacyError(0, 'Invalid request body.')],
  ['/v1/users', { userIds: Array.from({ length: 201 }, (_, n) => n) }, legacyError(1, 'Too many ids.')],
  ['/v1/users', { userIds: ['1'] }, legacyError(0, 'Invalid request body.')],
])('%s refuses a wrong body', async (path, json, body) => {
  const { addresses } = await startTestSandbox()
  const reply = await ask(`${addresses.robloxUsers}${path}`, { method: 'POST', json })
  expect([reply.status, reply.body]).toEqual([400, body])
})

test('the most names and ids that are allowed are answered', async () => {
  const { addresses } = await startTestSandbox()
  const usernames = Array.from({ length: 100 }, (_, n) => `Visitor${100_001 + n}`)
  const userIds = Array.from({ length: 200 }, (_, n) => 100_001 + n)
  const byName = await ask(`${addresses.robloxUsers}/v1/usernames/users`, { json: { usernames } })
  const byId = await ask(`${addresses.robloxUsers}/v1/users`, { json: { userIds } })
  expect(byName.body).toHaveProperty('data.length', 100)
  expect(byId.body).toHaveProperty('data.length', 200)
})

test('ids find those that exist, banned ones unless excluded', async () => {
  const { addresses } = await startTestSandbox()
  const all = await ask(`${addresses.robloxUsers}/v1/users`, { json: { userIds: [1, 1007, 5, 1] } })
  const unbanned = await ask(`${addresses.robloxUsers}/v1/users`, {
    json: { userIds: [1, 1007], excludeBannedUsers: true },
  })
  expect(all.body).toEqual({ data: [roblox, banned] })
  expect(unbanned.body).toEqual({ data: [roblox] })
})

test('a user who was renamed is found by both names, and a current name wins over a previous one', async () => {
  const { addresses, world } = await startTestSandbox()
  world.rename('1006', 'MemberRenamed')
  world.addUser({ id: '2000', name: 'jtmaverykold' })
  const reply = await ask(`${addresses.robloxUsers}/v1/usernames/users`, {
    json: { usernames: ['memberone', 'MemberRenamed', 'JTmaverykOld'] },
  })
  expect(reply.body).toMatchObject({
    data: [
      { requestedUsername: 'memberone', id: 1006, name: 'MemberRenamed' },
      { requestedUsername: 'MemberRenamed', id: 1006 },
      { requestedUsername: 'JTmaverykOld', id: 2000, name: 'jtmaverykold' },
    ],
  })
})

test('one user is shown with the ban by Roblox', async () => {
  const { addresses, world } = await startTestSandbox()
  const missing = await ask(`${addresses.robloxUsers}/v1/users/5`)
  expect([missing.status, missing.body]).toEqual([404, legacyError(3, 'The user id is invalid.')])
  const before = await ask(`${addresses.robloxUsers}/v1/users/1007`)
  world.setBanned('1007', false)
  const after = await ask(`${addresses.robloxUsers}/v1/users/1007`)
  expect(before.body).toEqual({
    description: '',
    created: '2013-07-13T07:50:00.083Z',
    isBanned: true,
    externalAppDisplayName: null,
    ...banned,
  })
  expect(after.body).toMatchObject({ isBanned: false })
})
