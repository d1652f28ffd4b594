import { describe, expect, test } from 'vitest'
import { leftBy, paid, paidInAll, startWorking, workedBy } from './testing/shifts.ts'
import { hub, type World, worldOfTests } from './testing/world.ts'

const hour = 3600
const store = `Magicband-${hub}`
const nothing = { kept: [], listed: [] }

const world = await worldOfTests()

describe('a server that is gone without a word', () => {
  test('loses a minute at most: the next one that has watched it for long enough sends what it wrote down', async () => {
    const server = await startWorking(world, { count: 3, seconds: 1830 })
    await server.kill()
    const next = await world.startServer()
    await next.advance(900)
    expect(await world.shifts()).toEqual([])
    await next.advance(900)
    expect(await paid(world)).toEqual(workedBy(3, 1798))
    expect(leftBy(world)).toEqual(nothing)
  })

  test('that had been paid already is not paid again for less', async () => {
    const server = await startWorking(world, { count: 2, seconds: 630 })
    await server.leave(100_001)
    await server.leave(100_002)
    await server.advance(1)
    await server.kill()
    expect(leftBy(world).kept).toEqual([server.jobId])
    await world.advance(7 * hour)
    const next = await world.startServer()
    await next.advance(60)
    expect(await paid(world)).toEqual(workedBy(2, 630))
    expect(next.texts('warn')).toEqual([
      expect.stringContaining('paid before, with another length'),
      expect.stringContaining('paid before, with another length'),
    ])
    expect(leftBy(world)).toEqual(nothing)
  })

  test('may have sent what it had not written down as sent: not sent again once Magicband has forgotten', async () => {
    const server = await startWorking(world, { count: 1, seconds: 630 })
    await server.leave(100_001)
    await server.advance(1)
    await server.kill()
    await world.advance(49 * hour)
    const next = await world.startServer()
    await next.advance(60)
    expect(await paid(world)).toEqual([['100001', 630]])
    expect(leftBy(world).kept).toEqual([server.jobId])
  })

  test('while it sends what another one has left leaves it as what may have been received', async () => {
    const server = await startWorking(world, { count: 1, seconds: 630 })
    await world.proxy.close()
    await server.shutDown()
    await world.proxy.open()
    const taker = await world.startServer()
    world.proxy.fault = ({ path }) => (path === '/log' ? 'lost hang' : undefined)
    for (let waited = 0; waited < 40 && world.proxy.to('/log').length === 0; waited++) await taker.advance(1)
    await taker.kill()
    world.proxy.fault = () => undefined
    await world.advance(49 * hour)
    const next = await world.startServer()
    await next.advance(60)
    expect(await paid(world)).toEqual([['100001', 630]])
    expect(next.texts('warn')).toEqual([expect.stringContaining('may be paid already')])
  })

  test('but lives, with data stores that failed for hours, keeps its shifts to itself', async () => {
    const [server, other] = [await startWorking(world, { count: 2, seconds: 600 }), await world.startServer()]
    world.stores.fault = () => 'fail'
    await world.advance(2 * hour, server, other)
    world.stores.fault = () => undefined
    await world.advance(hour, server, other)
    expect(await world.shifts()).toEqual([])
    await server.shutDown()
    expect(await paid(world)).toEqual(workedBy(2, 600 + 3 * hour))
  }, 30_000)

  test.each([1, 25, 60, 200])(
    'but lives, and could not write for %i minutes while others could, has each second paid once',
    async (minutes) => {
      const [server, other] = [await startWorking(world, { count: 5, seconds: 150 }), await world.startServer()]
      world.stores.fault = ({ op }, jobId) => (op === 'set' && jobId === server.jobId ? 'fail' : undefined)
      await world.advance(minutes * 60, other, server)
      world.stores.fault = () => undefined
      await world.advance(600, other, server)
      await server.shutDown()
      await other.advance(hour)
      expect(await paidInAll(world)).toEqual(workedBy(5, 150 + minutes * 60 + 600))
      expect(await world.shifts()).toHaveLength(minutes === 1 ? 5 : 10)
      expect(leftBy(world)).toEqual(nothing)
      expect(other.texts('warn')).toEqual([])
    },
    30_000,
  )

  type StoreFault = World['stores']['fault']
  test.each<[string, number, StoreFault]>([
    ['nothing is written', 12, () => 'fail'],
    ['the index alone is not written', 3, ({ isOrdered }) => (isOrdered ? 'fail' : undefined)],
    ['what is written is told as failed', 3, ({ isOrdered }) => (isOrdered ? 'fail' : 'lost')],
  ])(
    'but lives, and may be taken for gone three times while %s, has each second paid once, in %i parts',
    async (_name, parts, fault) => {
      const server = await startWorking(world, { count: 3, seconds: 150 })
      const others = [await world.startServer(), await world.startServer()]
      for (let times = 0; times < 3; times++) {
        world.stores.fault = (request, jobId) =>
          request.op === 'set' && jobId === server.jobId ? fault(request, jobId) : undefined
        await world.advance(40 * 60, ...others, server)
        world.stores.fault = () => undefined
        await world.advance(180, ...others, server)
      }
      // What is left of it at its end is for another one to take.
      await world.proxy.close()
      await server.shutDown()
      await world.proxy.open()
      await world.advance(hour, ...others)
      expect(await world.shifts()).toHaveLength(parts)
      expect(await paidInAll(world)).toEqual(workedBy(3, 150 + 3 * (40 * 60 + 180)))
      expect(leftBy(world)).toEqual(nothing)
    },
    60_000,
  )

  test('leaves an entry in the index alone, if it had nothing to leave: it is taken out', async () => {
    const server = await world.startServer()
    await server.run(`game:GetService("DataStoreService"):GetOrderedDataStore("${store}"):SetAsync("nobody", 1)`)
    await server.advance(60)
    expect(leftBy(world).listed).toEqual([])
  })
})
