import { describe, expect, test } from 'vitest'
import type { GameServer } from './testing/game-servers.ts'
import { leftBy, paid, paidInAll, reportsLeft, startWorking, workedBy } from './testing/shifts.ts'
import { hub, worldOfTests } from './testing/world.ts'

const hour = 3600
const minute = 60
const store = `Magicband-${hub}`
/** Two days of several servers take their time on a machine that is busy. */
const patience = { timeout: 300_000 }
const nothing = { kept: [], listed: [] }

const world = await worldOfTests()

/** Lets a server write nothing for so long, while another one of the place can. */
async function keepFromWriting(server: GameServer, other: GameServer, seconds: number): Promise<void> {
  world.stores.fault = ({ op }, jobId) => (op === 'set' && jobId === server.jobId ? 'fail' : undefined)
  await world.advance(seconds, other, server)
  world.stores.fault = () => undefined
}

/** A server with one player who works, from whom another server has taken the shift at this length. */
async function startTaken(): Promise<{ server: GameServer; other: GameServer; taken: number }> {
  const server = await startWorking(world, { count: 1, seconds: 150 })
  const other = await world.startServer()
  await keepFromWriting(server, other, 30 * minute)
  const [part] = await paid(world)
  expect(part?.[0]).toBe('100001')
  return { server, other, taken: part?.[1] ?? 0 }
}

