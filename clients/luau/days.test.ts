import { describe, expect, test } from 'vitest'
import type { GameServer } from './testing/game-servers.ts'
import { paid, paidInAll, reportsLeft, startWorking } from './testing/shifts.ts'
import { worldOfTests } from './testing/world.ts'

const hour = 3600
const minute = 60

const world = await worldOfTests()

/** Lets the data stores fail for one server. */
function takeStoresFrom(server: GameServer): void {
  world.stores.fault = (_request, jobId) => (jobId === server.jobId ? 'fail' : undefined)
}

// Days of several servers take their time on a machine that is busy.
describe('a server without data stores for longer than Magicband remembers keys', { timeout: 300_000 }, () => {
  test('sends of a shift that others have paid in part the rest, though it ended in between', async () => {
    const server = await startWorking(world, { count: 1, seconds: 150 })
    const other = await world.startServer()
    takeStoresFrom(server)
    await world.advance(2 * hour, other, server)
    await server.leave(100_001)
    await server.advance(50 * hour)
    world.stores.fault = () => undefined
    await world.advance(hour, other, server)
    expect(await paidInAll(world)).toEqual([['100001', 150 + 2 * hour]])
  })

  test('goes on with a shift that others have paid in part, without paying that again', async () => {
    const server = await startWorking(world, { count: 1, seconds: 5 * hour })
    const other = await world.startServer()
    takeStoresFrom(server)
    await world.advance(hour, other, server)
    expect((await paid(world)).length).toBe(1)
    await server.run('Magicband.setAway(__player(100001), true)')
    await server.advance(50 * hour)
    world.stores.fault = () => undefined
    await server.advance(5 * minute)
    await server.leave(100_001)
    await server.advance(minute)
    expect(await paidInAll(world)).toEqual([['100001', 6 * hour]])
  })

  test('keeps to be decided on what Magicband could not be told in that time', async () => {
    const server = await startWorking(world, { count: 1, seconds: 150 })
    const other = await world.startServer()
    takeStoresFrom(server)
    world.proxy.fault = ({ query }) => (query.get('duration') === `${150 + 2 * hour}` ? 'cut' : undefined)
    await server.advance(2 * hour)
    await server.leave(100_001)
    await server.advance(47 * hour + 10 * minute)
    await other.advance(2 * hour)
    const [[, taken = 0] = []] = await paid(world)
    world.stores.fault = () => undefined
    world.proxy.fault = () => undefined
    await world.advance(hour, server, other)
    const left = reportsLeft(world).reduce((sum, { seconds }) => sum + seconds, 0)
    const [[, all = 0] = []] = await paidInAll(world)
    expect(taken).toBeGreaterThan(0)
    expect(all + left).toBe(150 + 2 * hour)
  })

  test('which don’t even answer, sends nothing again that others have sent', async () => {
    const server = await startWorking(world, { count: 1, seconds: 3600 })
    const other = await world.startServer()
    await world.proxy.close()
    await server.leave(100_001)
    await server.advance(2 * minute)
    world.stores.fault = (_request, jobId) => (jobId === server.jobId ? { delay: 100 * hour } : undefined)
    await server.advance(2 * minute)
    await world.proxy.open()
    await other.advance(2 * hour)
    expect(await paid(world)).toEqual([['100001', 3600]])
    await world.proxy.close()
    await server.advance(51 * hour)
    await world.proxy.open()
    await server.advance(hour)
    expect(await paid(world)).toEqual([['100001', 3600]])
  })

  test.each(['goes on', 'is shut down'])(
    'sends what it was in doubt about once they say that nobody has it: %s',
    async (end) => {
      const server = await startWorking(world, { count: 1, seconds: 150 })
      await world.proxy.close()
      await server.leave(100_001)
      await server.advance(minute)
      world.stores.fault = () => 'fail'
      await server.advance(49 * hour)
      await world.proxy.open()
      await server.advance(10 * minute)
      expect(await paid(world)).toEqual([])
      world.stores.fault = () => undefined
      if (end === 'goes on') await server.advance(10 * minute)
      else {
        await server.shutDown()
        const next = await world.startServer()
        await next.advance(hour)
      }
      expect(await paid(world)).toEqual([['100001', 150]])
    },
  )
})
