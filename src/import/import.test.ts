import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  communityFile,
  type Magicband,
  moderator,
  pathOf,
  readCommunity,
  startMagicband,
} from '../../test/magicband.ts'
import { makeTemporaryFolder } from '../../test/temporary-folder.ts'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { type Database, openDatabase } from '../database/database.ts'
import { createObjectIds } from '../database/object-id.ts'
import { Pseudonyms } from '../privacy/pseudonyms.ts'
import type { Fault } from '../verify/fault.ts'
import { findFaults } from '../verify/verify.ts'
import { BrokenOff, type ImportOptions, importPlayers } from './import.ts'
import type { Format } from './read-records.ts'
import type { Summary } from './summary.ts'

const now = Date.parse('2026-01-15T12:00:00.000Z')
const wed = readCommunity('wed', communityFile)

let folder: string
let testDatabase: TestDatabase
let database: Database
beforeAll(() => {
  folder = makeTemporaryFolder('import')
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(async () => {
  testDatabase = await createTestDatabase()
  database = openDatabase(testDatabase.url)
})
afterEach(async () => {
  await database.close()
  await testDatabase.remove()
})

type Told = { summary: Summary; remarks: string[] }
type More = Partial<ImportOptions> & { format?: Format; into?: Database }

let files = 0
async function importText(text: string, { format = 'mongo', into = database, ...more }: More = {}): Promise<Told> {
  const file = join(folder, `export-${files++}`)
  writeFileSync(file, text)
  const remarks: string[] = []
  const pseudonyms = new Pseudonyms(into, randomBytes)
  await pseudonyms.prepare(['wed', 'zoo'])
  const options = {
    community: wed,
    fields: new Map(),
    isDryRun: false,
    createId: createObjectIds(() => now, randomBytes),
    now,
    pseudonyms,
  }
  const listener = {
    chosen: () => undefined,
    remark: async (line: number, { reason }: { reason: string }) => void remarks.push(`${line} ${reason}`),
    progress: () => undefined,
  }
  const summary = await importPlayers(into, { file, format }, { ...options, ...more }, listener)
  return { summary, remarks }
}

const importRecords = (records: readonly object[], more: More = {}) =>
  importText(records.map((record) => JSON.stringify(record)).join('\n'), more)

const oid = (number: number) => number.toString(16).padStart(24, '0')
const tables = ['player', 'point_entry', 'certification', 'ban', 'roblox_user', 'job'] as const

/** Every row that an import may write. */
async function content(): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {}
  for (const table of tables) {
    const rows: Record<string, unknown>[] = await database.read.selectFrom(table).selectAll().execute()
    found[table] = rows.map((row) => JSON.stringify(Object.entries(row).toSorted())).toSorted()
  }
  return found
}

async function faults(): Promise<Fault[]> {
  const found: Fault[] = []
  for await (const fault of findFaults(database.read)) found.push(fault)
  return found
}

const player = { _id: { $oid: oid(1) }, userId: 1, username: 'Roblox', points: 30, certifications: ['tot'], ban: 'bad' }

describe('an import skips, and leaves the database as it is,', () => {
  test.each([
    ['what is no document', '{"userId":1}\n{"userId"', '2 unreadable'],
    ['what has no Roblox id', '{"userId":1}\n{"points":5}', '2 roblox-id-missing'],
    ['what has a wrong Roblox id', '{"userId":1}\n{"userId":"x"}', '2 roblox-id-invalid'],
    ['a player who came before', '{"userId":1}\n{"userId":"01","points":5}', '2 roblox-id-twice'],
    ['what hides what it is', '{"userId":1}\n{"userId":{"toString":"x","valueOf":1}}', '2 roblox-id-invalid'],
    [
      'an _id that came before',
      `{"userId":1,"_id":"${oid(1)}"}\n{"userId":2,"_id":{"$oid":"${oid(1)}"},"points":5,"ban":true}`,
      '2 object-id-twice',
    ],
  ])('%s', async (_name, text, remark) => {
    const { summary, remarks } = await importText(text)
    expect(remarks).toEqual([remark])
    expect(summary).toMatchObject({ records: 2, newPlayers: 1, skipped: 1 })
    const { player: players, ...rest } = await content()
    expect(players).toEqual([expect.stringContaining('"points",0')])
    expect(Object.values(rest).flat()).toEqual([])
  })

  test("a player whose _id is another player's, with all that the record holds", async () => {
    await importRecords([player])
    const before = await content()
    const { summary, remarks } = await importRecords([{ ...player, userId: 2, points: 1.5 }])
    expect([summary.skipped, remarks]).toEqual([1, ['1 object-id-taken']])
    expect(await content()).toEqual(before)
  })

  test('a player who was erased here', async () => {
    const pseudonyms = new Pseudonyms(database, randomBytes)
    await pseudonyms.prepare(['wed'])
    const subject = pseudonyms.of({ community: 'wed', robloxId: '1' })
    const receipt = { community: 'wed', id: 'one', source: 'command', notification_id: null, subject, asked_at: now }
    await database.act((trx) =>
      trx
        .insertInto('erasure')
        .values({ ...receipt, done_at: now, removed: '{}' })
        .execute(),
    )
    const before = await content()
    const { summary, remarks } = await importRecords([player])
    expect([summary.skipped, remarks]).toEqual([1, ['1 erased']])
    expect(await content()).toEqual(before)
    expect((await importRecords([player], { community: { ...wed, slug: 'zoo' } })).summary.newPlayers).toBe(1)
  })

  test('everything in a dry run, which tells the same', async () => {
    const before = await content()
    const records = [player, { ...player, userId: 2 }, { userId: 3, points: -1.5, certifications: 'x' }]
    const dry = await importRecords(records, { isDryRun: true })
    expect(await content()).toEqual(before)
    expect(await importRecords(records)).toEqual(dry)
    expect(dry.summary).toMatchObject({ records: 3, newPlayers: 2, skipped: 1, points: 28, bans: 1, certifications: 1 })
  })
})

describe('a record that comes again', () => {
  test('changes nothing, however often, in either format', async () => {
    const csv = `_id,userId,username,points,certifications,ban\n${oid(1)},1,Roblox,30,tot,bad\n`
    const first = await importRecords([player])
    expect(first).toMatchObject({ summary: { newPlayers: 1, points: 30, certifications: 1, bans: 1 }, remarks: [] })
    const before = await content()
    for (const again of [await importRecords([player]), await importText(csv, { format: 'csv' })]) {
      expect(again).toMatchObject({
        summary: { newPlayers: 0, knownPlayers: 1, points: 0, certifications: 0, bans: 0 },
        remarks: [],
      })
    }
    expect(await content()).toEqual(before)
    expect(await faults()).toEqual([])
  })

  test.each([
    ['with other points keeps those that were imported', { points: 31 }, '1 points-differ'],
    ['with another _id keeps its own', { _id: oid(2) }, '1 object-id-kept'],
  ])('%s', async (_name, change, remark) => {
    await importRecords([player])
    const before = await content()
    expect((await importRecords([{ ...player, ...change }])).remarks).toEqual([remark])
    expect(await content()).toEqual(before)
  })

  test('with what was missing or wrong the first time gets it', async () => {
    await importRecords([{ userId: 1, points: 'many', certifications: 'x', ban: [1] }])
    const { summary, remarks } = await importRecords([{ ...player, _id: undefined }])
    expect(summary).toMatchObject({ knownPlayers: 1, points: 30, certifications: 1, bans: 1 })
    expect(remarks).toEqual([])
    expect(await faults()).toEqual([])
  })

  test('is one of each community', async () => {
    await importRecords([player])
    const { summary } = await importRecords([player], { community: { ...wed, slug: 'zoo' } })
    expect(summary).toMatchObject({ newPlayers: 1, points: 30, bans: 1 })
    expect(await faults()).toEqual([])
  })
})

describe('an import', () => {
  test('writes everything that a record holds', async () => {
    const until = Date.parse('2026-06-01T00:00:00Z')
    const ban = {
      reason: 'bad boy',
      moderator,
      at: { $date: '2025-01-01T00:00:00Z' },
      until: { $date: { $numberLong: `${until}` } },
    }
    await importRecords([
      { ...player, userId: { $numberLong: '172051854' }, certifications: { tot: true, char: true }, ban },
    ])
    const { read } = database
    expect(await read.selectFrom('player').selectAll().execute()).toEqual([
      { community: 'wed', object_id: oid(1), roblox_id: '172051854', points: 30, created_at: now },
    ])
    expect(await read.selectFrom('point_entry').selectAll().execute()).toEqual([
      {
        community: 'wed',
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
        roblox_id: '172051854',
        amount: 30,
        reason: 'import',
        shift_id: null,
        reverses: null,
        created_at: now,
      },
    ])
    const held = await read.selectFrom('certification').select(['code', 'granted_by']).orderBy('code').execute()
    expect(held).toEqual(['char', 'tot'].map((code) => ({ code, granted_by: 'import' })))
    expect(await read.selectFrom('ban').selectAll().execute()).toMatchObject([
      { reason: 'bad boy', moderator, banned_at: Date.parse('2025-01-01T00:00:00Z'), ends_at: until, is_open: 1 },
    ])
    expect(await read.selectFrom('roblox_user').selectAll().execute()).toEqual([
      { roblox_id: '172051854', name: 'Roblox', name_lower: 'roblox', asked_at: 0 },
    ])
    expect(await faults()).toEqual([])
  })

  test('gives a player without an _id a fresh one', async () => {
    await importText('Roblox ID;Points\n1;5\n2;6\n', { format: 'csv' })
    const ids = (await database.read.selectFrom('player').select('object_id').execute()).map((row) => row.object_id)
    expect(new Set(ids).size).toBe(2)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{24}$/)
  })

  test('reads a record that is made to break it as any other', async () => {
    const trap = { toString: 'x', valueOf: 1, toJSON: 1, code: null, name: null }
    const traps = ['username', '_id', 'points', 'certifications', 'ban', 'banReason', 'bannedBy', 'banUntil']
    const records = traps.flatMap((name, index) => [
      { userId: 2 * index + 1, [name]: trap },
      { userId: 2 * index + 2, [name]: [trap] },
    ])
    const { summary } = await importRecords([...records, player].map((one, index) => ({ ...one, userId: index + 1 })))
    expect(summary).toMatchObject({ records: records.length + 1, newPlayers: records.length + 1, skipped: 0 })
  })

  test('goes on after a record that nobody has foreseen', async () => {
    const codes = new Map(wed.certifications.codes)
    codes.has = (code) => {
      if (code === 'trap') throw new Error('unforeseen\u0007')
      return Map.prototype.has.call(codes, code)
    }
    const community = { ...wed, certifications: { ...wed.certifications, codes } }
    const records = [{ userId: 1 }, { userId: 2, certifications: 'trap' }, { userId: 3, certifications: 'tot' }]
    const { summary, remarks } = await importRecords(records, { community })
    expect([summary.newPlayers, summary.certifications, remarks]).toEqual([2, 1, ['2 unreadable']])
  })

  test('that the database ends tells what was written until then', async () => {
    let ids = 0
    const createId = () => {
      if (++ids > 450) throw new Error('the database is gone')
      return oid(ids)
    }
    const records = Array.from({ length: 1000 }, (_, index) => ({ userId: index + 1, points: 1 }))
    const ended = await importRecords(records, { createId }).catch((error: unknown) => error)
    expect(ended).toBeInstanceOf(BrokenOff)
    expect(ended).toMatchObject({
      cause: new Error('the database is gone'),
      summary: { records: 400, newPlayers: 400, points: 400, skipped: 0 },
    })
    expect((await content()).player).toHaveLength(400)
  })

  test('leaves a newer name, and an open ban, as they are', async () => {
    await database.act(async (trx) => {
      await trx
        .insertInto('roblox_user')
        .values({ roblox_id: '1', name: 'Newer', name_lower: 'newer', asked_at: 5 })
        .execute()
    })
    await importRecords([{ userId: 1, username: 'Older', ban: 'first' }])
    await database.act((trx) => trx.updateTable('ban').set({ id: 'another' }).execute())
    const { remarks } = await importRecords([{ userId: 1, ban: 'second' }])
    expect(remarks).toEqual(['1 ban-open'])
    expect(await database.read.selectFrom('roblox_user').select('name').execute()).toEqual([{ name: 'Newer' }])
    expect(await database.read.selectFrom('ban').select('reason').execute()).toEqual([{ reason: 'first' }])
  })

  test('takes the place of a ban that has run out', async () => {
    await importRecords([{ userId: 1, ban: { reason: 'short', until: '2026-01-16' } }])
    await database.act((trx) => trx.updateTable('ban').set({ id: 'another' }).execute())
    const { summary } = await importRecords([{ userId: 1, ban: 'long' }], { now: now + 86_400_000 })
    expect(summary.bans).toBe(1)
    const bans = await database.read.selectFrom('ban').select(['reason', 'is_open']).orderBy('reason').execute()
    expect(bans).toEqual([
      { reason: 'long', is_open: 1 },
      { reason: 'short', is_open: 0 },
    ])
  })

  test('has Roblox enforce a ban, once, where the community names its universe', async () => {
    const community = { ...wed, roblox: { ...wed.roblox, universe: '5', apiKey: 'key' } }
    for (let time = 0; time < 2; time++) await importRecords([player], { community })
    const jobs = await database.read.selectFrom('job').select(['task', 'payload']).execute()
    expect(jobs).toEqual([{ task: 'ban.restrict', payload: '{"robloxId":"1"}' }])
  })

  test('of two files at once, in opposite orders, doubles nothing', async () => {
    const records = Array.from({ length: 1000 }, (_, index) => ({ ...player, _id: oid(index), userId: index + 1 }))
    const other = openDatabase(testDatabase.url)
    const both = await Promise.all([importRecords(records), importRecords(records.toReversed(), { into: other })])
    await other.close()
    const sum = (pick: (summary: Summary) => number) => both.reduce((total, { summary }) => total + pick(summary), 0)
    expect([sum((one) => one.newPlayers), sum((one) => one.points), sum((one) => one.bans)]).toEqual([
      1000, 30_000, 1000,
    ])
    expect(sum((one) => one.skipped)).toBe(0)
    expect(await faults()).toEqual([])
  })
})