describe('a server whose record was taken by another', () => {
  test('has each second paid once', async () => {
    const { server, other, taken } = await startTaken()
    await world.advance(120, other, server)
    expect(await server.run('return Magicband.getShift(__player(100001))')).toEqual([150 + 30 * minute + 120])
    expect(await server.run('return Magicband.endShift(__player(100001))')).toEqual([150 + 30 * minute + 120])
    await server.advance(2)
    expect(await paid(world)).toEqual([
      ['100001', taken],
      ['100001', 150 + 30 * minute + 120 - taken],
    ])
    expect(server.texts('warn').filter((text) => text.includes('another length'))).toEqual([])
  })

  test('goes on with another record, which is found when it is gone as well', async () => {
    const { server, other } = await startTaken()
    await world.advance(150, other, server)
    expect(leftBy(world)).toEqual({ kept: [`${server.jobId}.2`], listed: [`${server.jobId}.2`] })
    await server.kill()
    await other.advance(30 * minute)
    const [[, seconds = 0] = []] = await paidInAll(world)
    expect(seconds).toBeGreaterThan(150 + 30 * minute + 150 - 75)
    expect(seconds).toBeLessThanOrEqual(150 + 30 * minute + 150)
    expect((await world.shifts()).map((shift) => shift.server)).toEqual([server.jobId, server.jobId])
  })

  test.each([
    ['and ends the shift before it knows', true],
    ['and is shut down before it knows', false],
  ])('%s learns it from the data store', async (_name, isLeft) => {
    const { server, other } = await startTaken()
    const taken = (await paid(world))[0]?.[1] ?? 0
    if (isLeft) {
      await server.leave(100_001)
      await world.advance(180, other, server)
    } else {
      await server.shutDown()
      await other.advance(hour)
    }
    expect(await paid(world)).toEqual([
      ['100001', taken],
      ['100001', 150 + 30 * minute - taken],
    ])
    expect(leftBy(world)).toEqual(nothing)
  })

  test.each([
    ['the whole was received first, and the answer lost', 'server first'],
    ['the part was received first', 'other first'],
  ])('and a shift that ends at the same time: %s', async (_name, order) => {
    const server = await startWorking(world, { count: 1, seconds: 150 })
    const other = await world.startServer()
    let sent = 0
    world.stores.fault = ({ op }, jobId) => (op === 'set' && jobId === server.jobId ? 'fail' : undefined)
    world.proxy.fault = ({ path, query }) => {
      if (path !== '/log') return undefined
      const isWhole = query.get('duration') === `${150 + 15 * minute}`
      if (order === 'server first') return isWhole ? (++sent < 3 ? 'lost' : 'cut') : undefined
      const isPartPaid = world.proxy.to('/log').some(({ status }) => status === 200)
      return isWhole && !isPartPaid ? 'cut' : undefined
    }
    await world.advance(15 * minute, other, server)
    await server.leave(100_001)
    await world.advance(15 * minute, other, server)
    world.proxy.fault = () => undefined
    world.stores.fault = () => undefined
    await world.advance(10 * minute, other, server)
    expect(await paidInAll(world)).toEqual([['100001', 150 + 15 * minute]])
    expect(await world.shifts()).toHaveLength(order === 'server first' ? 1 : 2)
    expect(leftBy(world)).toEqual(nothing)
  })

  test('has a shift as long as the part that was taken paid as well', async () => {
    const { server, other, taken } = await startTaken()
    await world.advance(minute, other, server)
    const [whole] = await server.run('return Magicband.getShift(__player(100001))')
    await server.leave(100_001)
    await server.join(100_001)
    await server.run('Magicband.startShift(__player(100001))')
    await server.advance(taken)
    await server.leave(100_001)
    await server.advance(10)
    const all = (await paid(world)).map(([, seconds]) => seconds)
    expect(all.toSorted((one, two) => one - two)).toEqual([taken, taken + 1, Number(whole) - taken])
  })

  test('has a shift paid that is as long as another one was when it was written', async () => {
    const server = await startWorking(world, { count: 1, seconds: 650 })
    const other = await world.startServer()
    const written = reportsLeft(world)[0]?.seconds ?? 0
    await keepFromWriting(server, other, 100)
    world.stores.fault = ({ op }, jobId) => (op === 'set' && jobId === server.jobId ? 'fail' : undefined)
    world.proxy.fault = ({ path }) => (path === '/log' ? 'cut' : undefined)
    await server.leave(100_001)
    await server.join(100_001)
    await server.run('Magicband.startShift(__player(100001))')
    await world.advance(written, other, server)
    const [second] = await server.run('return Magicband.endShift(__player(100001))')
    expect(second).toBe(written)
    await world.advance(30 * minute, other, server)
    // The other one is the first to send what it has taken, and the server's own come soon after.
    world.proxy.fault = () => undefined
    await other.advance(125)
    await server.advance(125)
    world.stores.fault = () => undefined
    await world.advance(10 * minute, other, server)
    const [[, seconds] = []] = await paidInAll(world)
    expect(seconds).toBeGreaterThanOrEqual(750 + written)
    expect(seconds).toBeLessThanOrEqual(750 + written + 2)
  })

  test('has a shift paid that is as long as a whole one was, which was received unknown', async () => {
    const server = await startWorking(world, { count: 1, seconds: 400 })
    const other = await world.startServer()
    world.stores.fault = (_request, jobId) => (jobId === server.jobId ? 'fail' : undefined)
    let isOpen = false
    let isReceived = false
    world.proxy.fault = ({ path, query }) => {
      const isWhole = query.get('duration') === '600'
      if (path !== '/log') return undefined
      if (isWhole && isOpen && !isReceived) {
        isReceived = true
        return 'lost'
      }
      return isReceived && !isWhole ? undefined : 'cut'
    }
    await server.advance(200)
    await server.leave(100_001)
    await world.advance(30 * minute, other, server)
    await server.join(100_001)
    await server.run('Magicband.startShift(__player(100001))')
    await server.advance(300)
    isOpen = true
    while (!isReceived) await server.advance(1)
    world.stores.fault = () => undefined
    const [soFar] = await server.run('return Magicband.getShift(__player(100001))')
    await server.advance(600 - Number(soFar))
    world.proxy.fault = () => undefined
    await server.leave(100_001)
    await world.advance(hour, other, server)
    const [[, seconds] = []] = await paidInAll(world)
    expect(seconds).toBeGreaterThanOrEqual(1200)
    expect(seconds).toBeLessThanOrEqual(1202)
  })

  test('and shuts down while the data store fails at first has its rest paid', async () => {
    const { server, taken } = await startTaken()
    await server.leave(100_001)
    await server.advance(1)
    let fails = 2
    world.stores.fault = (_request, jobId) => (jobId === server.jobId && fails-- > 0 ? 'fail' : undefined)
    await server.shutDown()
    const next = await world.startServer()
    await next.advance(2 * hour)
    expect(await paid(world)).toEqual([
      ['100001', taken],
      ['100001', 150 + 30 * minute - taken],
    ])
  })

  test('doesn’t send again what it could not send for two days and the other has sent', patience, async () => {
    const server = await startWorking(world, { count: 1, seconds: 150 })
    const other = await world.startServer()
    await world.proxy.close()
    await server.leave(100_001)
    await server.advance(2 * minute)
    world.stores.fault = (_request, jobId) => (jobId === server.jobId ? 'fail' : undefined)
    await world.proxy.open()
    await other.advance(hour)
    expect(await paid(world)).toEqual([['100001', 150]])
    await world.proxy.close()
    await server.advance(50 * hour)
    await world.proxy.open()
    await server.advance(hour)
    expect(await paid(world)).toEqual([['100001', 150]])
    expect(server.texts('warn')).toContainEqual(expect.stringContaining('may be paid already: player 100001'))
  })
})

