import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeTemporaryDatabase, type TemporaryDatabase } from '../../test/temporary-database.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { type Database, openDatabase } from './database.ts'
import { migrations } from './migrations/index.ts'
import type { Db } from './schema.ts'

let temporary: TemporaryDatabase
let database: Database
beforeAll(async () => {
  temporary = await makeTemporaryDatabase()
  database = temporary.database
})
afterAll(() => temporary.remove())

const addUser = (trx: Db, name: string, id = name) =>
  trx.insertInto('roblox_user').values({ roblox_id: id, name, name_lower: name, asked_at: 0 }).execute()

/** The names that begin with `prefix`, as a reader outside of every act sees them. */
async function namesOf(prefix: string, db: Db = database.read): Promise<string[]> {
  const rows = await db.selectFrom('roblox_user').select('name').where('name', 'like', `${prefix}%`).execute()
  return rows.map((row) => row.name).toSorted()
}

describe('an act', () => {
  test('that fails undoes all it did, and tells why with the very error', async () => {
    const failure = new Error('changed my mind')
    const act = database.act(async (trx) => {
      await addUser(trx, 'undone 1')
      await addUser(trx, 'undone 2')
      throw failure
    })
    await expect(act).rejects.toBe(failure)
    expect(await namesOf('undone')).toEqual([])
  })

  test('that fails in a group undoes nothing of the others', async () => {
    const acts = Array.from({ length: 20 }, (_, index) =>
      database.act(async (trx) => {
        await addUser(trx, `group ${index}`)
        if (index % 5 === 3) throw new Error('no')
        return index
      }),
    )
    const outcomes = await Promise.allSettled(acts)
    const failed = outcomes.flatMap((outcome, index) => (outcome.status === 'rejected' ? [index] : []))
    expect(failed).toEqual([3, 8, 13, 18])
    expect(await namesOf('group')).toHaveLength(16)
    expect(outcomes[4]).toEqual({ status: 'fulfilled', value: 4 })
  })

  test('that breaks a rule of the database fails alone', async () => {
    const outcomes = await Promise.allSettled([
      database.act((trx) => addUser(trx, 'rule 1', 'same')),
      database.act((trx) => addUser(trx, 'rule 2', 'same')),
      database.act((trx) => addUser(trx, 'rule 3', 'other')),
    ])
    expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(1)
    expect(await namesOf('rule')).toEqual([expect.stringMatching(/rule [12]/), 'rule 3'])
  })

  test('is seen by readers when it is committed, not before', async () => {
    let seenInside: string[] = ['not looked']
    await database.act(async (trx) => {
      await addUser(trx, 'seen')
      seenInside = await namesOf('seen')
    })
    expect([seenInside, await namesOf('seen')]).toEqual([[], ['seen']])
    expect(await namesOf('seen', temporary.openAgain().read)).toEqual(['seen'])
  })

  test('is refused at once when ten thousand wait', async () => {
    const acts = Array.from({ length: 10_050 }, () => database.act(async () => 1))
    const outcomes = await Promise.allSettled(acts)
    // On a slow machine others may give up waiting for a connection.
    const refused = outcomes.filter(
      (outcome) => outcome.status === 'rejected' && String(outcome.reason).includes('too many writes are waiting'),
    )
    expect(refused).toHaveLength(50)
  })
})

describe('a closed database', () => {
  test('has finished the acts that waited, and refuses later ones and reads', async () => {
    const other = openDatabase(temporary.url)
    const before = Promise.all(
      Array.from({ length: 300 }, (_, index) => other.act((trx) => addUser(trx, `last ${index}`))),
    )
    await other.close()
    await before
    expect(await namesOf('last')).toHaveLength(300)
    await expect(other.act((trx) => addUser(trx, 'too late'))).rejects.toThrow()
    await expect(namesOf('last', other.read)).rejects.toThrow()
  })
})

describe('migrations', () => {
  test('run once', async () => {
    const { url, remove } = await createTestDatabase({ isEmpty: true })
    const fresh = openDatabase(url)
    expect(await fresh.migrate()).toEqual({ done: Object.keys(migrations), newer: [] })
    await fresh.act((trx) => addUser(trx, 'kept'))
    expect(await fresh.migrate()).toEqual({ done: [], newer: [] })
    expect(await namesOf('kept', fresh.read)).toEqual(['kept'])
    await fresh.close()
    await remove()
  })

  test('run once though two processes start together', async () => {
    const { url, remove } = await createTestDatabase({ isEmpty: true })
    const two = [openDatabase(url), openDatabase(url)]
    const ran = await Promise.all(two.map((one) => one.migrate()))
    expect(ran.flatMap(({ done }) => done)).toEqual(Object.keys(migrations))
    for (const one of two) await one.close()
    await remove()
  })
})
