import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  communityFile,
  eventually,
  type Magicband,
  moderator,
  pathOf,
  startMagicband,
} from '../../../test/magicband.ts'
import type { Fault } from '../../verify/fault.ts'
import { findFaults } from '../../verify/verify.ts'
import { notificationOf, sign, webhookSecret } from './testing.ts'

let band: Magicband
let other: Awaited<ReturnType<Magicband['startAnother']>>
beforeAll(async () => {
  const file = communityFile.replace('apiKey: sandbox', `webhookSecret: ${webhookSecret}, apiKey: sandbox`)
  band = await startMagicband({ files: { wed: file } })
  for (const limit of Object.values(band.sandbox.world.rateLimits)) limit.limit = 1_000_000
  other = await band.startAnother()
})
afterAll(async () => {
  await other.stop()
  await band.stop()
})

async function listFaults(): Promise<Fault[]> {
  const faults: Fault[] = []
  for await (const fault of findFaults(band.app.database.read)) faults.push(fault)
  return faults
}

/** Everything that can be done to a player, at once, over two servers, while the player is erased. */
async function doEverything(id: string): Promise<number[]> {
  const username = `Visitor${id}`
  const body = JSON.stringify({ q1: 'a', q2: 'b', q3: 'c', q4: 'd' })
  const shift = () => pathOf('/log', { id, place: '1', duration: '60', training: '0', server: randomUUID() })
  const notification = notificationOf(Number(id))
  const headers = { 'roblox-signature': sign(notification, { at: band.now() }) }
  const steps = [
    () => band.post('/webhooks/roblox/wed', { key: null, body: notification, headers }),
    () => band.post(shift()),
    () => other.post(shift()),
    () => band.post(pathOf('/ban/add', { username, reason: 'a', moderator })),
    () => other.post(pathOf('/ban/add', { username, reason: 'b', moderator })),
    () => band.post(pathOf('/ban/remove', { username, reason: 'c', moderator })),
    () => other.post(pathOf('/application/upload', { id }), { body }),
    () => other.post(pathOf('/certification/grant', { certification: 'tot', username, moderator })),
  ]
  // The job of the erasure comes a moment later: some of these before it, some in the middle, some after.
  const replies = await Promise.all(
    steps.map(async (step, index) => {
      await new Promise((resolve) => setTimeout(resolve, index === 0 ? 0 : Math.random() * 400))
      return step()
    }),
  )
  return replies.map(({ status }) => status)
}

test('an erasure in the middle of everything leaves nothing half done', async () => {
  const ids = Array.from({ length: 40 }, (_, index) => String(100_400 + index))
  for (let start = 0; start < ids.length; start += 10) {
    const statuses = await Promise.all(ids.slice(start, start + 10).map(doEverything))
    expect(statuses.flat().filter((status) => status >= 500)).toEqual([])
  }
  await eventually(async () => {
    const jobs = await band.app.database.read.selectFrom('job').select('id').execute()
    return jobs.length === 0 ? true : undefined
  }, 20_000)
  expect(await listFaults()).toEqual([])
  const receipts = await band.app.database.read.selectFrom('erasure').select('done_at').execute()
  expect(receipts.filter((receipt) => receipt.done_at !== null)).toHaveLength(ids.length)
  // Each is banned once or not at all, under the id or under the pseudonym, and can be unbanned.
  for (const id of ids) {
    const lift = () => band.post(pathOf('/ban/remove', { username: `Visitor${id}`, reason: 'x', moderator }))
    expect([200, 400]).toContain((await lift()).status)
    expect((await lift()).status).toBe(400)
  }
  expect(await listFaults()).toEqual([])
}, 90_000)
