import { pino } from 'pino'
import { expect, test } from 'vitest'
import { exampleCalls, make } from '../../test/example-calls.ts'
import { findLogLine, startMagicband } from '../../test/magicband.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { openDatabase } from './database.ts'

/**
 * What an instance of the version before can live with while it still serves: new tables, new indexes that forbid
 * nothing of theirs, and new columns that may be left out.
 */
function isAdditive(statement: string): boolean {
  if (/^create (?:table|index)\b/i.test(statement)) return true
  const column = statement.match(/^alter table \S+ add column (.+)$/i)?.[1]
  return column !== undefined && (!/\bnot null\b/i.test(column) || /\bdefault\b/i.test(column))
}

test.each([
  ['create table "a" ("b" text not null)', true],
  ['create index "a_by_b" on "a" ("b")', true],
  ['alter table "a" add column "c" text', true],
  ['alter table "a" add column "c" bigint default 0 not null', true],
  ['alter table "a" add column "c" text not null', false],
  ['create unique index "a_by_b" on "a" ("b")', false],
  ['alter table "a" rename column "b" to "c"', false],
  ['alter table "a" drop column "b"', false],
  ['drop index "a_by_b"', false],
  ['update "a" set "b" = 1', false],
])('%s: additive is %s', (statement, expected) => {
  expect(isAdditive(statement)).toBe(expected)
})

test('every migration after the first only adds', async () => {
  const temporary = await createTestDatabase({ isEmpty: true })
  const lines: string[] = []
  const database = openDatabase(temporary.url, {
    log: pino({ level: 'trace' }, { write: (line) => lines.push(line) }),
  })
  try {
    await database.migrate()
    const statements = lines.flatMap((line): string[] => JSON.parse(line).sql ?? [])
    // Of the first migration nothing is there before, so it may do what it likes to its own tables.
    const names = statements.flatMap((sql, index) => (/insert into "kysely_migration"/.test(sql) ? [index] : []))
    expect(names.length).toBeGreaterThan(0)
    const later = statements.slice(names[0]).filter((sql) => !/kysely_migration|^(?:select|begin|commit)/i.test(sql))
    expect(later.filter((sql) => !isAdditive(sql))).toEqual([])
  } finally {
    await database.close()
    await temporary.remove()
  }
})

test('while another instance is upgraded, this one serves, and starts again', async () => {
  const band = await startMagicband()
  try {
    await band.app.database.act(async (trx) => {
      await trx.schema.createTable('of_a_later_version').addColumn('id', 'text').execute()
      await trx.schema.alterTable('player').addColumn('nickname', 'text').execute()
      await trx.schema
        .alterTable('shift')
        .addColumn('bonus', 'bigint', (c) => c.notNull().defaultTo(0))
        .execute()
      const seen = { name: '9999-later', timestamp: new Date(0).toISOString() }
      // Kysely's own table, which is not in our schema.
      await trx.withTables<{ kysely_migration: typeof seen }>().insertInto('kysely_migration').values(seen).execute()
    })
    for (const call of exampleCalls) expect([call.path, (await make(band, call)).status]).toEqual([call.path, 200])
    await band.restart()
    expect((await band.get('/profile?id=1002')).body).toMatchObject({ points: 10 })
    expect(findLogLine(band, 'newer version')).toMatchObject({ level: 40, newer: ['9999-later'] })
  } finally {
    await band.stop()
  }
})
