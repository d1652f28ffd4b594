import { afterAll, beforeAll, expect, test } from 'vitest'
import { visitorIds } from '../src/sandbox/population.ts'
import { eventually, type Magicband, muchPatience, pathOf, startMagicband } from './magicband.ts'

const players = Array.from({ length: 1000 }, (_, index) => String(visitorIds.first + index))
const ask = (id: string) => band.get(pathOf('/connect', { place: '1', id, training: 'false' }))
const join = async (id: string) => {
  const reply = await ask(id)
  expect([reply.status, reply.text]).toEqual([200, '{"certifications":"","auth":true,"clearance":0}'])
  expect(reply.headers).not.toHaveProperty('x-magicband-stale')
}

/** So many at once as fit the queue of a socket, where they stay while a busy machine does something else. */
async function joinAll(ids: readonly string[]): Promise<void> {
  const atOnce = 500
  for (let first = 0; first < ids.length; first += atOnce) await Promise.all(ids.slice(first, first + atOnce).map(join))
}

const counts = () =>
  Object.fromEntries(
    (['robloxApis', 'robloxUsers', 'robloxGroups'] as const).map((service) => [
      service,
      band.sandbox.requests(service).length,
    ]),
  )

let band: Magicband
async function start(): Promise<void> {
  band = await startMagicband({ patience: muchPatience })
  // More than Roblox allows in a minute: what is counted here is what would be asked if it might be.
  band.sandbox.world.rateLimits.listMemberships = { limit: 10_000, seconds: 60 }
  // All connections to the database are open then: names that come as fast as they can go out together.
  await Promise.all(Array.from({ length: 50 }, () => ask('1002')))
  band.sandbox.forgetRequests()
}
beforeAll(start)
afterAll(() => band.stop())

// In this order: those who join for the first time in the first test are known in the others.
test('1,000 players who were never seen cost one question each, and the names come in batches', async () => {
  const joinForTheFirstTime = async () => {
    await joinAll(players)
    const { robloxApis = 0, robloxUsers = 0, robloxGroups = 0 } = counts()
    return { robloxApis, robloxUsers, total: robloxApis + robloxUsers + robloxGroups }
  }
  let asked = await joinForTheFirstTime()
  // A busy machine may tear a batch apart, by pauses between joins that come together; but not each time.
  for (let tries = 1; tries < 5 && asked.total > 1020; tries++) {
    await band.stop()
    await start()
    asked = await joinForTheFirstTime()
  }
  const { robloxApis, robloxUsers, total } = asked
  expect(robloxApis).toBeGreaterThanOrEqual(1000)
  expect(robloxUsers).toBeGreaterThanOrEqual(5)
  expect(total).toBeLessThanOrEqual(1020)
  // An answer doesn't wait long for a database that is busy with what was heard; so they may all be given before it is done.
  const { read } = band.app.database
  await eventually(async () => {
    const ranks = await read.selectFrom('membership').selectAll().where('rank', '=', 1).execute()
    const names = await read.selectFrom('roblox_user').selectAll().where('name', 'like', 'Visitor%').execute()
    return ranks.length === 1000 && names.length === 1000 ? true : undefined
  })
})

test('1,000 joins of 1,000 players whose ranks are fresh cost nothing', async () => {
  band.sandbox.forgetRequests()
  band.advance(59_999)
  await joinAll(players)
  expect(counts()).toEqual({ robloxApis: 0, robloxUsers: 0, robloxGroups: 0 })
})

test('1,000 joins of one player cost nothing but the first', async () => {
  band.sandbox.forgetRequests()
  const [player = ''] = players
  await joinAll(Array.from({ length: 1000 }, () => player))
  expect(counts()).toEqual({ robloxApis: 0, robloxUsers: 0, robloxGroups: 0 })
  // One refresh for all that come at once when it has grown old, also for those that don't wait for its answer.
  band.advance(1)
  await Promise.all(Array.from({ length: 1000 }, () => ask(player)))
  expect(counts()).toEqual({ robloxApis: 1, robloxUsers: 0, robloxGroups: 0 })
})
