import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeTemporaryFolder } from '../../test/temporary-folder.ts'
import { ConfigurationError } from '../config/mistakes.ts'
import { roleIds } from './population.ts'
import { startSandbox } from './sandbox.ts'
import { ask, askCloud, startTestSandbox } from './testing.ts'
import { sandboxIds, sandboxKeys, World } from './world.ts'

const newWorld = () => new World({ clock: () => 0 })

function temporaryFolder(): string {
  const folder = makeTemporaryFolder('sandbox')
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test.each([
  ['1', 'Roblox', [], '100000000000000001'],
  ['172051854', 'JTmaveryk', ['Member', 'Executive'], '100000000000000002'],
  ['1001', 'StudentOne', ['Member', 'University Student'], '100000000000001001'],
  ['1002', 'CastOne', ['Member', 'Cast Member'], '100000000000001002'],
  ['1003', 'SeniorOne', ['Member', 'Senior Cast Member'], '100000000000001003'],
  ['1004', 'ManagerOne', ['Member', 'Manager'], '100000000000001004'],
  ['1005', 'PendingOne', [], '100000000000001005'],
  ['1006', 'MemberOne', ['Member'], '100000000000001006'],
  ['1007', 'BannedOne', ['Member'], undefined],
  ['100001', 'Visitor100001', ['Member'], undefined],
  ['101000', 'Visitor101000', ['Member'], undefined],
])('user %s is %s', (id, name, roles, discordId) => {
  const world = newWorld()
  expect(world.state.users.get(id)?.name).toBe(name)
  expect(world.rolesOf(id).map((role) => role.name)).toEqual(roles)
  for (const links of [world.state.bloxlinkLinks, world.state.roverLinks]) {
    expect([...links].find(([, robloxId]) => robloxId === id)?.[0]).toBe(discordId)
  }
})

test('there is nobody beyond the visitors, and one request to join', () => {
  const { state } = newWorld()
  expect([state.users.has('100000'), state.users.has('101001')]).toEqual([false, false])
  expect([...state.joinRequests.keys()]).toEqual(['1005'])
})

test('a user is added with roles and links', () => {
  const world = newWorld()
  world.addUser({ id: '2000', name: 'NewOne', roleIds: [roleIds.castMember], discordId: '100000000000002000' })
  expect(world.findUserByName('newone')?.id).toBe('2000')
  expect(world.rolesOf('2000').map(({ name }) => name)).toEqual(['Member', 'Cast Member'])
  expect(world.state.roverLinks.get('100000000000002000')).toBe('2000')
  world.setRoles('2000', [])
  expect(world.rolesOf('2000').map(({ name }) => name)).toEqual(['Member'])
  world.removeMember('2000')
  expect(world.rolesOf('2000')).toEqual([])
})

test.each([
  ['adding an id that is none', (world: World) => world.addUser({ id: '0', name: 'Zero' }), '0 is no Roblox user id'],
  [
    'adding an unsafe id',
    (world: World) => world.addUser({ id: '9007199254740993', name: 'Big' }),
    'is no Roblox user id',
  ],
  ['adding a user twice', (world: World) => world.addUser({ id: '1', name: 'Again' }), 'user 1 exists already'],
  ['an unknown role', (world: World) => world.setRoles('1', ['5']), 'there is no role 5'],
  ['roles for nobody', (world: World) => world.setRoles('5', []), 'there is no user 5'],
  ['a name for nobody', (world: World) => world.rename('5', 'Five'), 'there is no user 5'],
  ['a ban for nobody', (world: World) => world.setBanned('5', true), 'there is no user 5'],
  ['a request of nobody', (world: World) => world.addJoinRequest('5'), 'there is no user 5'],
])('%s is a mistake of the test', (_name, act, message) => {
  expect(() => act(newWorld())).toThrow(message)
})

test('a world does not grow without end', () => {
  const world = newWorld()
  world.change(({ users }) => {
    const [someone] = users.values()
    if (someone === undefined) throw new Error('a new world has users')
    for (let id = 200_000; users.size < 100_000; id += 1) users.set(`${id}`, { ...someone, id: `${id}` })
  })
  expect(() => world.addUser({ id: '2000', name: 'NewOne' })).toThrow('the sandbox holds 100000 users at most')
})

test('a rehearsal leaves the world as it was, also where it throws', () => {
  const world = newWorld()
  const before = structuredClone(world.state)
  const rank = world.rehearse(() => {
    world.setRoles('1006', [roleIds.manager])
    world.rename('1006', 'Other')
    return world.highestRoleOf('1006')?.rank
  })
  expect(rank).toBe(150)
  expect(() =>
    world.rehearse(() => {
      world.removeMember('1006')
      throw new Error('on stage')
    }),
  ).toThrow('on stage')
  expect(world.state).toEqual(before)
  expect(world.findUserByName('Other')).toBeUndefined()
})

test('without a file nothing is written', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'world.json')
  const { world } = await startTestSandbox()
  world.rename('1', 'Other')
  expect(existsSync(file)).toBe(false)
})

