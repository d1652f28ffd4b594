import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeTemporaryDatabase, type TemporaryDatabase } from '../../test/temporary-database.ts'
import { type Database, openDatabase } from './database.ts'
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
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await namesOf('rule')).toEqual(['rule 1', 'rule 3'])
  })

  test('sees what the acts before it did, and never half of one', async () => {
    await Promise.all(
      Array.from({ length: 50 }, () =>
        database.act(async (trx) => {
          const count = (await namesOf('turn', trx)).length
          await addUser(trx, `turn ${count}`)
          // A turn of the event loop in which another act must not get in between.
          await Promise.resolve()
          expect(await namesOf('turn', trx)).toHaveLength(count + 1)
        }),
      ),
    )
    expect(await namesOf('turn')).toHaveLength(50)
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

  test('can not store what is no text and no number', async () => {
    const values = { roblox_id: 'odd', name: true as unknown as string, name_lower: '', asked_at: 0 }
    const act = database.act((trx) => trx.insertInto('roblox_user').values(values).execute())
    await expect(act).rejects.toThrow("a boolean can't be stored")
  })

  test('is refused at once when ten thousand wait', async () => {
    const acts = Array.from({ length: 10_050 }, () => database.act(async () => 1))
    const outcomes = await Promise.allSettled(acts)
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused).toHaveLength(50)
    expect(String(refused[0]?.reason)).toContain('too many writes are waiting')
  })
})

describe('a reader', () => {
  test('can not write', async () => {
    await expect(addUser(database.read, 'reader')).rejects.toThrow(/readonly/)
  })
})

describe('while another process writes', () => {
  test('an act waits and then succeeds, and reads and everything else go on', async () => {
    const holder = await holdWriteLock(temporary.file)
    let isDone = false
    const act = database
      .act((trx) => addUser(trx, 'patient'))
      .then(() => {
        isDone = true
      })
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect([isDone, await namesOf('patient')]).toEqual([false, []])
    await holder.release()
    await act
    expect(await namesOf('patient')).toEqual(['patient'])
  })
})

describe('a closed database', () => {
  test('has finished the acts that waited, and refuses later ones and reads', async () => {
    const other = openDatabase(`sqlite:${temporary.file}`)
    const before = Promise.all(
      Array.from({ length: 300 }, (_, index) => other.act((trx) => addUser(trx, `last ${index}`))),
    )
    await other.close()
    await before
    expect(await namesOf('last')).toHaveLength(300)
    await expect(other.act(async () => 1)).rejects.toThrow('the database is closed')
    await expect(namesOf('last', other.read)).rejects.toThrow()
  })
})

describe('migrations', () => {
  test('run once', async () => {
    const { database: fresh, remove } = await makeTemporaryDatabase()
    await fresh.act((trx) => addUser(trx, 'kept'))
    expect(await fresh.migrate()).toEqual([])
    expect(await namesOf('kept', fresh.read)).toEqual(['kept'])
    await remove()
  })

  test('run once though two processes start together', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'magicband-database-'))
    const url = `sqlite:${join(folder, 'new', 'folders', 'magicband.db')}`
    const two = [openDatabase(url), openDatabase(url)]
    const names = await Promise.all(two.map((one) => one.migrate()))
    expect(names.flat()).toEqual([expect.stringContaining('0001')])
    for (const one of two) await one.close()
    rmSync(folder, { recursive: true })
  })
})

describe('what can not be opened', () => {
  test.each([
    ['an address that is none', 'magicband.db', 'DATABASE_URL'],
    ['a folder below a file', 'sqlite:/etc/passwd/magicband.db', /EEXIST|ENOTDIR/],
  ])('%s', (_name, url, message) => {
    expect(() => openDatabase(url)).toThrow(message)
  })

  test('a file that is no database', () => {
    const folder = mkdtempSync(join(tmpdir(), 'magicband-database-'))
    const file = join(folder, 'notes.txt')
    writeFileSync(file, 'these are notes and no database\n'.repeat(100))
    expect(() => openDatabase(`sqlite:${file}`)).toThrow('not a database')
    rmSync(folder, { recursive: true })
  })
})

/** Another process that has begun to write and goes on with it until it is told to end. */
async function holdWriteLock(file: string): Promise<{ release(): Promise<void> }> {
  const program = `
    const { DatabaseSync } = require('node:sqlite')
    const connection = new DatabaseSync(process.argv[1])
    connection.exec('begin immediate')
    process.stdout.write('held')
    process.stdin.once('data', () => { connection.exec('commit'); process.exit(0) })`
  const child = spawn(process.execPath, ['-e', program, file], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return {
    release: async () => {
      const exit = once(child, 'exit')
      child.stdin.write('go')
      await exit
    },
  }
}
