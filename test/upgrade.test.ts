import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../src/database/database.ts'
import { migrations } from '../src/database/migrations/index.ts'
import { version } from '../src/version.ts'
import { type CommandFolder, makeCommandFolder } from './command-line.ts'
import { eventually, type Magicband, startMagicband } from './magicband.ts'
import { listReleases, type ReleasedCalls, readReleasedCommunities, releasedFolder } from './released-data.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

const releases = listReleases()
const hourMs = 3_600_000

test('every release of CHANGELOG.md left a database behind', () => {
  const changelog = readFileSync(new URL('../CHANGELOG.md', import.meta.url), 'utf8')
  const released = [...changelog.matchAll(/^## (\d+\.\d+\.\d+\S*)/gm)].map(([, release]) => release)
  expect(releases).toEqual(expect.arrayContaining(released))
  expect(releases.length).toBeGreaterThan(0)
})

// A migration after a release belongs to the next version.
test.each(['sqlite', 'postgres'])('the database of this version has seen every migration, on %s', (kind) => {
  const script = readFileSync(join(releasedFolder, version, `${kind}.sql`), 'utf8')
  for (const migration of Object.keys(migrations)) expect(script).toContain(`('${migration}', `)
})

describe.each(releases)('the database of %s', (release) => {
  const files = readReleasedCommunities(release)
  const { madeAt, calls }: ReleasedCalls = JSON.parse(readFileSync(join(releasedFolder, release, 'calls.json'), 'utf8'))
  let database: TestDatabase
  let commands: CommandFolder
  let band: Magicband | undefined

  beforeAll(async () => {
    database = await createTestDatabase({ isEmpty: true })
    await runScript(database.url, release)
    commands = makeCommandFolder(files)
  })
  afterAll(async () => {
    await commands.remove()
    if (band === undefined) await database.remove()
    else await band.stop()
  })

  const run = (command: string) => commands.run([command], { DATABASE_URL: database.url })

  test('holds at least a row of everything that is kept', async () => {
    const { read, close } = openDatabase(database.url)
    // Counted for a minute, and held for the time of an approval.
    const shortLived = ['limit_use', 'approval']
    const tables = (await read.introspection.getTables()).filter(({ name }) => !shortLived.includes(name))
    expect(tables.length).toBeGreaterThan(0)
    for (const { name } of tables) {
      const { rows } = await sql`select * from ${sql.table(name)} limit 1`.execute(read)
      expect([name, rows.length]).toEqual([name, 1])
    }
    await close()
  })

  test('is brought up to date by migrate, to the tables that a new one has, and verify finds nothing', async () => {
    expect(await run('migrate')).toMatchObject({ code: 0 })
    expect((await run('migrate')).stderr).toBe('the database is up to date\n')
    expect(await run('verify')).toMatchObject({ code: 0, stdout: '' })
    const fresh = await createTestDatabase()
    expect(await describeTables(database.url)).toEqual(await describeTables(fresh.url))
    await fresh.remove()
  })

  test('is served as before: the same answers, nothing paid twice, and what waited is done', async () => {
    band = await startMagicband({ database, files, startsAt: Date.parse(madeAt) + hourMs })
    for (const { method, path, headers, body, status, answer } of calls) {
      const reply = await band.request(method, path, { key: null, headers, ...(body !== undefined && { body }) })
      expect([path, reply.status, reply.text]).toEqual([path, status, answer])
    }
    await eventually(() => isIdle(band))
    expect(await run('verify')).toMatchObject({ code: 0, stdout: '' })
  })
})

/** Whether no job waits; those that do are told that time goes by. */
async function isIdle(band: Magicband | undefined): Promise<true | undefined> {
  band?.advance(1000)
  const jobs = await band?.app.database.read.selectFrom('job').select('id').execute()
  return jobs?.length === 0 || undefined
}

async function runScript(url: string, release: string): Promise<void> {
  const read = (kind: string) => readFileSync(join(releasedFolder, release, `${kind}.sql`), 'utf8')
  if (url.startsWith('sqlite:')) {
    const file = new DatabaseSync(url.replace('sqlite:', ''))
    file.exec(read('sqlite'))
    file.close()
    return
  }
  const client = new Client(url)
  await client.connect()
  await client.query(read('postgres'))
  await client.end()
}

/** Each table with its columns, and the indexes; what was added later stands at the end of a table, so the order says nothing. */
async function describeTables(url: string): Promise<string[]> {
  const { read, close } = openDatabase(url)
  const tables = await read.introspection.getTables()
  const listIndexes = url.startsWith('sqlite:')
    ? sql<{ index: string }>`select coalesce(sql, name) as "index" from sqlite_master where type = 'index'`
    : sql<{ index: string }>`select indexdef as "index" from pg_indexes where schemaname = 'public'`
  const { rows: indexes } = await listIndexes.execute(read)
  await close()
  const describe = ({ name, dataType, isNullable, hasDefaultValue }: (typeof tables)[number]['columns'][number]) =>
    [name, dataType, isNullable ? 'null' : 'not null', hasDefaultValue ? 'default' : ''].join(' ')
  const described = tables.map(({ name, columns }) => `${name}: ${columns.map(describe).toSorted().join(', ')}`)
  return [...described, ...indexes.map(({ index }) => index)].toSorted()
}
