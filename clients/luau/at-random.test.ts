import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fault } from './testing/faulty-proxy.ts'
import type { GameServer } from './testing/game-servers.ts'
import { leftBy, reportsLeft } from './testing/shifts.ts'
import { type World, worldOfTests } from './testing/world.ts'

const hour = 3600
const players = [100_001, 100_002, 100_003]
/** What a server that is gone without a word may not have written down: a minute, and what a try takes. */
const lostAtMost = 75
/** After so long with data stores that work all is written down, whatever they did before. */
const writtenAgainAfter = 240

const world = await worldOfTests()

const faults: readonly (Fault | undefined)[] = [
  undefined,
  undefined,
  'cut',
  'hang',
  'lost',
  'lost hang',
  { delay: 4 },
  { status: 500, body: '{"status":"error","message":"error encountered","modifiedCount":0}' },
  { status: 502, body: 'Bad gateway' },
  { status: 429, headers: { 'retry-after': '7' }, body: '{"status":"error","message":"too many requests"}' },
]

/** What the data stores do for a while with what one server asks, or all. */
const storeFaults: Record<string, World['stores']['fault']> = {
  'writes fail': ({ op }) => (op === 'set' ? 'fail' : undefined),
  'all fails': () => 'fail',
  'removals fail': ({ op }) => (op === 'remove' ? 'fail' : undefined),
  'answers to writes are lost': ({ op }) => (op === 'set' ? 'lost' : undefined),
  'the index fails': ({ isOrdered }) => (isOrdered ? 'fail' : undefined),
  'the records fail': ({ isOrdered }) => (isOrdered ? undefined : 'fail'),
  'the index fails, answers are lost': ({ op, isOrdered }) => (isOrdered ? 'fail' : op === 'set' ? 'lost' : undefined),
  'answers come in half a minute': () => ({ delay: 30 }),
  'writes take half an hour': ({ op }) => (op === 'set' ? { delay: 2000 } : undefined),
}

const server = fc.nat({ max: 1 })
const player = fc.constantFrom(...players)
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('start' as const), server, player }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('end' as const), server, player }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), server, player }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 900 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fail' as const), each: fc.nat({ max: 100 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stores' as const), each: fc.constantFrom(2, 3, 1000) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('unwritten' as const),
      server,
      isEverybodys: fc.boolean(),
      minutes: fc.integer({ min: 1, max: 60 }),
      how: fc.constantFrom(...Object.keys(storeFaults)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('shut down' as const), server }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const), server }) },
  // Nobody is there for longer than Magicband remembers what it was sent.
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close for two days' as const) }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** A shift that was worked: with so many seconds, or at least so many where the server was killed. */
type Worked = { id: number; server: string; least: number; most: number }
type Running = { game: GameServer; open: Map<number, number>; ended: Worked[] }

async function startRunning(): Promise<Running> {
  const game = await world.startServer()
  for (const id of players) await game.join(id)
  return { game, open: new Map(), ended: [] }
}

