import { describe, expect, test } from 'vitest'
import { moderator, pathOf } from '../../test/magicband.ts'
import type { Fault } from './testing/faulty-proxy.ts'
import { end, failing, paid, paidInAll, start, startServer } from './testing/shifts.ts'
import { tower, worldOfTests } from './testing/world.ts'

const world = await worldOfTests()

describe('while Magicband is out of order, shifts wait and are paid once', () => {
  test.each<[string, Fault]>([
    ['answers 500', failing],
    ['hangs', 'hang'],
    ['cuts connections', 'cut'],
    ['takes shifts and loses the answers', 'lost'],
    ['takes shifts and never answers', 'lost hang'],
    ['is behind a proxy that has no use for it', { status: 502, body: '<html>Bad gateway</html>' }],
    ['is behind a gateway with JSON of its own', { status: 404, body: '{"message":"no route","status":404}' }],
    ['is behind a page that says yes to all', { status: 200, body: '<html>Welcome</html>' }],
    [
      'is behind a router that speaks as it does',
      { status: 404, body: '{"status":"error","message":"Application not found"}' },
    ],
    ['is behind a router that refuses as it does', { status: 400, body: '{"status":"error","message":"bad request"}' }],
    ['is where nothing is', { status: 404, body: '{"status":"error","message":"not found"}' }],
    ['asks for patience', { status: 429, headers: { 'Retry-After': '30' }, body: '{}' }],
  ])('%s', async (_name, fault) => {
    const server = await startServer(world, [1001, 1002, 1003])
    world.proxy.fault = () => fault
    for (const id of [1001, 1002, 1003]) await start(server, id)
    await server.advance(600)
    for (const id of [1001, 1002, 1003]) await end(server, id)
    // Longer than Magicband knows a repeat by its seconds alone.
    await server.advance(1800)
    const asked = world.proxy.to('/log').length
    world.proxy.fault = () => undefined
    await server.advance(180)
    expect(await paid(world)).toEqual([
      ['1001', 600],
      ['1002', 600],
      ['1003', 600],
    ])
    expect(await world.points()).toEqual({ ledger: 30, players: 30 })
    expect(asked).toBeGreaterThan(10)
    expect(asked).toBeLessThan(90)
    expect(server.texts('warn')).toHaveLength(1)
    expect(server.texts('info')).toEqual(['[Magicband] Magicband can be used for /log again'])
    const keys = world.proxy.to('/log').map(({ headers }) => headers['idempotency-key'])
    expect(new Set(keys).size).toBe(3)
  })

  test('and the pauses between tries grow, up to two minutes', async () => {
    const server = await startServer(world, [1002])
    await start(server)
    await server.advance(60)
    await world.proxy.close()
    await end(server)
    await world.proxy.open()
    world.proxy.fault = () => failing
    await server.advance(1200)
    const times = world.proxy.to('/log').map(({ at }) => at / 1000)
    const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0))
    for (const [index, pause] of pauses.entries()) {
      const most = Math.min(2 ** (index + 2), 120)
      expect(pause).toBeGreaterThanOrEqual(most / 2 - 1)
      expect(pause).toBeLessThanOrEqual(most + 1)
    }
    // Jitter: not all game servers come back at the same moment.
    expect(new Set(pauses.slice(-4).map((pause) => pause.toFixed(3))).size).toBeGreaterThan(2)
  })

  test('and it is asked again when it said, not before', async () => {
    const server = await startServer(world, [1002])
    world.proxy.fault = () => ({
      status: 503,
      headers: { 'retry-after': '300' },
      body: '{"status":"error","message":"server is busy"}',
    })
    await start(server)
    await server.advance(60)
    await end(server)
    await server.advance(299)
    expect(world.proxy.to('/log')).toHaveLength(1)
    world.proxy.fault = () => undefined
    await server.advance(2)
    expect(await paid(world)).toEqual([['1002', 60]])
  })

  test('and those that wait for their turn meanwhile aren’t sent before it said so either', async () => {
    const server = await world.startServer()
    await server.run(`for id = 1, 300 do __join(id, "Visitor") Magicband.startShift(__player(id)) end`)
    await server.advance(60)
    let asked = 0
    world.proxy.fault = ({ path }) => {
      if (path !== '/log') return undefined
      const busy = {
        status: 503,
        headers: { 'retry-after': '300' },
        body: '{"status":"error","message":"server is busy"}',
      }
      return ++asked < 102 ? { status: 200, body: '{"status":"success"}' } : busy
    }
    await server.run(`for id = 1, 300 do __leave(id) end`)
    await server.advance(290)
    // At most those that were on their way when it said so.
    expect(asked).toBeGreaterThanOrEqual(102)
    expect(asked).toBeLessThanOrEqual(105)
  })

  test('and two of the same player with the same length are both paid', async () => {
    const server = await startServer(world, [1002])
    world.proxy.fault = () => failing
    for (let count = 0; count < 3; count++) {
      await start(server)
      await server.advance(120)
      await end(server)
    }
    world.proxy.fault = () => undefined
    await server.advance(180)
    // Magicband would take them for one shift that was sent three times.
    expect(await paid(world)).toEqual([
      ['1002', 120],
      ['1002', 121],
      ['1002', 122],
    ])
  })
})

