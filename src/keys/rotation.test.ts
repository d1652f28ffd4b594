import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Magicband, startMagicband } from '../../test/magicband.ts'
import { KeyRing } from './key-ring.ts'
import { hashKey, isKeyText } from './key-text.ts'
import { findKey, findKeyByHash, listKeys, revokeKey } from './keys.store.ts'
import { type Rotation, rotateKey } from './keys.ts'

const hourMs = 3_600_000
const profile = '/profile?id=1'

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

async function idOf(text: string): Promise<string> {
  return (await findKeyByHash(band.app.database.read, hashKey(text)))?.id ?? ''
}

function rotate(id: string, overlapMs = 24 * hourMs): Promise<Rotation> {
  const dependencies = { clock: band.now, randomBytes }
  return band.app.database.act((trx) => rotateKey(trx, { id, overlapMs }, dependencies))
}

async function rotated(text: string, overlapMs?: number) {
  const rotation = await rotate(await idOf(text), overlapMs)
  if ('refusal' in rotation) throw new Error(rotation.refusal)
  return rotation
}

const statusesOf = (key: string) =>
  Promise.all([band, other].map(async (one) => (await one.get(profile, { key })).status))

describe('the rotation of a key is refused', () => {
  test('that is unknown, revoked, expired or rotated already, and makes no key', async () => {
    const [revoked, expired, replaced] = [
      await band.createKey({ kind: 'bot' }),
      await band.createKey({ kind: 'bot', expiresAt: band.now() + 1000 }),
      await band.createKey({ kind: 'bot' }),
    ]
    const { act, read } = band.app.database
    const revokedId = await idOf(revoked)
    await act((trx) => revokeKey(trx, revokedId, band.now()))
    await rotated(replaced)
    band.advance(1000)
    const before = await listKeys(read)
    expect([
      await rotate('nothing'),
      await rotate(revokedId),
      await rotate(await idOf(expired)),
      await rotate(await idOf(replaced)),
    ]).toEqual([{ refusal: 'unknown' }, { refusal: 'revoked' }, { refusal: 'expired' }, { refusal: 'replaced' }])
    expect(await listKeys(read)).toEqual(before)
  })
})