describe('what an import has brought', () => {
  let band: Magicband
  beforeEach(async () => {
    band = await startMagicband()
  })
  afterEach(() => band.stop())

  test('is in the answers, and what the staff undo is not done again', async () => {
    const into = band.app.database
    const records = [{ ...player, userId: 172051854, username: 'JTmaveryk' }]
    await importRecords(records, { into })
    const profile = async () => (await band.get('/profile?id=172051854')).body
    expect(await profile()).toMatchObject({ _id: oid(1), points: 30, certifications: ['tot'] })
    const username = 'JTmaveryk'
    expect((await band.post(pathOf('/ban/remove', { reason: 'x', username, moderator }))).status).toBe(200)
    expect(
      (await band.post(pathOf('/certification/revoke', { certification: 'tot', username, moderator }))).status,
    ).toBe(200)
    await band.post(pathOf('/log', { id: '172051854', place: '1', duration: '600', training: '0', server: 'job' }))
    const before = await profile()
    const { summary, remarks } = await importRecords(records, { into })
    expect(summary).toMatchObject({ knownPlayers: 1, points: 0, certifications: 0, bans: 0 })
    expect(remarks).toEqual(['1 certification-revoked'])
    expect(await profile()).toEqual(before)
    expect((await band.post(pathOf('/ban/remove', { reason: 'x', username, moderator }))).status).toBe(400)
  })
})