test.each([402, 405, 410])(
  'shifts that something else answers %s are kept, told once, and paid in the end',
  async (status) => {
    const server = await startServer(world, [1002, 1003])
    world.proxy.fault = ({ path }) =>
      path === '/log' ? { status, body: '{"status":"error","message":"no such thing"}' } : undefined
    await start(server)
    await server.advance(60)
    await end(server)
    for (let minute = 0; minute < 10; minute++) {
      await server.run('Magicband.connect(__player(1003))')
      await server.advance(60)
    }
    expect(server.texts('warn')).toEqual([
      expect.stringContaining(`Magicband can't be used for /log: status ${status}`),
    ])
    world.proxy.fault = () => undefined
    await server.advance(180)
    expect(await paid(world)).toEqual([['1002', 60]])
  },
)

test('shifts that a script ended which was destroyed meanwhile are paid', async () => {
  const server = await startServer(world, [1002])
  for (let count = 1; count <= 12; count++) {
    await start(server)
    await server.advance(60 + count)
    world.proxy.fault = () => (count % 2 === 0 ? 'hang' : 'cut')
    await server.run(`__runScript("tool ${count}", function() Magicband.endShift(__player(1002)) end)`)
    await server.advance(1)
    await server.run(`__destroyScript("tool ${count}")`)
  }
  world.proxy.fault = () => undefined
  await server.advance(180)
  expect(await paid(world)).toHaveLength(12)
})

test('who clocks in and out all the time while Magicband is out of order is paid what was worked', async () => {
  const server = await startServer(world, [1002])
  await world.proxy.close()
  await server.run(`task.spawn(function()
    for count = 1, 300 do
      Magicband.startShift(__player(1002))
      task.wait(1.1)
      Magicband.endShift(__player(1002))
    end
  end)`)
  await server.advance(400)
  await world.proxy.open()
  await server.advance(600)
  const [[, seconds] = []] = await paidInAll(world)
  expect(seconds).toBeGreaterThanOrEqual(295)
  // But for a minute.
  expect(seconds).toBeLessThanOrEqual(400)
})

describe('a refusal', () => {
  test('of the shift itself ends it, in words, and stops no other', async () => {
    const server = await startServer(world, [1002, 1003], { placeId: tower })
    await world.band.post(pathOf('/certification/grant', { certification: 'tot', username: 'SeniorOne', moderator }))
    for (const id of [1002, 1003]) await start(server, id)
    await server.advance(60)
    for (const id of [1002, 1003]) await end(server, id)
    await server.advance(600)
    expect(await paid(world)).toEqual([['1003', 60]])
    expect(world.proxy.to('/log')).toHaveLength(2)
    expect(server.texts('warn')).toEqual([
      expect.stringMatching(/a shift was refused and isn't paid: invalid certification: player 1002, 60 seconds/),
    ])
  })

  test('of one shift that always fails stops no other', async () => {
    const server = await startServer(world, [1002, 1003])
    world.proxy.fault = ({ query }) => (query.get('id') === '1002' ? failing : undefined)
    for (const id of [1002, 1003]) await start(server, id)
    await server.advance(60)
    for (const id of [1002, 1003]) await end(server, id)
    await server.advance(120)
    expect(await paid(world)).toEqual([['1003', 60]])
  })

  test.each([
    ['the key, which was revoked', 'invalid key'],
    ['the key, which lacks the scope', 'access denied'],
  ])('of %s costs no hours: the next key in the secret is used', async (name, problem) => {
    const server = await startServer(world, [1002])
    const scopes = name.includes('scope') ? { scopes: ['connect' as const] } : { expiresAt: world.band.now() }
    await server.setSecret('Magicband', await world.band.createKey({ kind: 'game', ...scopes }))
    await start(server)
    await server.advance(3600)
    await end(server)
    await server.advance(3600)
    expect(await paid(world)).toEqual([])
    expect(server.texts('warn')).toEqual([expect.stringContaining(problem)])
    await server.setSecret('Magicband', world.band.keys.wed?.game ?? '')
    await server.advance(121)
    expect(await paid(world)).toEqual([['1002', 3600]])
  })
})

test('a server full of players who leave at once stays under the limit, and joins go first', async () => {
  const server = await world.startServer()
  // Answered on the way, since it is about how many there are.
  world.proxy.fault = ({ path }) => (path === '/log' ? { status: 200, body: '{"status":"success"}' } : undefined)
  await server.run(`for id = 1, 700 do __join(id, "Visitor") Magicband.startShift(__player(id)) end`)
  await server.advance(60)
  await server.run(`for id = 1, 700 do __leave(id) end`)
  await server.join(1002)
  const from = server.now
  expect(await server.value('Magicband.connect(__player(1002))')).toMatchObject({ ok: true })
  expect(server.now - from).toBeLessThan(1)
  await server.advance(180)
  const ids = world.proxy.to('/log').map(({ query }) => query.get('id'))
  expect([ids.length, new Set(ids).size]).toEqual([700, 700])
  const times = world.proxy.requests.map(({ at }) => at)
  const perMinute = times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length)
  expect(Math.max(...perMinute)).toBeLessThanOrEqual(450)
})
