import { type RawBuilder, sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { communityFile, type Magicband, moderator, pathOf, startMagicband } from './magicband.ts'
import {
  ban,
  type Damage,
  faultsOf,
  faultsAfter as faultsOfDamaged,
  forEntry,
  isEntry,
  record,
  remove,
  rewrite,
  sequencesOf,
  upTo,
} from './trail.ts'

describe('a trail of six entries', () => {
  let band: Magicband
  beforeAll(async () => {
    band = await startMagicband({ files: { wed: communityFile, zoo: communityFile } })
    for (let player = 100_001; player <= 100_006; player++) await ban(band, `Visitor${player}`)
    await band.post(pathOf('/ban/add', { username: 'Visitor100001', reason: 'x', moderator }), {
      key: band.keys.zoo?.bot ?? '',
    })
  })
  afterAll(() => band.stop())

  const faultsAfter = (...damages: Damage[]) => faultsOfDamaged(band, damages)
  const changed = 'is changed: it says something else than when it was written'
  const doesNotFollow = 'does not follow from the entry before it: one of the two was changed, moved or put in'

  test('is as it was written', async () => {
    expect(await sequencesOf(band)).toEqual(upTo(6))
    expect(await sequencesOf(band, 'zoo')).toEqual([1])
    expect(await faultsOf(band.app.database.read)).toEqual([])
  })

  test.each([
    ['what was after', sql`after = '{"reason":"good boy"}'`],
    ['what was before', sql`before = '{}'`],
    ['its player', sql`roblox_id = '1'`],
    ['its player to none', sql`roblox_id = null`],
    ['its moderator', sql`moderator = '100000000000000001'`],
    ['its moderator to none', sql`moderator = null`],
    ['its act', sql`act = 'ban.remove'`],
    ['its key', sql`key_id = 'another'`],
    ['its request', sql`request_id = 'another'`],
    ['its time', sql`created_at = created_at - 1`],
    ['its id', sql`id = 'another'`],
    ['its salt', sql`salt = 'another'`],
  ])('tells an entry of which somebody changed %s', async (_name, set) => {
    expect(await faultsAfter(forEntry(3, set))).toEqual([`audit_entry wed 3: ${changed}`])
  })

  test('tells an entry that was changed together with its digest', async () => {
    const faults = await faultsAfter(async (trx) => {
      await forEntry(3, sql`after = '{}'`).execute(trx)
      await rewrite(trx, 3, { withHash: false })
    })
    expect(faults).toEqual([`audit_entry wed 3: ${doesNotFollow}`])
  })

  test('tells an entry that was changed together with its digest and hash by the one after it', async () => {
    const faults = await faultsAfter(async (trx) => {
      await forEntry(3, sql`after = '{}'`).execute(trx)
      await rewrite(trx, 3, { withHash: true })
    })
    expect(faults).toEqual([`audit_entry wed 4: ${doesNotFollow}`])
  })

  test('tells the last entry, changed together with its digest and hash, by the head', async () => {
    const faults = await faultsAfter(async (trx) => {
      await forEntry(6, sql`after = '{}'`).execute(trx)
      await rewrite(trx, 6, { withHash: true })
    })
    expect(faults).toEqual(['audit_head wed: has another hash than the last entry, 6'])
  })

  test('tells entries that were removed', async () => {
    expect(await faultsAfter(remove(1))).toEqual(['audit_entry wed 2: entry 1 is missing before it'])
    expect(await faultsAfter(remove(3), remove(4))).toEqual(['audit_entry wed 5: entries 3 to 4 are missing before it'])
    expect(await faultsAfter(remove(6))).toEqual(['audit_head wed: entry 6 is missing at the end'])
    expect(await faultsAfter(sql`delete from audit_entry where community = 'wed'`)).toEqual([
      'audit_head wed: entries 1 to 6 are missing at the end',
    ])
  })

  test('tells one that was removed, with those after it moved up', async () => {
    const faults = await faultsAfter(remove(4), forEntry(5, sql`sequence = 4`), forEntry(6, sql`sequence = 5`))
    expect(faults).toEqual([
      `audit_entry wed 4: ${doesNotFollow}`,
      `audit_entry wed 5: ${doesNotFollow}`,
      'audit_head wed: entry 6 is missing at the end',
    ])
  })

  test('tells two that changed places', async () => {
    const swap = [forEntry(2, sql`sequence = 99`), forEntry(3, sql`sequence = 2`), forEntry(99, sql`sequence = 3`)]
    expect(await faultsAfter(...swap)).toEqual([2, 3, 4].map((place) => `audit_entry wed ${place}: ${doesNotFollow}`))
  })

  const forge = (values: RawBuilder<unknown>) => sql`
    insert into audit_entry
      (community, id, sequence, act, roblox_id, moderator, key_id, request_id, created_at, salt, digest, hash) ${values}`
  test.each(['2.5', "'zz'"])('tells an entry in between, at the place %s, which SQLite keeps', async (place) => {
    const copy = forge(sql`select community, 'forged', ${sql.raw(place)}, act, roblox_id, moderator, key_id, request_id,
      created_at, salt, digest, hash from audit_entry where ${isEntry(2)}`)
    const isSqlite = band.databaseUrl.startsWith('sqlite:')
    // A column of integers has no room for it on PostgreSQL, which rounds the one and refuses the other.
    if (!isSqlite) return expect(faultsAfter(copy)).rejects.toThrow()
    const row = `audit_entry wed ${place.replaceAll("'", '')}`
    const odd = `${row}: ${changed.replace('is changed', 'has a place that no entry has; is changed')}`
    expect(await faultsAfter(copy)).toEqual([odd])
    // Nor does it hide what was done to its neighbours.
    const faults = await faultsAfter(copy, async (trx) => {
      await forEntry(3, sql`after = '{}'`).execute(trx)
      await rewrite(trx, 3, { withHash: false })
    })
    expect(faults.toSorted()).toEqual([odd, `audit_entry wed 3: ${doesNotFollow}`].toSorted())
  })

  test('tells a forged entry', async () => {
    const copyOf = (sequence: number, place: number) =>
      forge(sql`select community, 'forged', ${sql.lit(place)}, act, roblox_id, moderator, key_id, request_id, created_at,
        salt, digest, hash from audit_entry where ${isEntry(sequence)}`)
    expect(await faultsAfter(copyOf(6, 7))).toEqual([
      `audit_entry wed 7: ${changed}`,
      'audit_head wed: says that entry 6 is the last, but there are entries up to 7',
    ])
    expect(await faultsAfter(copyOf(6, 0))).toEqual([`audit_entry wed 0: has a place that no entry has; ${changed}`])
    const other = forge(sql`select 'other', id, 1, act, roblox_id, moderator, key_id, request_id, created_at,
      salt, digest, hash from audit_entry where ${isEntry(1)}`)
    expect(await faultsAfter(other)).toEqual([
      `audit_entry other 1: ${changed}`,
      'audit_head other: is missing, though the trail has entries up to 1',
    ])
  })

  test('tells a head that was removed or changed', async () => {
    expect(await faultsAfter(sql`delete from audit_head where community = 'wed'`)).toEqual([
      'audit_head wed: is missing, though the trail has entries up to 6',
    ])
    expect(await faultsAfter(sql`update audit_head set hash = 'x' where community = 'wed'`)).toEqual([
      'audit_head wed: has another hash than the last entry, 6',
    ])
  })

  test.each([
    ['player', sql`before = null, after = null, salt = null`],
    ['state after', sql`roblox_id = null, salt = null`],
  ])('tells an entry without a salt that still has its %s', async (_name, set) => {
    expect(await faultsAfter(forEntry(3, set))).toEqual(['audit_entry wed 3: is changed: it is erased, but not whole'])
  })

  test('does not tell by itself that its end was cut off and the head moved back', async () => {
    // What was posted to Discord does: docs/audit.md.
    const cut = sql`update audit_head set sequence = 5,
      hash = (select hash from audit_entry where ${isEntry(5)}) where community = 'wed'`
    expect(await faultsAfter(remove(6), cut)).toEqual([])
  })
})

describe('the trail', () => {
  let band: Magicband
  beforeEach(async () => {
    band = await startMagicband()
  })
  afterEach(() => band.stop())

  test('has no gap and no fork when two servers write it at once', async () => {
    const other = await band.startAnother()
    const replies = await Promise.all(
      upTo(40).map((index) => ban(index % 2 === 0 ? band : other, `Visitor${100_000 + index}`)),
    )
    await other.stop()
    expect(replies.map(({ status }) => status)).toEqual(upTo(40).map(() => 200))
    expect(await sequencesOf(band)).toEqual(upTo(40))
    expect(await faultsOf(band.app.database.read)).toEqual([])
  })

  test('has no place for an act that was refused', async () => {
    await ban(band, 'Visitor100001')
    const replies = await Promise.all(upTo(5).map(() => ban(band, 'Visitor100001')))
    expect(replies.map(({ status }) => status)).toEqual(upTo(5).map(() => 400))
    await ban(band, 'Visitor100002')
    expect(await sequencesOf(band)).toEqual([1, 2])
    expect(await faultsOf(band.app.database.read)).toEqual([])
  })

  test('is told in pages, and whole', async () => {
    await ban(band, 'Visitor100001')
    const acts = upTo(2500).map((index) => ({ act: 'link.add' as const, robloxId: String(index) }))
    await band.app.database.act((trx) => record(trx, band, acts))
    await ban(band, 'Visitor100002')
    expect(await sequencesOf(band)).toEqual(upTo(2502))
    expect(await faultsOf(band.app.database.read)).toEqual([])
    await band.app.database.act((trx) =>
      trx.updateTable('audit_entry').set({ before: '{}' }).where('sequence', 'in', [1000, 1001, 2502]).execute(),
    )
    const rows = (await faultsOf(band.app.database.read)).map(({ row }) => row)
    expect(rows).toEqual(['wed 1000', 'wed 1001', 'wed 2502'])
  })
})

describe('the trail tells before and after', () => {
  let band: Magicband
  beforeAll(async () => {
    band = await startMagicband()
  })
  afterAll(() => band.stop())

  test.each([
    [
      'a grant',
      '/certification/grant',
      { username: 'StudentOne', certification: 'tot' },
      null,
      { certification: 'tot' },
    ],
    [
      'a revocation',
      '/certification/revoke',
      { username: 'StudentOne', certification: 'tot' },
      { certification: 'tot' },
      null,
    ],
    [
      'a ban with an end',
      '/ban/add',
      { username: 'Visitor100001', reason: 'x', duration: '60' },
      null,
      { reason: 'x', ends: '2026-01-15T12:01:00.000Z' },
    ],
    [
      'an unban',
      '/ban/remove',
      { username: 'Visitor100001', reason: 'good boy' },
      { reason: 'x', ends: '2026-01-15T12:01:00.000Z', moderator },
      { reason: 'good boy' },
    ],
    [
      'a first application',
      '/application/upload',
      { id: '1006' },
      null,
      { application: expect.stringMatching(/^[0-9a-f]{24}$/) },
    ],
    [
      'a second application',
      '/application/upload',
      { id: '1006' },
      { application: expect.stringMatching(/^[0-9a-f]{24}$/) },
      { application: expect.stringMatching(/^[0-9a-f]{24}$/) },
    ],
    [
      'an approval',
      '/application/approve',
      { id: '1006' },
      { role: 'Member', rank: 1, application: expect.stringMatching(/^[0-9a-f]{24}$/) },
      { role: 'University Student', rank: 10 },
    ],
  ])('of %s', async (_name, path, values, before, after) => {
    const body = path === '/application/upload' ? { body: JSON.stringify({ q1: 'a', q2: 'b', q3: 'c', q4: 'd' }) } : {}
    const { status, headers } = await band.post(pathOf(path, { moderator, ...values }), body)
    expect(status).toBe(200)
    const entry = await band.app.database.read
      .selectFrom('audit_entry')
      .selectAll()
      .orderBy('sequence', 'desc')
      .executeTakeFirstOrThrow()
    expect([JSON.parse(entry.before ?? 'null'), JSON.parse(entry.after ?? 'null')]).toEqual([before, after])
    expect([entry.request_id, entry.created_at]).toEqual([headers['x-request-id'], band.now()])
  })
})
