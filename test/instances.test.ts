import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashKey } from '../src/keys/key-text.ts'
import { findKeyByHash, revokeKey } from '../src/keys/keys.store.ts'
import type { Fault } from '../src/verify/fault.ts'
import { findFaults } from '../src/verify/verify.ts'
import { type Magicband, moderator, pathOf, type Reply, startMagicband } from './magicband.ts'

/** Two servers on one database: the second one knows nothing but what the database tells it. */
let band: Magicband
let other: Awaited<ReturnType<Magicband['startAnother']>>
beforeAll(async () => {
  band = await startMagicband()
  other = await band.startAnother()
})
afterAll(async () => {
  await other.stop()
  await band.stop()
})

const answers = JSON.stringify({ q1: 'a', q2: 'b', q3: 'c', q4: 'd' })

/** Twenty copies at once, every other one to the other server. */
function sendCopies(path: string, headers: Record<string, string> = {}): Promise<Reply[]> {
  const body = path.startsWith('/application/upload') ? { body: answers } : {}
  return Promise.all(
    Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? band : other).post(path, { headers, ...body })),
  )
}

const texts = (replies: readonly Reply[]) => new Set(replies.map(({ status, text }) => `${status} ${text}`))
const countOf = async (
  table: 'shift' | 'ban' | 'certification' | 'application' | 'audit_entry' | 'point_entry',
  id: string,
) => (await band.app.database.read.selectFrom(table).select('roblox_id').where('roblox_id', '=', id).execute()).length

const shift = (id: string, more: Record<string, string> = {}) =>
  pathOf('/log', { id, place: '1', duration: '600', training: '0', server: 'job', ...more })

describe('twenty copies at once over two servers', () => {
  test.each([
    ['a shift', shift('100001'), 'shift', '100001'],
    ['a ban', pathOf('/ban/add', { reason: 'x', username: 'Visitor100002', moderator }), 'ban', '100002'],
    [
      'a certification',
      pathOf('/certification/grant', { certification: 'tot', username: 'CastOne', moderator }),
      'certification',
      '1002',
    ],
    ['an application', pathOf('/application/upload', { id: '100003' }), 'application', '100003'],
    ['an approval', pathOf('/application/approve', { id: '1005', moderator }), 'audit_entry', '1005'],
  ] as const)('with one idempotency key have one effect and one answer: %s', async (name, path, table, id) => {
    const replies = await sendCopies(path, { 'idempotency-key': name })
    expect(texts(replies).size).toBe(1)
    expect(replies[0]?.status).toBe(200)
    expect(await countOf(table, id)).toBe(1)
  })

  test.each([
    ['a shift', shift('100011'), 'shift', '100011', 20],
    ['a ban', pathOf('/ban/add', { reason: 'x', username: 'Visitor100012', moderator }), 'ban', '100012', 1],
    [
      'a certification',
      pathOf('/certification/grant', { certification: 'tot', username: 'SeniorOne', moderator }),
      'certification',
      '1003',
      1,
    ],
    ['an approval', pathOf('/application/approve', { id: '100013', moderator }), 'audit_entry', '100013', 1],
  ] as const)('without one have one effect: %s', async (_name, path, table, id, successes) => {
    const replies = await sendCopies(path)
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(successes)
    expect(replies.every(({ status }) => status === 200 || status === 400)).toBe(true)
    expect(await countOf(table, id)).toBe(1)
  })

  test('a revocation and an unban happen once as well', async () => {
    await band.post(pathOf('/certification/grant', { certification: 'mtp', username: 'ManagerOne', moderator }))
    await band.post(pathOf('/ban/add', { reason: 'x', username: 'ManagerOne', moderator }))
    const revoked = await sendCopies(
      pathOf('/certification/revoke', { certification: 'mtp', username: 'ManagerOne', moderator }),
    )
    const lifted = await sendCopies(pathOf('/ban/remove', { reason: 'x', username: 'ManagerOne', moderator }))
    for (const replies of [revoked, lifted]) expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await countOf('audit_entry', '1004')).toBe(4)
  })
})

test('five hundred different shifts of one player over two servers add up exactly', async () => {
  const replies = await Promise.all(
    Array.from({ length: 500 }, (_, index) =>
      (index % 2 === 0 ? band : other).post(shift('100020', { server: `job ${index}` })),
    ),
  )
  expect(texts(replies)).toEqual(new Set(['200 {"status":"success"}']))
  expect((await other.get('/profile?id=100020')).body).toMatchObject({ points: 5000 })
  expect(await countOf('point_entry', '100020')).toBe(500)
})

describe('what one server did holds on the other', () => {
  const join = pathOf('/connect', { place: '1', id: '1002', training: '0' })

  test('at once: a ban, its end, a certification, an approval', async () => {
    await band.post(pathOf('/ban/add', { reason: 'x', username: 'CastOne', moderator }))
    expect((await other.get(join)).body).toMatchObject({ banned: true })
    await other.post(pathOf('/ban/remove', { reason: 'x', username: 'CastOne', moderator }))
    await other.post(pathOf('/certification/grant', { certification: 'rnrc', username: 'CastOne', moderator }))
    expect((await band.get(join)).body).toMatchObject({ auth: true, certifications: expect.stringContaining('rnrc') })
    expect((await other.get('/profile?id=100021')).body).toMatchObject({ rankid: 1 })
    await band.post(pathOf('/application/approve', { id: '100021', moderator }))
    expect((await other.get('/profile?id=100021')).body).toMatchObject({ rankid: 10, rank: 'University Student' })
  })

  test('within a second: a revoked key', async () => {
    const key = await band.createKey({ kind: 'bot' })
    expect((await other.get('/profile?id=1002', { key })).status).toBe(200)
    const id = (await findKeyByHash(band.app.database.read, hashKey(key)))?.id ?? ''
    await band.app.database.act((trx) => revokeKey(trx, id, band.now()))
    band.advance(1000)
    expect((await other.get('/profile?id=1002', { key })).status).toBe(401)
  })
})

test('nothing of all this is half done', async () => {
  const faults: Fault[] = []
  for await (const fault of findFaults(band.app.database.read)) faults.push(fault)
  expect(faults).toEqual([])
})