/** Lets things happen as they are drawn. @returns every shift that was worked */
async function play(steps: readonly Step[]): Promise<Worked[]> {
  const worked: Worked[] = []
  const running = [await startRunning(), await startRunning()]
  let each = 1000
  const shutDown = async (one: Running) => {
    for (const [id, startedAt] of one.open) {
      const length = Math.floor(one.game.now - startedAt)
      if (length > 0) worked.push({ id, server: one.game.jobId, least: length, most: length })
    }
    worked.push(...one.ended)
    await one.game.shutDown()
  }
  const kill = async (one: Running) => {
    const isSafe = each === 1000
    const least = (most: number) => (isSafe ? most - lostAtMost : 0)
    for (const [id, startedAt] of one.open) {
      const most = Math.floor(one.game.now - startedAt)
      worked.push({ id, server: one.game.jobId, least: least(most), most })
    }
    // Also what has ended and may not be sent.
    worked.push(...one.ended.map((shift) => ({ ...shift, least: least(shift.least) })))
    await one.game.kill()
  }
  const end = async (one: Running, id: number, script: string) => {
    const startedAt = one.open.get(id)
    const [seconds] = await one.game.run(`return ${script}`)
    if (startedAt === undefined) return
    one.open.delete(id)
    const length = typeof seconds === 'number' ? seconds : Math.floor(one.game.now - startedAt)
    if (length > 0) one.ended.push({ id, server: one.game.jobId, least: length, most: length })
  }
  for (const now of steps) {
    if (now.do === 'wait') await world.advance(now.seconds, ...running.map(({ game }) => game))
    else if (now.do === 'fail') {
      let count = now.each
      world.proxy.fault = () => (now.each < 20 ? undefined : faults[count++ % faults.length])
    } else if (now.do === 'stores') {
      let seed: number = now.each
      each = now.each
      world.stores.fault = () => {
        // Of a linear congruential generator; in turns it might always be the same request of several.
        seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
        const drawn = (seed >> 16) % (2 * each)
        return drawn === 0 ? 'lost' : drawn === 1 ? 'fail' : undefined
      }
      if (each === 1000) await world.advance(writtenAgainAfter, ...running.map(({ game }) => game))
    } else if (now.do === 'close for two days') {
      for (const one of running) await shutDown(one)
      await world.advance(49 * hour)
      running.splice(0, 2, await startRunning(), await startRunning())
    } else {
      const one = running[now.server]
      if (one === undefined) continue
      if (now.do === 'start') {
        const [isStarted] = await one.game.run(`return Magicband.startShift(__player(${now.player}))`)
        if (isStarted === true) one.open.set(now.player, one.game.now)
      } else if (now.do === 'unwritten') {
        const { fault } = world.stores
        world.stores.fault = (request, jobId) =>
          (now.isEverybodys || jobId === one.game.jobId ? storeFaults[now.how]?.(request, jobId) : undefined) ??
          fault(request, jobId)
        await world.advance(now.minutes * 60, ...running.map(({ game }) => game))
        world.stores.fault = fault
        await world.advance(writtenAgainAfter, ...running.map(({ game }) => game))
      } else if (now.do === 'end') await end(one, now.player, `Magicband.endShift(__player(${now.player}))`)
      else if (now.do === 'leave') {
        await end(one, now.player, `__leave(${now.player})`)
        await one.game.join(now.player)
      } else {
        await (now.do === 'kill' ? kill(one) : shutDown(one))
        running[now.server] = await startRunning()
      }
    }
  }
  world.proxy.fault = () => undefined
  world.stores.fault = () => undefined
  for (const one of running) {
    for (const id of [...one.open.keys()]) await end(one, id, `Magicband.endShift(__player(${id}))`)
    await one.game.advance(200)
    await one.game.shutDown()
    worked.push(...one.ended)
  }
  const last = await world.startServer()
  await last.advance(8 * hour)
  expect(leftBy(world).listed).toEqual([])
  return worked
}

/** Expects that each player was paid what was worked on each server, in however many parts; or that it is left to decide on. */
function expectSums(worked: Worked[], paid: Awaited<ReturnType<World['shifts']>>): void {
  const left = Map.groupBy(paid, ({ id, server }) => `${id} ${server}`)
  const undecided = Map.groupBy(reportsLeft(world), ({ id, server }) => `${id} ${server}`)
  for (const [key, shifts] of Map.groupBy(worked, (shift) => `${shift.id} ${shift.server}`)) {
    const parts = left.get(key) ?? []
    left.delete(key)
    const sum = parts.reduce((total, { seconds }) => total + seconds, 0)
    const open = (undecided.get(key) ?? []).reduce((total, { seconds }) => total + seconds, 0)
    expect(sum + open, key).toBeGreaterThanOrEqual(shifts.reduce((total, { least }) => total + least - 2, 0))
    expect(sum, key).toBeLessThanOrEqual(shifts.reduce((total, { most }) => total + most, parts.length))
  }
  expect([...left.values()], 'shifts that nobody worked').toEqual([])
}

test('whatever fails, and whichever server ends, each shift is paid once', async () => {
  // More of it, for as long as it takes: MAGICBAND_LUAU_RUNS=200.
  const wanted = process.env.MAGICBAND_LUAU_RUNS
  const until = wanted === undefined ? Date.now() + 8000 : Number.POSITIVE_INFINITY
  const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }), async (steps) => {
    if (Date.now() > until) return
    await world.reset()
    const worked = await play(steps)
    const paid = await world.shifts()
    // A server that could not write for long may have been taken for gone, and its shifts been paid in parts. And what may have
    // been received two days ago is not sent again.
    if (steps.some((one) => one.do === 'unwritten' || one.do === 'close for two days')) return expectSums(worked, paid)
    // Those whose length is known first, the longest first: the clock of a step may be a fraction further than its shift.
    const width = ({ least, most }: Worked) => most - least
    const sorted = worked.toSorted((one, other) => width(one) - width(other) || other.most - one.most)
    for (const { id, server, least, most } of sorted) {
      const isIt = (row: (typeof paid)[number]) =>
        row.id === `${id}` && row.server === server && row.seconds >= least - 2 && row.seconds <= most + 1
      const at = paid.findLastIndex(isIt)
      if (at >= 0) paid.splice(at, 1)
      else if (least > 0) throw new Error(`a shift was lost: ${JSON.stringify({ id, server, least, most, paid })}`)
    }
    expect(paid, 'shifts that nobody worked').toEqual([])
    const { ledger, players: sum } = await world.points()
    expect(ledger).toBe(sum)
  })
  await fc.assert(property, { numRuns: Number(wanted ?? 8), endOnFailure: true })
}, 600_000)
