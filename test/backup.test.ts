import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeBackup } from '../src/backup/backup.ts'
import { tableNames } from '../src/backup/format.ts'
import { NotRestorable, restoreBackup } from '../src/backup/restore.ts'
import { type Database, openDatabase } from '../src/database/database.ts'
import type { Fault } from '../src/verify/fault.ts'
import { findFaults } from '../src/verify/verify.ts'
import { exampleCalls } from './example-calls.ts'
import { type Magicband, moderator, pathOf, startMagicband } from './magicband.ts'
import { makeTemporaryFolder } from './temporary-folder.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { erasePlayer } from './trail.ts'

let band: Magicband
let folder: string
const made: { database: Database; test: TestDatabase }[] = []

beforeAll(async () => {
  band = await startMagicband()
  folder = makeTemporaryFolder('backup')
  for (const { method, path, query, body, kinds } of exampleCalls) {
    await band.request(method, pathOf(path, { ...query }), {
      key: kinds[0] ?? 'bot',
      ...(body === undefined ? {} : { body }),
    })
  }
  const reason = 'odd: \u2028 \u2029 \u0001 🚒 "\\" \n'
  await band.post(pathOf('/ban/add', { reason, username: 'Visitor100009', moderator }))
  await band.post(pathOf('/ban/add', { reason, username: 'Visitor100010', moderator }))
  await erasePlayer(band, '100010')
})
afterAll(async () => {
  await band.stop()
  for (const { database, test } of made) {
    await database.close()
    await test.remove()
  }
  rmSync(folder, { recursive: true })
})

const silent = () => undefined
const backUp = (file: string) => writeBackup(band.app.database, file, { now: band.now(), progress: silent })

async function makeEmpty(kind?: 'sqlite'): Promise<Database> {
  const test = await createTestDatabase(kind === undefined ? {} : { kind })
  const database = openDatabase(test.url)
  made.push({ database, test })
  return database
}

/** Every row of every table, in no particular order. */
async function contentOf({ read }: Database): Promise<Record<string, string[]>> {
  const content: Record<string, string[]> = {}
  for (const table of tableNames) {
    const rows: Record<string, unknown>[] = await read.selectFrom(table).selectAll().execute()
    content[table] = rows.map((row) => JSON.stringify(Object.entries(row).toSorted())).toSorted()
  }
  return content
}

async function faultsOf({ read }: Database): Promise<Fault[]> {
  const faults: Fault[] = []
  for await (const fault of findFaults(read)) faults.push(fault)
  return faults
}

describe('a backup', () => {
  test('restored into this kind of database and into an SQLite file is the same, and can be backed up again', async () => {
    const file = join(folder, 'one.backup')
    const rows = await backUp(file)
    const original = await contentOf(band.app.database)
    for (const empty of [await makeEmpty(), await makeEmpty('sqlite')]) {
      expect(await restoreBackup(empty, file, silent)).toBe(rows)
      expect(await contentOf(empty)).toEqual(original)
      expect(await faultsOf(empty)).toEqual([])
      // The way back: from the file's kind into this one.
      const again = join(folder, 'again.backup')
      await writeBackup(empty, again, { now: band.now(), progress: silent })
      const back = await makeEmpty()
      await restoreBackup(back, again, silent)
      expect(await contentOf(back)).toEqual(original)
    }
  })

  test('made while the server works is of one moment', async () => {
    let isOver = false
    let sent = 0
    const work = async (): Promise<void> => {
      while (!isOver) {
        const shift = { id: String(100_100 + (sent % 300)), place: '1', duration: '600', training: '0' }
        await band.post(pathOf('/log', { ...shift, server: `job ${sent++}` }))
      }
    }
    const workers = Array.from({ length: 16 }, work)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const file = join(folder, 'busy.backup')
    const sentBefore = sent
    await backUp(file)
    const sentAfter = sent
    isOver = true
    await Promise.all(workers)
    const restored = await makeEmpty()
    await restoreBackup(restored, file, silent)
    expect(await faultsOf(restored)).toEqual([])
    const shifts = (await restored.read.selectFrom('shift').select('id').execute()).length
    expect(shifts).toBeGreaterThan(sentBefore - 20)
    expect(shifts).toBeLessThanOrEqual(sentAfter + 16)
  })

  test('into one file with another one at the same time is whole', async () => {
    const file = join(folder, 'twice.backup')
    const [rows] = await Promise.all([backUp(file), backUp(file)])
    expect(await restoreBackup(await makeEmpty(), file, silent)).toBe(rows)
    expect(readdirSync(folder).filter((name) => name.startsWith('twice'))).toEqual(['twice.backup'])
  })

  test('is refused where a newer version has changed the database, which may hold more than is known', async () => {
    const newer = await makeEmpty()
    const timestamp = new Date(0).toISOString()
    await newer.act((trx) =>
      sql`insert into kysely_migration (name, timestamp) values ('9999-later', ${timestamp})`.execute(trx),
    )
    const file = join(folder, 'newer.backup')
    const backup = writeBackup(newer, file, { now: 0, progress: silent })
    await expect(backup).rejects.toThrow('a newer version has done 9999-later')
    expect(existsSync(file)).toBe(false)
  })

  test('that fails leaves no file behind', async () => {
    const missing = join(folder, 'x folder', 'x.backup')
    await expect(backUp(missing)).rejects.toThrow('ENOENT')
    expect(readdirSync(folder).filter((name) => name.startsWith('x'))).toEqual([])
  })
})