describe('a key that is rotated', () => {
  test('lives on for the overlap, to the moment, on every server; the new one after it as well', async () => {
    const old = await band.createKey({ kind: 'bot' })
    expect(await statusesOf(old)).toEqual([200, 200])
    const { made, oldEndsAt } = await rotated(old, hourMs)
    expect([isKeyText(made.text), oldEndsAt]).toEqual([true, band.now() + hourMs])
    band.advance(hourMs - 1)
    expect([await statusesOf(old), await statusesOf(made.text)]).toEqual([
      [200, 200],
      [200, 200],
    ])
    band.advance(1)
    expect([await statusesOf(old), await statusesOf(made.text)]).toEqual([
      [401, 401],
      [200, 200],
    ])
  })

  test('ends no later than it would have', async () => {
    const expiresAt = band.now() + hourMs
    const old = await band.createKey({ kind: 'bot', expiresAt })
    const { oldEndsAt } = await rotated(old, 24 * hourMs)
    expect([oldEndsAt, (await findKey(band.app.database.read, await idOf(old)))?.expiresAt]).toEqual([
      expiresAt,
      expiresAt,
    ])
  })

  test('gives the new one its kind, name, scopes, limit and lifetime, and names it', async () => {
    const limit = { count: 600, perMs: 60_000 }
    const wanted = { kind: 'game', name: 'Hub', scopes: ['log'], limit } as const
    const old = await band.createKey({ ...wanted, expiresAt: band.now() + 90 * hourMs })
    band.advance(80 * hourMs)
    const { made } = await rotated(old)
    expect(await findKeyByHash(band.app.database.read, hashKey(made.text))).toEqual({
      ...made.key,
      ...wanted,
      community: 'wed',
      createdAt: band.now(),
      expiresAt: band.now() + 90 * hourMs,
      revokedAt: undefined,
    })
    expect(await findKey(band.app.database.read, await idOf(old))).toMatchObject({ replacedBy: made.key.id })
  })

  test('is the same caller as the new one: what was sent with one is not done again with the other', async () => {
    const first = await band.createKey({ kind: 'game' })
    const second = await rotated(first, hourMs)
    const third = await rotated(second.made.text, hourMs)
    const shift = '/log?id=1002&place=4895128840&duration=60&training=false&server=job-1'
    for (const [index, key] of [first, second.made.text, third.made.text, first].entries()) {
      // By then another one of the same length would be another shift.
      if (index > 0) band.advance(120_000)
      const { status, body } = await band.post(shift, { key, headers: { 'idempotency-key': 'shift 1' } })
      expect([status, body]).toEqual([200, { status: 'success' }])
    }
    const shifts = await band.app.database.read.selectFrom('shift').select('seconds').execute()
    expect(shifts).toEqual([{ seconds: 60 }])
    const other = await band.createKey({ kind: 'game' })
    await band.post(shift, { key: other, headers: { 'idempotency-key': 'shift 1' } })
    expect(await band.app.database.read.selectFrom('shift').select('seconds').execute()).toHaveLength(2)
  })

  test('at the same moment by several is rotated once', async () => {
    const id = await idOf(await band.createKey({ kind: 'bot', name: 'once' }))
    const eight = <T>(work: () => Promise<T>) => Promise.all(Array.from({ length: 8 }, work))
    // So that each has a connection by then, and none is done before the next one begins.
    await eight(() => band.app.database.act((trx) => findKey(trx, id)))
    const rotations = await eight(() => rotate(id))
    expect(rotations.filter((one) => 'made' in one)).toHaveLength(1)
    const keys = await listKeys(band.app.database.read)
    expect(keys.filter((key) => key.name === 'once')).toHaveLength(2)
  })

  test('can be revoked before its overlap is over: within a second on every server', async () => {
    const old = await band.createKey({ kind: 'bot' })
    const { made } = await rotated(old)
    expect(await statusesOf(old)).toEqual([200, 200])
    const id = await idOf(old)
    await band.app.database.act((trx) => revokeKey(trx, id, band.now()))
    band.advance(1000)
    expect([await statusesOf(old), await statusesOf(made.text)]).toEqual([
      [401, 401],
      [200, 200],
    ])
  })
})

describe('when a key was last used', () => {
  test('is the latest of what the servers write down, whichever writes last', async () => {
    const third = await band.startAnother()
    const key = await band.createKey({ kind: 'bot' })
    await third.get(profile, { key })
    band.advance(5000)
    const usedAt = band.now()
    await band.get(profile, { key })
    await band.restart()
    await third.stop()
    expect(await findKey(band.app.database.read, await idOf(key))).toMatchObject({ lastUsedAt: usedAt })
  })

  test('is written down later where the database fails', async () => {
    const key = await band.createKey({ kind: 'bot' })
    const ring = new KeyRing(band.app.database, band.now, new Map())
    await ring.find(key)
    const id = await idOf(key)
    const usedAt = band.now()
    const rename = (from: string, to: string) =>
      other.app.database.act((trx) => trx.schema.alterTable(from).renameTo(to).execute())
    await rename('api_key', 'away')
    await expect(ring.writeLastUsed()).rejects.toThrow()
    await rename('away', 'api_key')
    await ring.writeLastUsed()
    expect(await findKey(band.app.database.read, id)).toMatchObject({ lastUsedAt: usedAt })
  })
})

describe('a key that is mistyped', () => {
  test('is told apart without a query: also while keys can not be read', async () => {
    const key = await band.createKey({ kind: 'bot' })
    const last = key.at(-1) === 'A' ? 'B' : 'A'
    const rename = (from: string, to: string) =>
      band.app.database.act((trx) => trx.schema.alterTable(from).renameTo(to).execute())
    await rename('api_key', 'away')
    // Never seen before, so the right one can't be known; the wrong one can.
    expect([await statusOf(key), await statusOf(key.slice(0, -1) + last)]).toEqual([500, 401])
    await rename('away', 'api_key')
    expect(await statusOf(key)).toBe(200)
  })

  async function statusOf(key: string): Promise<number> {
    return (await band.get(profile, { key })).status
  }
})
