import { describe, expect, test } from 'vitest'
import type { Fault } from './testing/faulty-proxy.ts'
import { failing, leftBy, paid, startWorking, workedBy } from './testing/shifts.ts'
import { hub, tower, worldOfTests } from './testing/world.ts'

const hour = 3600
const store = `Magicband-${hub}`
const nothing = { kept: [], listed: [] }

const world = await worldOfTests()

describe('left-overs', () => {
  test('that two servers find at once are sent by one of them', async () => {
    const server = await startWorking(world, { count: 30, seconds: 600 })
    await world.proxy.close()
    await server.shutDown()
    await world.proxy.open()
    const next = [await world.startServer(), await world.startServer()]
    await Promise.all(next.map((one) => one.advance(90)))
    expect(await paid(world)).toEqual(workedBy(30, 600))
    expect(world.proxy.to('/log').length).toBeLessThanOrEqual(31)
    expect(leftBy(world)).toEqual(nothing)
  })

  test('that a server takes and doesn’t come to send are sent by another one', async () => {
    const server = await startWorking(world, { count: 5, seconds: 600 })
    await world.proxy.close()
    await server.shutDown()
    await world.proxy.open()
    const taker = await world.startServer()
    world.proxy.fault = ({ path }) => (path === '/log' ? 'lost hang' : undefined)
    const claim = { claimedBy: taker.jobId, reports: expect.any(Array) }
    for (let waited = 0; waited < 40 && world.proxy.to('/log').length === 0; waited++) await taker.advance(1)
    expect(world.stores.values(store)[server.jobId]).toMatchObject(claim)
    await taker.kill()
    world.proxy.fault = () => undefined
    const next = await world.startServer()
    await next.advance(300)
    expect(await world.shifts()).toHaveLength(1)
    await next.advance(900)
    expect(await paid(world)).toEqual(workedBy(5, 600))
    expect(leftBy(world)).toEqual(nothing)
  })

  test('are found though an earlier entry of the index could not be removed', async () => {
    const server = await startWorking(world, { count: 1, seconds: 90 })
    const other = await world.startServer()
    let removals = 0
    world.stores.fault = ({ op, isOrdered }) => (op === 'remove' && isOrdered && removals++ === 0 ? 'fail' : undefined)
    await server.leave(100_001)
    await world.advance(15 * 60, other, server)
    expect(removals).toBeGreaterThan(1)
    expect(leftBy(world)).toEqual(nothing)
  })

  test.each<[string, Parameters<typeof world.stores.fault>[0]['op'], boolean]>([
    ['looked at', 'sorted', true],
    ['taken', 'get', false],
  ])('that can’t be %s are told once, and when they can be again', async (_name, op, isOrdered) => {
    const server = await startWorking(world, { count: 1, seconds: 600 })
    await world.proxy.close()
    await server.shutDown()
    await world.proxy.open()
    const next = await world.startServer()
    world.stores.fault = (request) => (request.op === op && request.isOrdered === isOrdered ? 'fail' : undefined)
    await next.advance(hour)
    expect(next.texts('warn')).toEqual([expect.stringContaining("can't be read, or written down as sent")])
    world.stores.fault = () => undefined
    await next.advance(hour)
    expect(next.texts('info')).toEqual([expect.stringContaining('can be sent again')])
    expect(await paid(world)).toEqual(workedBy(1, 600))
  })

  test('of which one always fails are sent but for that one, which comes last', async () => {
    const server = await startWorking(world, { count: 20, seconds: 600 })
    await world.proxy.close()
    await server.shutDown()
    await world.proxy.open()
    world.proxy.fault = ({ query }) => (query.get('id') === '100003' ? failing : undefined)
    const next = await world.startServer()
    await next.advance(600)
    expect(await paid(world)).toEqual(workedBy(20, 600).filter(([id]) => id !== '100003'))
    world.proxy.fault = () => undefined
    await next.advance(600)
    expect(await paid(world)).toEqual(workedBy(20, 600))
    expect(leftBy(world)).toEqual(nothing)
  })

  test('are sent by a Magicband that fails now and then', async () => {
    const server = await startWorking(world, { count: 20, seconds: 600 })
    await world.proxy.close()
    await server.shutDown()
    await world.proxy.open()
    let asked = 0
    world.proxy.fault = ({ path }) => (path === '/log' && ++asked % 3 === 0 ? failing : undefined)
    const next = await world.startServer()
    await next.advance(1800)
    expect(await paid(world)).toEqual(workedBy(20, 600))
    expect(leftBy(world)).toEqual(nothing)
  })

  test('of many servers are sent a few at a time', async () => {
    await world.proxy.close()
    for (let count = 0; count < 8; count++) {
      const server = await startWorking(world, { count: 1, seconds: 600 + count })
      await server.shutDown()
    }
    expect(leftBy(world).listed).toHaveLength(8)
    await world.proxy.open()
    const next = await world.startServer()
    await next.advance(120)
    expect(await world.shifts()).toHaveLength(8)
    expect(leftBy(world).listed).toEqual([])
  })

  test.each([1, 110])('of which %i always fail stop none of another server', async (count) => {
    await world.proxy.close()
    for (let made = 0; made < count; made++) {
      // As a server leaves them; to start one for each takes long.
      const report = { key: `key-${made}`, id: 100_003, seconds: 600 + made, training: false }
      const record = { server: `bad-${made}`, reports: [report], writtenAt: 1, isClosed: true }
      const set = { op: 'set' as const, store, key: `bad-${made}` }
      world.stores.answer({ ...set, isOrdered: false, text: JSON.stringify(record) }, 'bad')
      world.stores.answer({ ...set, isOrdered: true, text: '1' }, 'bad')
    }
    const server = await startWorking(world, { count: 1, seconds: 600 })
    await server.shutDown()
    await world.proxy.open()
    world.proxy.fault = ({ query }) => (query.get('id') === '100003' ? failing : undefined)
    const next = await world.startServer()
    await next.join(100_003)
    await next.run('Magicband.startShift(__player(100003))')
    await next.advance(60)
    await next.leave(100_003)
    await next.advance(hour)
    expect(await paid(world)).toEqual([['100001', 600]])
  })

  test('of another place are left to its own servers', async () => {
    const server = await startWorking(world, { count: 1, seconds: 600, placeId: tower })
    await world.proxy.close()
    await server.shutDown()
    await world.proxy.open()
    const next = await world.startServer()
    await next.advance(hour)
    expect(await world.shifts()).toEqual([])
    expect(Object.keys(world.stores.values(`Magicband-${tower}`))).toEqual([server.jobId])
  })

  test.each([
    ['that can’t have been received are sent however old', failing429(), 3],
    ['that may have been received are kept, not sent, once Magicband has forgotten the first time', 'lost' as const, 0],
  ])('%s', async (_name, fault, sentLater) => {
    const server = await startWorking(world, { count: 3, seconds: 600 })
    world.proxy.fault = ({ path }) => (path === '/log' ? fault : undefined)
    await server.shutDown()
    const before = (await world.shifts()).length
    world.proxy.fault = () => undefined
    await world.advance(49 * hour)
    const next = await world.startServer()
    await next.advance(120)
    expect((await world.shifts()).length - before).toBe(sentLater)
    expect(leftBy(world).listed).toEqual([])
    if (sentLater > 0) expect(leftBy(world).kept).toEqual([])
    else {
      expect(world.stores.values(store)[server.jobId]).toMatchObject({
        reports: expect.arrayContaining([expect.objectContaining({ id: 100_001, seconds: 600 })]),
      })
      expect(next.texts('warn')).toHaveLength(3)
      expect(next.texts('warn')[0]).toContain('may be paid already')
    }
    // And nobody looks at them again.
    const another = await world.startServer()
    await another.advance(hour)
    expect(await world.shifts()).toHaveLength(3)
  })
})

function failing429(): Fault {
  return { status: 429, body: '{"status":"error","message":"too many requests"}' }
}