describe('restore refuses, and writes nothing,', () => {
  const lines = (change: (lines: string[]) => string[]) => {
    const text = gunzipSync(readFileSync(join(folder, 'whole.backup'))).toString()
    return gzipSync(change(text.trimEnd().split('\n')).join('\n').concat('\n'))
  }
  const head = (change: object) => (all: string[]) => [
    JSON.stringify({ ...JSON.parse(all[0] ?? ''), ...change }),
    ...all.slice(1),
  ]

  /** Changed, with the number of rows and the checksum that go with the change. */
  const sealed = (change: (lines: string[]) => string[]) =>
    lines((all) => {
      const changed = change(all.slice(0, -1))
      const rows = changed.filter((line) => line.startsWith('[')).length
      const sha256 = createHash('sha256')
        .update(changed.map((line) => `${line}\n`).join(''))
        .digest('hex')
      return [...changed, JSON.stringify({ rows, sha256 })]
    })
  const isPlayers = (line = '') => line.startsWith('{"table":"player"')
  /** Changes the line of the table of players, or what comes after it. */
  const players = (change: (table: string, row: string) => string[]) => (all: string[]) => {
    const at = all.findIndex(isPlayers)
    return [...all.slice(0, at), ...change(all[at] ?? '', all[at + 1] ?? ''), ...all.slice(at + 2)]
  }

  beforeAll(() => backUp(join(folder, 'whole.backup')))
  test.each([
    ['what is no gzip', () => Buffer.from('hello'), /can't be read/],
    ['gzip that is no backup', () => gzipSync('{"a":1}\n'), /no backup of Magicband/],
    ['an empty file', () => Buffer.alloc(0), /cut off|can't be read/],
    ['a file that is cut off', () => readFileSync(join(folder, 'whole.backup')).subarray(0, 2000), /can't be read/],
    ['one without its end', () => lines((all) => all.slice(0, -1)), /cut off/],
    ['one that lacks a row', () => lines((all) => all.filter((_, index) => index !== 5)), /damaged/],
    [
      'one with a changed row',
      () => lines((all) => all.map((line) => line.replace('bad boy', 'good boy'))),
      /checksum/,
    ],
    ['one that goes on after its end', () => lines((all) => [...all, '["x"]']), /goes on/],
    [
      'one with a column that there is not',
      () => sealed(players((table, row) => [table.replace('"points"', '"glory"'), row])),
      /the database refuses what is in it \(.*glory.*take another backup$/s,
    ],
    [
      'one with a short row',
      () => sealed(players((table, row) => [table, JSON.stringify(JSON.parse(row).slice(1))])),
      /this row has 4 values for 5 columns/,
    ],
    ['one with a row twice', () => sealed(players((table, row) => [table, row, row])), /refuses .*(unique|UNIQUE)/],
    [
      'one with nothing where something must be',
      () => sealed(players((table, row) => [table, row.replace('"wed"', 'null')])),
      /refuses .*(not-null|NOT NULL)/,
    ],
    [
      'one with a row before its table',
      () => sealed((all) => [all[0] ?? '', '["x"]', ...all.slice(1)]),
      /this row has 1 values for 0 columns/,
    ],
    ['one of a newer form', () => lines(head({ version: 99 })), /newer version/],
    ['one of a newer schema', () => lines(head({ migrations: ['0001-initial', '9999-later'] })), /newer version/],
  ])('%s', async (_name, content, message) => {
    const file = join(folder, 'bad.backup')
    writeFileSync(file, content())
    const empty = await makeEmpty()
    const refusal = await restoreBackup(empty, file, silent).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(NotRestorable)
    expect(refusal).toHaveProperty('message', expect.stringMatching(message))
    expect(Object.values(await contentOf(empty)).flat()).toEqual([])
  })

  test('a file that is not there', async () => {
    await expect(restoreBackup(await makeEmpty(), join(folder, 'none'), silent)).rejects.toThrow('ENOENT')
  })

  test('a database that is not empty', async () => {
    const before = await contentOf(band.app.database)
    await expect(restoreBackup(band.app.database, join(folder, 'whole.backup'), silent)).rejects.toThrow('not empty')
    expect(await contentOf(band.app.database)).toEqual(before)
  })
})
