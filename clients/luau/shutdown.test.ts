import { describe, expect, test } from 'vitest'
import type { Fault } from './testing/faulty-proxy.ts'
import { failing, leftBy, paid, startWorking, workedBy } from './testing/shifts.ts'
import { hub, worldOfTests } from './testing/world.ts'

const hour = 3600
const store = `Magicband-${hub}`
const nothing = { kept: [], listed: [] }

const world = await worldOfTests()

describe('a server that shuts down', () => {
  test.each<[string, Fault | undefined, number]>([
    ['at once', undefined, 2],
    ['in two seconds each', { delay: 2 }, 14],
  ])('has fifty shifts answered %s, and leaves nothing', async (_name, fault, within) => {
    const server = await startWorking(world, { count: 50, seconds: 600 })
    world.proxy.fault = () => fault
    expect(await server.shutDown()).toBeLessThan(within)
    expect(await paid(world)).toEqual(workedBy(50, 600))
    expect(leftBy(world)).toEqual(nothing)
    // It was written down before it was sent.
    expect(world.stores.requests.filter(({ op }) => op === 'set').length).toBeGreaterThan(1)
  })

  test.each<[string, Fault]>([
    ['answers 500', failing],
    ['hangs', 'hang'],
    ['takes shifts and never answers', 'lost hang'],
    [
      'asks for an hour of patience',
      { status: 429, headers: { 'retry-after': '3600' }, body: '{"status":"error","message":"too many requests"}' },
    ],
  ])('while Magicband %s leaves them to the next one, each paid once', async (name, fault) => {
    const server = await startWorking(world, { count: 5, seconds: 600 })
    world.proxy.fault = ({ path }) => (path === '/log' ? fault : undefined)
    expect(await server.shutDown()).toBeLessThan(name.includes('patience') ? 5 : 30)
    expect(leftBy(world)).toEqual({ kept: [server.jobId], listed: [server.jobId] })
    await world.advance(2 * hour)
    world.proxy.fault = () => undefined
    const next = await world.startServer()
    await next.advance(60)
    expect(await world.shifts()).toEqual(
      workedBy(5, 600).map(([id, seconds]) => ({ id, seconds, server: server.jobId, isTraining: false })),
    )
    expect(await world.points()).toEqual({ ledger: 50, players: 50 })
    expect(leftBy(world)).toEqual(nothing)
  })

  test('removes nothing while it is still being written: that would bring it back', async () => {
    const server = await startWorking(world, { count: 1, seconds: 30 })
    let isFirst = true
    world.stores.fault = ({ op, isOrdered }) => {
      if (!isFirst || op !== 'set' || isOrdered) return undefined
      isFirst = false
      return { delay: 2 }
    }
    const took = await server.shutDown()
    expect(took).toBeGreaterThan(2)
    expect(took).toBeLessThan(4)
    expect(await paid(world)).toEqual([['100001', 30]])
    expect([world.stores.values(store), world.stores.ordered(store)]).toEqual([{}, {}])
  })

  test('writes down what it can while an earlier writing hangs', async () => {
    const server = await startWorking(world, { count: 3, seconds: 630 })
    let isFirst = true
    world.stores.fault = () => {
      const delay = isFirst ? 300 : 8
      isFirst = false
      return { delay }
    }
    // One of the regular ones.
    await server.advance(40)
    const headers = { 'retry-after': '3600' }
    const patience = { status: 429, headers, body: '{"status":"error","message":"too many requests"}' }
    world.proxy.fault = ({ path }) => (path === '/log' ? patience : undefined)
    await server.shutDown()
    world.stores.fault = () => undefined
    world.proxy.fault = () => undefined
    await world.advance(2 * hour)
    const next = await world.startServer()
    await next.advance(60)
    expect(await paid(world)).toEqual(workedBy(3, 670))
  })

  test('sends nothing any more once it writes down for the last time what is left', async () => {
    const server = await startWorking(world, { count: 250, seconds: 600 })
    world.proxy.fault = () => ({ delay: 0.1 })
    world.stores.fault = () => ({ delay: 0.7 })
    await server.shutDown()
    const sent = (await world.shifts()).length
    expect(sent).toBeGreaterThan(100)
    expect(sent).toBeLessThan(250)
    world.proxy.fault = () => undefined
    await world.advance(49 * hour)
    const next = await world.startServer()
    await next.advance(hour)
    expect(await paid(world)).toEqual(workedBy(250, 600))
  })

  test('leaves what only waited for its turn as what can’t have been received', async () => {
    const server = await world.startServer()
    // Joins have used up the requests of the minute.
    await server.run(`for id = 100001, 100140 do __join(id, "Visitor") Magicband.startShift(__player(id)) end`)
    await server.advance(600)
    await server.run(`for id = 100001, 100140 do task.spawn(Magicband.connect, __player(id)) end`)
    await server.advance(1)
    await server.shutDown()
    const sent = (await world.shifts()).length
    expect(sent).toBeLessThan(140)
    await world.advance(49 * hour)
    const next = await world.startServer()
    await next.advance(hour)
    expect(await world.shifts()).toHaveLength(140)
    expect(next.texts('warn')).toEqual([])
  })

  test('goes on trying, though its next try was to be a minute later', async () => {
    const server = await startWorking(world, { count: 3, seconds: 600, hasDataStores: false })
    world.proxy.fault = () => failing
    await server.leave(100_001)
    await server.advance(600)
    let tries = 0
    world.proxy.fault = ({ path }) => (path === '/log' && ++tries <= 3 ? failing : undefined)
    expect(await server.shutDown()).toBeLessThan(20)
    expect((await paid(world)).map(([id]) => id)).toEqual(['100001', '100002', '100003'])
  })

  test('does not wait for its next try', async () => {
    const server = await startWorking(world, { count: 3, seconds: 600 })
    await world.proxy.close()
    for (const id of [100_001, 100_002, 100_003]) await server.leave(id)
    await server.advance(600)
    await world.proxy.open()
    expect(await server.shutDown()).toBeLessThan(5)
    expect(await world.shifts()).toHaveLength(3)
    expect(leftBy(world)).toEqual(nothing)
  })

  test('and is cut off in the middle has written all of it down before', async () => {
    const server = await startWorking(world, { count: 5, seconds: 630 })
    world.proxy.fault = () => 'hang'
    expect(await server.shutDown({ within: 5 })).toBe(5)
    world.proxy.fault = () => undefined
    const next = await world.startServer()
    await next.advance(hour)
    expect(await paid(world)).toEqual(workedBy(5, 630))
  })

  test.each(['fail', 'throttle'] as const)(
    'while the data store fails too (%s) says what is lost, and tries to the end',
    async (fault) => {
      const server = await startWorking(world, { count: 2, seconds: 600 })
      await world.proxy.close()
      world.stores.fault = () => fault
      const took = await server.shutDown()
      expect(took).toBeGreaterThan(25)
      expect(took).toBeLessThan(30)
      for (const id of [100_001, 100_002])
        expect(server.texts('warn')).toContainEqual(
          expect.stringMatching(`isn't known to be sent or written down: player ${id}, 60`),
        )
    },
  )

  test.each([
    ['all the time', undefined],
    ['and which is ended before it has tried again', 21],
  ])('whose record can’t be read %s leaves what was written before', async (_name, within) => {
    const server = await startWorking(world, { count: 3, seconds: 600 })
    world.proxy.fault = () => 'cut'
    world.stores.fault = ({ op, isOrdered }) => (op === 'get' && !isOrdered ? 'fail' : undefined)
    await server.shutDown(within === undefined ? {} : { within })
    world.proxy.fault = () => undefined
    world.stores.fault = () => undefined
    const next = await world.startServer()
    await next.advance(hour)
    expect((await paid(world)).map(([, seconds]) => seconds > 600 - 75)).toEqual([true, true, true])
  })

  test('and whose last shift is answered while it is written down leaves no empty record', async () => {
    const server = await startWorking(world, { count: 1, seconds: 150 })
    world.stores.fault = ({ op, isOrdered }) => (op === 'get' && !isOrdered ? { delay: 3 } : undefined)
    let asked = 0
    world.proxy.fault = ({ path }) => (path !== '/log' ? undefined : ++asked === 1 ? 'hang' : { delay: 9.5 })
    await server.shutDown()
    expect(await paid(world)).toEqual([['100001', 150]])
    expect([world.stores.values(store), world.stores.ordered(store)]).toEqual([{}, {}])
  })

  test('while what was there before is still being removed leaves all the same', async () => {
    const server = await startWorking(world, { count: 1, seconds: 90 })
    await server.leave(100_001)
    let removals = 0
    world.stores.fault = ({ op, isOrdered }) =>
      op === 'remove' && !isOrdered && ++removals === 1 ? { delay: 30 } : undefined
    while (removals === 0) await server.advance(1)
    await server.join(100_002)
    await server.run('Magicband.startShift(__player(100002))')
    await server.advance(9)
    world.proxy.fault = () => 'cut'
    world.stores.fault = ({ op, isOrdered }) => (op === 'set' && isOrdered ? { delay: 2 } : undefined)
    await server.shutDown()
    world.proxy.fault = () => undefined
    world.stores.fault = () => undefined
    const next = await world.startServer()
    await next.advance(hour)
    expect((await paid(world)).map(([id]) => id)).toEqual(['100001', '100002'])
  })

  test('and whose data store does what it is asked and says it failed leaves each shift once', async () => {
    const server = await startWorking(world, { count: 3, seconds: 600 })
    await world.proxy.close()
    world.stores.fault = ({ op }) => (op === 'set' ? 'lost' : undefined)
    await server.shutDown()
    world.stores.fault = () => undefined
    await world.proxy.open()
    // Its end isn't certain, so it takes until it is sure to be gone.
    const next = await world.startServer()
    await next.advance(hour)
    expect(await paid(world)).toEqual(workedBy(3, 600))
  })
})
