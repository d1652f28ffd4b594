import { expect, test } from 'vitest'
import { roleIds } from './population.ts'
import { ask, member, startTestSandbox } from './testing.ts'

const targets =
  'all, roblox, robloxApis, robloxUsers, robloxGroups, robloxThumbnails, bloxlink, rover, pastebin, discord'
const modes = 'refuse, lost, hang, slow, 429, 500, html, empty, truncated'

test.each([
  ['POST', '/fail?mode=500', 400, `service must be one of: ${targets}.`],
  ['POST', '/fail?service=roblux&mode=500', 400, `service must be one of: ${targets}.`],
  ['POST', '/fail?service=roblox', 400, `mode must be one of: ${modes}.`],
  ['POST', '/fail?service=roblox&mode=418', 400, `mode must be one of: ${modes}.`],
  ['POST', '/fail?service=roblox&mode=500&times=0', 400, 'times must be a whole number from 1 to 1000000.'],
  ['POST', '/fail?service=roblox&mode=500&times=many', 400, 'times must be a whole number from 1 to 1000000.'],
  ['POST', '/fail?service=roblox&mode=slow&delayMs=600001', 400, 'delayMs must be a whole number from 0 to 600000.'],
  ['POST', '/fail?service=roblox&mode=429&retryAfter=-1', 400, 'retryAfter must be a whole number from 0 to 86400.'],
  [
    'POST',
    '/fail?service=roblox&mode=500&time=5',
    400,
    'time is no parameter here. There are: service, mode, retryAfter, delayMs, times.',
  ],
  ['POST', '/heal?service=roblux', 400, `service must be one of: ${targets}.`],
  ['GET', '/requests?service=roblux', 400, `service must be one of: ${targets}.`],
  ['GET', '/nothing', 404, 'There are: GET /, GET /world, GET /requests, POST /fail, POST /heal.'],
  ['GET', '/fail?service=roblox&mode=500', 405, 'There are: GET /, GET /world, GET /requests, POST /fail, POST /heal.'],
])('%s %s is wrong and breaks nothing', async (method, path, status, error) => {
  const { addresses, controlAddress } = await startTestSandbox()
  const reply = await ask(`${controlAddress}${path}`, { method })
  expect([reply.status, reply.body]).toEqual([status, { error }])
  expect((await ask(`${addresses.robloxUsers}/v1/users/1`)).status).toBe(200)
})

test('a service fails and heals on request', async () => {
  const { addresses, controlAddress } = await startTestSandbox()
  const status = async () => (await ask(`${addresses.robloxUsers}/v1/users/1`)).status
  await ask(`${controlAddress}/fail?service=roblox&mode=429&retryAfter=2&times=2`, { method: 'POST' })
  const limited = await ask(`${addresses.robloxUsers}/v1/users/1`)
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '2'])
  expect([await status(), await status()]).toEqual([429, 200])
  await ask(`${controlAddress}/fail?service=robloxUsers&mode=500`, { method: 'POST' })
  expect(await status()).toBe(500)
  await ask(`${controlAddress}/heal?service=discord`, { method: 'POST' })
  expect(await status()).toBe(500)
  await ask(`${controlAddress}/heal`, { method: 'POST' })
  expect(await status()).toBe(200)
})

test('a delay that is asked for is kept', async () => {
  const { addresses, controlAddress } = await startTestSandbox()
  const failed = await ask(`${controlAddress}/fail?service=robloxUsers&mode=slow&delayMs=50`, { method: 'POST' })
  const began = performance.now()
  expect((await ask(`${addresses.robloxUsers}/v1/users/1`)).status).toBe(200)
  expect(performance.now() - began).toBeGreaterThan(45)
  expect(failed.body).toMatchObject({
    robloxUsers: { failure: { mode: 'slow', delayMs: 50 } },
    rover: { failure: null },
  })
})

test('the overview tells of every service, and its own examples work', async () => {
  const { addresses, controlAddress, fail } = await startTestSandbox()
  await ask(`${addresses.rover}/`)
  fail('robloxUsers', { mode: 'slow', delayMs: 5, times: 3 })
  fail('discord', { mode: 'hang' })
  const { body } = await ask(`${controlAddress}/`)
  expect(body).toMatchObject({
    sandbox: 'Magicband Sandbox',
    services: {
      rover: { address: addresses.rover, failure: null, requests: 1 },
      robloxUsers: { failure: { mode: 'slow', delayMs: 5, times: 3, timesLeft: 3 }, requests: 0 },
      discord: { failure: { mode: 'hang' } },
    },
  })
  const use = member(body, 'use')
  if (!Array.isArray(use)) throw new Error('the overview has no examples')
  for (const line of use) {
    const [, method = 'GET', url = ''] = /^curl (?:-X (POST) )?'(.+)'$/.exec(line) ?? []
    expect(url.startsWith(controlAddress), line).toBe(true)
    expect((await ask(url, { method })).status, line).toBe(200)
  }
  expect(use).toHaveLength(6)
})

test('requests are shown by service', async () => {
  const { addresses, controlAddress } = await startTestSandbox()
  await ask(`${addresses.robloxUsers}/v1/users/1`)
  await ask(`${addresses.rover}/api?x=1`)
  const all = await ask(`${controlAddress}/requests`)
  const rover = await ask(`${controlAddress}/requests?service=rover`)
  expect(all.body).toMatchObject([{ service: 'robloxUsers' }, { service: 'rover' }])
  expect(rover.body).toMatchObject([{ service: 'rover', method: 'GET', path: '/api?x=1' }])
})

test('the world is shown with the visitors that changed', async () => {
  const { controlAddress, world } = await startTestSandbox()
  world.setRoles('100005', [roleIds.castMember])
  const { body } = await ask(`${controlAddress}/world`)
  const users = member(body, 'users')
  if (!Array.isArray(users)) throw new Error('the world has no users')
  const find = (id: string) => users.find((user) => user.id === id)
  expect(users).toHaveLength(11)
  expect(find('172051854')).toEqual({
    id: '172051854',
    name: 'JTmaveryk',
    previousNames: ['JTmaverykOld'],
    isBanned: false,
    rank: 250,
    roles: ['Member', 'Executive'],
    joinRequestIsPending: false,
    bloxlink: ['100000000000000002'],
    rover: ['100000000000000002'],
  })
  expect(find('1005')).toMatchObject({ rank: 0, roles: [], joinRequestIsPending: true })
  expect(find('100005')).toMatchObject({ rank: 50, roles: ['Member', 'Cast Member'] })
})
