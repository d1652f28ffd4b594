import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Magicband, moderator, muchPatience, pathOf, startMagicband } from '../../../test/magicband.ts'
import { roleIds } from '../../sandbox/population.ts'

const visitors = (first: number, count: number) => Array.from({ length: count }, (_, index) => String(first + index))
const join = (id: string) => band.get(pathOf('/connect', { place: '1', id, training: 'false' }))
/** Questions about members that Open Cloud was asked; each one over its limit is a 429. */
const askedCloud = () => band.sandbox.requests('robloxApis').filter(({ path }) => path.includes('/memberships?')).length

let band: Magicband
beforeEach(async () => {
  band = await startMagicband({ patience: muchPatience })
})
afterEach(() => band.stop())

/** Lets players be seen, and their ranks grow too old, in a new window of the limit. */
async function see(ids: readonly string[]): Promise<void> {
  for (const id of ids) await join(id)
  band.advance(61_000)
  band.sandbox.forgetRequests()
}

describe("while Open Cloud's limit is nearly spent", () => {
  test('refreshes stop, then calls, and joins of players never seen get through until the last', async () => {
    band.sandbox.world.rateLimits.listMemberships = { limit: 20, seconds: 60 }
    const known = visitors(100_001, 18)
    await see(known)
    const ages: (string | undefined)[] = []
    for (const id of known) ages.push((await join(id)).headers['x-magicband-stale'])
    expect(ages).toEqual([...Array(15).fill(undefined), '61', '61', '61'])
    expect([askedCloud(), band.sandbox.requests('robloxGroups')]).toEqual([15, []])

    for (const id of ['1001', '1002', '1003']) await band.get(pathOf('/profile', { id }))
    expect(askedCloud()).toBe(18)
    expect(band.sandbox.requests('robloxGroups')).toEqual([])

    const students = visitors(100_101, 4)
    for (const id of students) band.sandbox.world.setRoles(id, [roleIds.seniorCastMember])
    for (const id of students) expect((await join(id)).body).toMatchObject({ clearance: 2 })
    // The last two had to ask the public API.
    expect([askedCloud(), band.sandbox.requests('robloxGroups').length]).toEqual([20, 2])

    band.advance(60_000)
    expect((await join('100018')).headers).not.toHaveProperty('x-magicband-stale')
  })

  test('an approval, for which somebody waits, is still made', async () => {
    band.sandbox.world.rateLimits.listMemberships = { limit: 20, seconds: 60 }
    const known = visitors(100_001, 18)
    await see(known)
    for (const id of known) await join(id)
    expect(askedCloud()).toBe(15)
    expect((await band.post(pathOf('/application/approve', { id: '1006', moderator }))).status).toBe(200)
  })
})

test('a rush of players never seen does not go over the limit, and everybody gets the right rank', async () => {
  band.sandbox.world.rateLimits.listMemberships = { limit: 100, seconds: 60 }
  const rush = visitors(100_001, 250)
  for (const id of rush) band.sandbox.world.setRoles(id, [roleIds.manager])
  const replies = await Promise.all(rush.map(join))
  expect(new Set(replies.map((reply) => reply.text))).toEqual(
    new Set(['{"certifications":"","auth":true,"clearance":3}']),
  )
  expect(askedCloud()).toBe(100)
})

test('a rush of refreshes leaves a quarter of the limit', async () => {
  band.sandbox.world.rateLimits.listMemberships = { limit: 200, seconds: 60 }
  const known = visitors(100_001, 180)
  await see(known)
  await Promise.all(known.map(join))
  expect(askedCloud()).toBe(150)
  expect(band.sandbox.requests('robloxGroups')).toEqual([])
})
