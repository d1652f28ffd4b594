import { setImmediate as turn } from 'node:timers/promises'
import { sql } from 'kysely'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { type Database, openDatabase } from './database.ts'
import { hotQuery, type PlaceOf } from './hot-query.ts'
import type { Db } from './schema.ts'

let home: TestDatabase
let database: Database
/** The same database, as another process has it. */
let other: Database
/** The statements that were run, in their order. */
const statements: string[] = []
const log = pino({ level: 'trace' }, { write: (line: string) => statements.push(JSON.parse(line).sql) })
beforeAll(async () => {
  home = await createTestDatabase()
  database = openDatabase(home.url, { log })
  other = openDatabase(home.url)
  await database.act((trx) =>
    trx
      .insertInto('roblox_user')
      .values(Array.from({ length: 300 }, (_, index) => user(index)))
      .execute(),
  )
})
afterAll(async () => {
  await database.close()
  await other.close()
  await home.remove()
})

const user = (index: number) => ({
  roblox_id: `${index}`,
  name: `user ${index}`,
  name_lower: `user ${index}`,
  asked_at: index,
})

const nameOf = hotQuery((db, value: PlaceOf<{ id: string; since: number }>) =>
  db
    .selectFrom('roblox_user')
    .select('name')
    .where('roblox_id', '=', value('id'))
    .where('asked_at', '>=', value('since')),
)
const add = hotQuery((db, value: PlaceOf<{ id: string }>) =>
  db.insertInto('roblox_user').values({ roblox_id: value('id'), name: 'added', name_lower: 'added', asked_at: 0 }),
)
/** By the 0 of the first user nothing can be divided: an error on PostgreSQL, null on SQLite. */
const divided = hotQuery((db, value: PlaceOf<{ id: string }>) =>
  db.selectFrom('roblox_user').select(sql<number>`10 / asked_at`.as('part')).where('roblox_id', '=', value('id')),
)

async function find(db: Db, index: number, since = 0): Promise<string[]> {
  const { rows } = await nameOf(db, { id: `${index}`, since })
  return rows.map((row) => row.name)
}

describe('many who ask at once', () => {
  test('are each told their own, also where that is nothing', async () => {
    const asked = Array.from({ length: 500 }, (_, index) => find(database.read, index, index % 7 === 0 ? 1000 : 0))
    const expected = Array.from({ length: 500 }, (_, index) =>
      index < 300 && index % 7 !== 0 ? [`user ${index}`] : [],
    )
    expect(await Promise.all(asked)).toEqual(expected)
  })

  test('see what was done before they asked', async () => {
    const waiting = Array.from({ length: 50 }, (_, index) => find(database.read, index))
    await database.act(async (trx) => add(trx, { id: 'new' }))
    const { rows } = await nameOf(database.read, { id: 'new', since: 0 })
    expect(rows).toMatchObject([{ name: 'added' }])
    await Promise.all(waiting)
  })

  test('see in the next turn what another process has done', async () => {
    await find(database.read, 1)
    await other.act(async (trx) => add(trx, { id: 'elsewhere' }))
    await turn()
    const { rows } = await nameOf(database.read, { id: 'elsewhere', since: 0 })
    expect(rows).toMatchObject([{ name: 'added' }])
  })

  test('share statements on PostgreSQL, which can wait, and none on SQLite, which does not', async () => {
    statements.length = 0
    await Promise.all(Array.from({ length: 300 }, (_, index) => find(database.read, index)))
    if (home.url.startsWith('sqlite:')) expect(statements).toHaveLength(300)
    else expect(statements.length).toBeLessThan(10)
  })

  test('fail together where their statement fails, and the next ones do not', async () => {
    const outcomes = await Promise.allSettled([0, 1].map((index) => divided(database.read, { id: `${index}` })))
    const expected = home.url.startsWith('sqlite:') ? 'fulfilled' : 'rejected'
    expect(outcomes.map(({ status }) => status)).toEqual([expected, expected])
    expect((await divided(database.read, { id: '1' })).rows).toEqual([expect.objectContaining({ part: 10 })])
  })
})

describe('in an act', () => {
  test('statements that nobody waits for are run in their order, and seen by those that follow', async () => {
    const found = await database.act(async (trx) => {
      const [, before] = await Promise.all([add(trx, { id: 'a' }), nameOf(trx, { id: 'a', since: 0 })])
      return before.rows
    })
    expect(found).toEqual([{ name: 'added' }])
  })

  test('one that fails fails the act with its own error, and all that was sent with it is undone', async () => {
    const act = database.act((trx) =>
      Promise.all([add(trx, { id: 'b' }), add(trx, { id: 'b' }), add(trx, { id: 'c' })]),
    )
    await expect(act).rejects.toThrow(/unique/i)
    await turn()
    expect([
      await nameOf(database.read, { id: 'b', since: 0 }),
      await nameOf(database.read, { id: 'c', since: 0 }),
    ]).toMatchObject([{ rows: [] }, { rows: [] }])
    await database.act(async (trx) => add(trx, { id: 'b' }))
  })

  test('says how many rows it changed', async () => {
    expect((await database.act(async (trx) => add(trx, { id: 'd' }))).numAffectedRows).toBe(1n)
  })
})

describe('a snapshot', () => {
  test('goes on seeing what was there when it began', async () => {
    const seen = await database.snapshot(async (db) => {
      await nameOf(db, { id: 'later', since: 0 })
      await other.act(async (trx) => add(trx, { id: 'later' }))
      return (await nameOf(db, { id: 'later', since: 0 })).rows
    })
    expect(seen).toEqual([])
  })
})
