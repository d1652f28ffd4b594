import { expect, test } from 'vitest'
import { communityFile } from '../../test/magicband.ts'
import { leftBy, paid, startWorking } from './testing/shifts.ts'
import { placesFile, tower, worldOfTests } from './testing/world.ts'

/** Places are listed by people, who forget some: the hours worked there are refused, and paid once the place is listed. */
const world = await worldOfTests()
const withoutHub = { wed: `${communityFile}\nplaces:\n  "${tower}": { name: Tower of Terror }\n` }

test('the hours of a place that is not listed for a while are paid once it is', async () => {
  await world.band.restart({ wed: placesFile })
  const server = await startWorking(world, { count: 1, seconds: 600 })
  await world.band.restart(withoutHub)
  await server.leave(100_001)
  await server.advance(600)
  expect(world.proxy.to('/log').at(-1)?.status).toBe(403)
  expect(await paid(world)).toEqual([])
  await world.band.restart({ wed: placesFile })
  await server.advance(200)
  expect(await paid(world)).toEqual([['100001', 600]])
}, 120_000)

test('also those of a server that crashed meanwhile', async () => {
  await world.band.restart({ wed: placesFile })
  const server = await startWorking(world, { count: 1, seconds: 600 })
  await world.band.restart(withoutHub)
  await server.leave(100_001)
  await server.advance(120)
  await server.kill()
  await world.band.restart({ wed: placesFile })
  const next = await world.startServer()
  await next.advance(3600)
  expect(await paid(world)).toEqual([['100001', 600]])
  expect(leftBy(world)).toEqual({ kept: [], listed: [] })
}, 120_000)
