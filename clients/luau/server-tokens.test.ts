import { beforeAll, describe, expect, test } from 'vitest'
import type { Fault } from './testing/faulty-proxy.ts'
import { failing, leftBy, paid, startWorking, workedBy } from './testing/shifts.ts'
import { placesFile, worldOfTests } from './testing/world.ts'

const hour = 3600
const nothing = { kept: [], listed: [] }

const world = await worldOfTests()

describe('with server tokens', () => {
  const withTokens = { wed: `${placesFile}\nserverTokens: true\n` }
  beforeAll(() => world.band.restart(withTokens))

  const key = () => world.band.keys.wed?.game
  const asked = () => world.proxy.to('/v1/server-token')

  test('each server has its own, renews it in time, and asks anew when it was revoked', async () => {
    const server = await world.startServer()
    await server.join(1002)
    expect(await server.value('Magicband.connect(__player(1002))')).toMatchObject({ ok: true })
    const join = () => server.run('return Magicband.connect(__player(1002)).ok')
    expect(asked().map(({ status, headers }) => [status, headers['x-api-key']])).toEqual([[201, key()]])
    expect(world.proxy.to('/connect')[0]?.headers['x-api-key']).not.toBe(key())
    await server.advance(5 * hour)
    expect(await join()).toEqual([true])
    expect(asked()).toHaveLength(1)
    await server.advance(1.1 * hour)
    expect(await join()).toEqual([true])
    expect(asked()).toHaveLength(2)
    await world.band.app.database.act(async (trx) => {
      await trx.updateTable('api_key').set({ revoked_at: world.band.now() }).where('asked_by', 'is not', null).execute()
      return { status: 200, body: {} }
    })
    await server.advance(60)
    expect(await join()).toEqual([true])
    expect(asked()).toHaveLength(3)
    // Nobody can be asked for another one: the one that is there does.
    world.proxy.fault = ({ path }) => (path === '/v1/server-token' ? failing : undefined)
    await server.advance(11 * hour)
    expect(await join()).toEqual([true])
    expect(server.texts('warn')).toEqual([])
  })

  test('joins that come before the first one wait for it, and the key itself is never used for them', async () => {
    const server = await world.startServer()
    world.proxy.fault = ({ path }) => (path === '/v1/server-token' ? { delay: 3 } : undefined)
    for (const id of [1001, 1002, 1003]) await server.join(id)
    await server.run(`for _, id in { 1001, 1002, 1003 } do task.spawn(Magicband.connect, __player(id)) end`)
    await server.advance(4)
    expect(asked()).toHaveLength(1)
    expect(world.proxy.to('/connect').map(({ status }) => status)).toEqual([200, 200, 200])
  })

  test.each<[string, Fault | undefined, number, boolean]>([
    ['one player whose token was revoked, and no other is given', 'hang', 1, false],
    ['one player whose token was revoked, and another comes slowly', { delay: 4 }, 1, true],
    ['many players whose token was revoked, and another comes', undefined, 70, true],
  ])('joins of %s are over in time', async (_name, fault, count, isKnown) => {
    const server = await world.startServer()
    await server.join(1002)
    await server.run('Magicband.connect(__player(1002))')
    await world.band.app.database.act(async (trx) => {
      await trx.updateTable('api_key').set({ revoked_at: world.band.now() }).where('asked_by', 'is not', null).execute()
      return { status: 200, body: {} }
    })
    await server.advance(60)
    world.proxy.fault = ({ path }) => (path === '/v1/server-token' ? fault : count === 1 ? { delay: 1 } : undefined)
    await server.run(`
      slowest, known = 0, 0
      for id = 100001, ${100_000 + count} do
        __join(id, "Visitor")
        task.spawn(function()
          local from = os.clock()
          local isKnown = Magicband.connect(__player(id)).ok
          known += if isKnown then 1 else 0
          slowest = math.max(slowest, os.clock() - from)
        end)
      end`)
    await server.advance(60)
    const [slowest, known] = await server.run('return slowest, known')
    expect(slowest).toBeLessThanOrEqual(count === 1 ? 10 : 15)
    expect(known).toBe(isKnown ? count : 0)
  })

  test('the next server sends what one has left in its name, and a lost answer isn’t paid again', async () => {
    const server = await startWorking(world, { count: 3, seconds: 600 })
    world.proxy.fault = ({ path }) => (path === '/log' ? 'lost hang' : undefined)
    await server.shutDown()
    expect(await world.shifts()).toHaveLength(3)
    world.proxy.fault = () => undefined
    await world.advance(5 * hour)
    const next = await world.startServer()
    await next.advance(120)
    expect(await paid(world)).toEqual(workedBy(3, 600))
    expect(world.proxy.to('/log').filter(({ at, status }) => at > 4 * hour && status === 200).length).toBeGreaterThan(2)
    expect(leftBy(world)).toEqual(nothing)
  })

  test('a community that turns them on while a server runs is noticed', async () => {
    await world.band.restart({ wed: placesFile })
    const server = await startWorking(world, { count: 1, seconds: 600 })
    await world.band.restart(withTokens)
    await server.leave(100_001)
    await server.advance(60)
    expect(await paid(world)).toEqual(workedBy(1, 600))
  })
})
