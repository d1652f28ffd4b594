import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Schema } from '../src/database/schema.ts'
import { roleIds } from '../src/sandbox/population.ts'
import { breakDatabase, communityFile, type Magicband, moderator, pathOf, startMagicband } from './magicband.ts'

const sentence = (contact: string) =>
  `You've encountered a rare database error; if this is a reoccuring issue, please contact \`${contact}\`.`
const body = JSON.stringify({ q1: 'a', q2: 'b', q3: 'c', q4: 'd' })
const shift = { id: '1006', place: '1', duration: '600', training: 'false', server: 's' }
const certification = { certification: 'tot', username: 'CastOne', moderator }
const ban = { reason: 'bad boy', username: 'MemberOne', moderator }

/** Each call with what it answers when the database fails, for a community with this contact. */
function calls(contact: string): [string, string, object][] {
  const discord = sentence(contact)
  return [
    ['GET', pathOf('/connect', shift), { status: 'error', message: 'error encountered' }],
    ['GET', '/profile?id=1006', { status: 'error', message: 'error encountered', discord }],
    [
      'POST',
      pathOf('/certification/grant', certification),
      { status: 'error', modifiedCount: 0, upsertedCount: 0, discord },
    ],
    ['POST', pathOf('/certification/revoke', certification), { status: 'error', modifiedCount: 0, discord }],
    ['POST', pathOf('/ban/add', ban), { status: 'error', modifiedCount: 0, upsertedCount: 0, discord }],
    ['POST', pathOf('/ban/remove', ban), { status: 'error', modifiedCount: 0, discord }],
    [
      'POST',
      pathOf('/application/approve', { id: '1006', moderator }),
      { status: 'error', message: "couldn't rank user" },
    ],
    ['POST', pathOf('/application/upload', { id: '1006' }), { status: 'error', message: 'error encountered' }],
    ['POST', pathOf('/log', shift), { status: 'error', message: 'error encountered', modifiedCount: 0 }],
  ]
}

let band: Magicband
beforeAll(async () => {
  band = await startMagicband()
})
afterAll(() => band.stop())

const send = (method: string, path: string, key?: string) =>
  band.request(method, path, { ...(method === 'POST' ? { body } : {}), ...(key === undefined ? {} : { key }) })

/** Everything that is kept, apart from what is only remembered of Roblox. */
async function contents(): Promise<unknown> {
  const tables: (keyof Schema)[] = ['player', 'certification', 'ban', 'shift', 'recent_shift', 'point_entry']
  const others: (keyof Schema)[] = ['application', 'paste', 'audit_entry', 'idempotency', 'job']
  const rows = [...tables, ...others].map((name) => band.app.database.read.selectFrom(name).selectAll().execute())
  return Promise.all(rows)
}

describe('while the database is away', () => {
  let mend: () => Promise<void>
  let before: unknown
  beforeAll(async () => {
    // Seen, and so remembered.
    await band.get('/profile?id=1006')
    await band.get('/connect')
    before = await contents()
    mend = await breakDatabase(band)
    band.advance(3_600_000)
  })
  afterAll(async () => {
    await mend()
    expect(await contents()).toEqual(before)
    expect((await band.get('/profile?id=1006')).status).toBe(200)
  })

  test.each(calls('JTmaveryk#0001'))('%s %s answers its own 500 to a key that was seen before', async (...row) => {
    const [method, path, expected] = row
    const reply = await send(method, path)
    expect([reply.status, reply.text]).toEqual([500, JSON.stringify(expected)])
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    })
  })

  test('refusals that need no database are as always', async () => {
    const wrong = await band.get('/profile?id=x')
    expect([wrong.status, wrong.body]).toMatchObject([400, { message: 'invalid parameter: id' }])
    const scopeless = await band.post(pathOf('/ban/add', ban), { key: 'game' })
    expect(scopeless.status).toBe(403)
    const noKey = await band.get('/profile?id=1', { key: 'not-a-key' })
    expect([noKey.status, noKey.body]).toMatchObject([401, { message: 'invalid key' }])
  })
})

test.each(calls(''))(
  '%s %s answers a 500 that names nobody to a key that was not seen since the start',
  async (...row) => {
    const [method, path] = row
    await band.restart()
    const mend = await breakDatabase(band)
    const reply = await send(method, path)
    await mend()
    expect([reply.status, reply.text]).toEqual([500, '{"status":"error","message":"error encountered"}'])
  },
)

test('a community without a contact sends its people to the administrators', async () => {
  await band.restart({ wed: communityFile.replace(/contact: .*\n/, '') })
  await band.get('/profile?id=1')
  const mend = await breakDatabase(band)
  const reply = await band.get('/profile?id=1')
  await mend()
  expect(reply.body).toMatchObject({ discord: sentence('the administrators') })
  await band.restart({ wed: communityFile })
})

describe('while only the trail of who did what can not be written', () => {
  beforeAll(async () => {
    await band.post(pathOf('/certification/grant', { ...certification, username: 'SeniorOne' }))
    await band.post(pathOf('/ban/add', { ...ban, username: 'StudentOne' }))
    await band.post(pathOf('/application/upload', { id: '100001' }), { body })
  })

  const [, , grantFails, revokeFails, banFails, unbanFails, approveFails, uploadFails] = calls('JTmaveryk#0001').map(
    ([, , expected]) => expected,
  )

  test.each([
    [pathOf('/certification/grant', certification), grantFails],
    [pathOf('/certification/revoke', { ...certification, username: 'SeniorOne' }), revokeFails],
    [pathOf('/ban/add', ban), banFails],
    [pathOf('/ban/remove', { ...ban, username: 'StudentOne' }), unbanFails],
    [pathOf('/application/approve', { id: '100001', moderator }), approveFails],
    [pathOf('/application/upload', { id: '1006' }), uploadFails],
  ])('%s fails as a whole, and can be sent again', async (path, expected) => {
    const before = await contents()
    const mend = await breakDatabase(band, ['audit_entry'])
    const reply = await send('POST', path)
    await mend()
    expect([reply.status, reply.text]).toEqual([500, JSON.stringify(expected)])
    expect(await contents()).toEqual(before)
    // Roblox had done its part, and would say that there is nothing left to approve.
    if (path.startsWith('/application/approve')) band.sandbox.world.setRoles('100001', [roleIds.member])
    expect((await send('POST', path)).status).toBe(200)
  })
})