describe('a record', () => {
  test('that its server has written since others looked is left alone', async () => {
    const server = await startWorking(world, { count: 5, seconds: 150 })
    const other = await world.startServer()
    // What the other one hears of the index is two minutes old.
    world.stores.fault = ({ op }, jobId) => {
      if (jobId === other.jobId) return op === 'sorted' ? { delay: 120 } : undefined
      return op === 'set' && server.now < 25 * minute ? 'fail' : undefined
    }
    await world.advance(40 * minute, other, server)
    await server.shutDown()
    expect(await paid(world)).toEqual(workedBy(5, 150 + 40 * minute))
  })

  test('is taken or written, never both, however slow a data store is', async () => {
    const [server, other] = [await startWorking(world, { count: 5, seconds: 150 }), await world.startServer()]
    world.stores.fault = ({ op }, jobId) => {
      if (jobId === other.jobId) return op === 'get' || op === 'set' ? { delay: 45 } : undefined
      return op === 'set' && server.now < 25 * minute ? 'fail' : undefined
    }
    await world.advance(40 * minute, other, server)
    world.stores.fault = () => undefined
    await server.shutDown()
    await other.advance(hour)
    expect(await paidInAll(world)).toEqual(workedBy(5, 150 + 40 * minute))
    expect(leftBy(world)).toEqual(nothing)
  })

  test('whose writing takes half an hour is as good as any', async () => {
    const [server, other] = [await startWorking(world, { count: 5, seconds: 150 }), await world.startServer()]
    world.stores.fault = ({ op }, jobId) => (op === 'set' && jobId === server.jobId ? { delay: 2000 } : undefined)
    await world.advance(2 * hour, other, server)
    world.stores.fault = () => undefined
    await world.advance(hour, other, server)
    await server.shutDown()
    await other.advance(hour)
    expect(await paidInAll(world)).toEqual(workedBy(5, 150 + 3 * hour))
    expect(leftBy(world)).toEqual(nothing)
  })

  test('that was not listed when it was first written is listed with the next', async () => {
    const [server, other] = [await startWorking(world, { count: 2, seconds: 50 }), await world.startServer()]
    let writes = 0
    world.stores.fault = ({ op, isOrdered }) => (op === 'set' && isOrdered && ++writes <= 3 ? 'fail' : undefined)
    await server.advance(250)
    await server.kill()
    await other.advance(hour)
    expect((await paid(world)).map(([, seconds]) => seconds > 225)).toEqual([true, true])
  })

  test('that was taken goes when its server has had thirty days to see it', async () => {
    const { server, other } = await startTaken()
    await server.kill()
    await other.advance(hour)
    await other.shutDown()
    expect(Object.keys(world.stores.values(store))).toEqual([server.jobId])
    expect(JSON.stringify(world.stores.values(store))).not.toContain('100001')
    await world.advance(31 * 24 * hour)
    const next = await world.startServer()
    await next.advance(60)
    expect([world.stores.values(store), world.stores.ordered(store)]).toEqual([{}, {}])
  })

  test('whose removal takes long doesn’t lose its entry in the index to it', async () => {
    const server = await startWorking(world, { count: 1, seconds: 90 })
    let removals = 0
    world.stores.fault = ({ op, isOrdered }) =>
      op === 'remove' && !isOrdered && removals++ === 0 ? { delay: 100 } : undefined
    await server.leave(100_001)
    while (removals === 0) await server.advance(1)
    await server.join(100_002)
    await server.run('Magicband.startShift(__player(100002))')
    while (reportsLeft(world).length === 0) await server.advance(1)
    await server.leave(100_002)
    await server.advance(10 * minute)
    expect([world.stores.values(store), world.stores.ordered(store)]).toEqual([{}, {}])
  })

  test('of a whole shift is still known when the player works as long again', async () => {
    const server = await startWorking(world, { count: 1, seconds: 600 })
    const other = await world.startServer()
    world.proxy.fault = ({ path }) => (path === '/log' ? 'cut' : undefined)
    await server.leave(100_001)
    await world.advance(2 * minute, other, server)
    await keepFromWriting(server, other, 30 * minute)
    await world.advance(5 * minute, other, server)
    await server.join(100_001)
    await server.run('Magicband.startShift(__player(100001))')
    await world.advance(600, other, server)
    await server.run('Magicband.endShift(__player(100001))')
    world.proxy.fault = () => undefined
    await world.advance(2 * hour, other, server)
    expect(await paidInAll(world)).toEqual([['100001', 1201]])
  })

  test('that others can’t make anything of stops no other', async () => {
    const server = await startWorking(world, { count: 1, seconds: 600 })
    await world.proxy.close()
    await server.shutDown()
    await world.proxy.open()
    const next = await world.startServer()
    await next.run(`
      local service = game:GetService("DataStoreService")
      service:GetDataStore("${store}"):SetAsync("broken", { reports = { 1 } })
      service:GetOrderedDataStore("${store}"):SetAsync("broken", 1)`)
    await next.advance(hour)
    expect(await paid(world)).toEqual(workedBy(1, 600))
  })

  test('that is not answered for an hour keeps nothing else from being written', async () => {
    const server = await startWorking(world, { count: 1, seconds: 50 })
    await server.join(100_002)
    let writes = 0
    world.stores.fault = ({ op, isOrdered }) =>
      op === 'set' && !isOrdered && ++writes === 1 ? { delay: hour } : undefined
    await server.advance(60)
    await server.run('Magicband.startShift(__player(100002))')
    await server.advance(50 * minute)
    await server.kill()
    const next = await world.startServer()
    await next.advance(8 * hour)
    expect((await paid(world)).map(([, seconds]) => seconds > 49 * minute - 75)).toEqual([true, true])
  })

  test('that others have taken has no shift in it that another record has', patience, async () => {
    const server = await startWorking(world, { count: 1, seconds: 90 })
    const other = await world.startServer()
    world.proxy.fault = ({ path }) => (path === '/log' ? 'cut' : undefined)
    await server.leave(100_001)
    await world.advance(48 * hour, other, server)
    await keepFromWriting(server, other, 40 * minute)
    await world.advance(10 * minute, other, server)
    expect(reportsLeft(world)).toEqual([{ id: 100_001, seconds: 90, server: server.jobId }])
  })

  test('that could not be written for a while makes nobody doubt what can’t have been received', patience, async () => {
    const server = await startWorking(world, { count: 1, seconds: 90 })
    await world.proxy.close()
    await server.leave(100_001)
    await server.advance(100)
    world.stores.fault = () => 'fail'
    await server.advance(8 * minute)
    world.stores.fault = () => undefined
    await server.advance(49 * hour)
    await world.proxy.open()
    await server.advance(hour)
    expect(await paid(world)).toEqual([['100001', 90]])
  })
})