test('the world outlives its sandbox in a file, whatever of it changed', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'below', 'world.json')
  const first = await startTestSandbox({ file })
  const { addresses, world } = first
  await askCloud(first, '/cloud/v2/groups/1/join-requests/1005:accept', { json: {} })
  const role = `groups/1/roles/${roleIds.universityStudent}`
  await askCloud(first, '/cloud/v2/groups/1/memberships/1005:assignRole', { json: { role } })
  await askCloud(first, `/cloud/v2/universes/1234567/user-restrictions/1001?idempotencyKey.key=k`, {
    method: 'PATCH',
    json: { gameJoinRestriction: { active: true, duration: '60s' } },
  })
  await askCloud(first, '/cloud/v2/universes/1234567:publishMessage', { json: { topic: 't', message: 'm' } })
  const form = { api_dev_key: sandboxKeys.pastebin, api_option: 'paste', api_paste_code: 'text' }
  await ask(`${addresses.pastebin}/api/api_post.php`, { form })
  const webhook = `/api/webhooks/${sandboxIds.webhook}/${sandboxKeys.webhookToken}`
  await ask(`${addresses.discord}${webhook}`, { json: { content: 'hello', allowed_mentions: { parse: [] } } })
  world.rename('1', 'RobloxRenamed')
  world.linkDiscord({ discordId: '100000000000009999', robloxId: '1007', in: 'rover' })
  world.addRole({ id: '5', name: 'Lead', rank: 120 })
  await first.close()
  const second = await startTestSandbox({ file })
  expect(second.world.state).toEqual(world.state)
  expect(second.world.highestRoleOf('1005')?.rank).toBe(10)
  expect(readdirSync(join(folder, 'below'))).toEqual(['world.json'])
})

test('a rehearsed change is not written', async () => {
  const file = join(temporaryFolder(), 'world.json')
  const sandbox = await startTestSandbox({ file })
  sandbox.world.rename('1', 'Written')
  const before = readFileSync(file, 'utf8')
  sandbox.fail('robloxApis', { mode: 'truncated' })
  await askCloud(sandbox, '/cloud/v2/groups/1/join-requests/1005:accept', { json: {} })
  expect(readFileSync(file, 'utf8')).toBe(before)
  sandbox.heal()
  await askCloud(sandbox, '/cloud/v2/groups/1/join-requests/1005:accept', { json: {} })
  expect(readFileSync(file, 'utf8')).not.toBe(before)
})

test.each(['', 'no JSON', '{"version":2}', '{"version":1,"users":[]}'])(
  'a file with %j is refused and kept',
  async (text) => {
    const file = join(temporaryFolder(), 'world.json')
    writeFileSync(file, text)
    const failure = await startSandbox({ clock: Date.now, file }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ConfigurationError)
    const message = 'holds no world that this sandbox can read: delete it to begin with a new one'
    expect(failure).toMatchObject({ mistakes: [{ file, message }] })
    expect(readFileSync(file, 'utf8')).toBe(text)
  },
)
