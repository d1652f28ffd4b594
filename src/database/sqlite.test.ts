import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeTemporaryDatabase, type TemporaryDatabase } from '../../test/temporary-database.ts'
import { makeTemporaryFolder } from '../../test/temporary-folder.ts'
import { findUserById } from '../players/players.store.ts'
import { type Database, openDatabase } from './database.ts'
import type { Db } from './schema.ts'

let temporary: TemporaryDatabase
let database: Database
beforeEach(async () => {
  temporary = await makeTemporaryDatabase()
  database = temporary.database
})
afterEach(() => temporary.remove())

const addUser = (trx: Db, name: string, id = name) =>
  trx.insertInto('roblox_user').values({ roblox_id: id, name, name_lower: name, asked_at: 0 }).execute()

async function namesOf(prefix: string, db: Db = database.read): Promise<string[]> {
  const rows = await db
    .selectFrom('roblox_user')
    .select('name')
    .where('name', 'like', `${prefix}%`)
    .orderBy('name')
    .execute()
  return rows.map((row) => row.name)
}

describe('an act', () => {
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

  test('can not store what is no text and no number', async () => {
    const values = { roblox_id: 'odd', name: true as unknown as string, name_lower: '', asked_at: 0 }
    const act = database.act((trx) => trx.insertInto('roblox_user').values(values).execute())
    await expect(act).rejects.toThrow("a boolean can't be stored")
  })
})

describe('a reader', () => {
  test('can not write', async () => {
    await expect(addUser(database.read, 'reader')).rejects.toThrow(/readonly/)
  })
})

describe('a disk that loses what it had', () => {
  test('fails a read, and nothing but the read', async () => {
    await database.act((trx) => addUser(trx, 'lost'))
    truncateSync(`${temporary.url.replace('sqlite:', '')}-wal`)
    await expect(findUserById(database.read, 'lost')).rejects.toThrow(/disk I\/O|malformed/)
    await turn()
    await turn()
  })
})

describe('while another process writes', () => {
  test('an act waits and then succeeds, and reads and everything else go on', async () => {
    const holder = await holdWriteLock(temporary.url.replace('sqlite:', ''))
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

describe('what can not be opened', () => {
  test.each([
    ['an address that is none', 'magicband.db', 'DATABASE_URL'],
    ['no file', 'sqlite::memory:', 'DATABASE_URL must be sqlite:FILE'],
    ['a folder below a file', 'sqlite:/etc/passwd/magicband.db', /EEXIST|ENOTDIR/],
  ])('%s', (_name, url, message) => {
    expect(() => openDatabase(url)).toThrow(message)
  })

  test('a file that is no database', () => {
    const folder = makeTemporaryFolder('database')
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

describe('a file that is removed while it is open', () => {
  test('takes no write that nobody would find again', async () => {
    await database.act((trx) => addUser(trx, 'before'))
    const file = temporary.url.replace('sqlite:', '')
    renameSync(file, `${file}.away`)
    await expect(database.act((trx) => addUser(trx, 'lost'))).rejects.toThrow('was removed or replaced')
    await expect(database.check()).rejects.toThrow('was removed or replaced')
    renameSync(`${file}.away`, file)
    await database.act((trx) => addUser(trx, 'after'))
    await database.check()
    expect(await namesOf('')).toEqual(['after', 'before'])
  })
})
