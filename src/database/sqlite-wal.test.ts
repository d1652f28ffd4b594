import { fdatasync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { eventually } from '../../test/magicband.ts'
import type { Engine } from './engine.ts'
import { openSqlite } from './sqlite.ts'
import type { SyncFile } from './sqlite-wal.ts'

const sync = promisify(fdatasync)

let folder: string
let file: string
/** What the disk does with a file; a test may make it slow, or break it. */
let disk: SyncFile
let engine: Engine
const log: string[] = []

const open = () => {
  const logger = pino({ level: 'warn' }, { write: (line: string) => log.push(line) })
  return openSqlite(file, { log: logger, statementMs: 5000, syncFile: (descriptor) => disk(descriptor) })
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'magicband-log-'))
  file = join(folder, 'magicband.db')
  disk = sync
  log.length = 0
  engine = open()
  await engine.act((trx) => sql`create table player (number integer primary key, text text)`.execute(trx))
})
afterEach(async () => {
  await engine.close()
  rmSync(folder, { recursive: true })
})

const add = (number: number, text = 'x') =>
  engine.act((trx) => sql`insert into player values (${number}, ${text})`.execute(trx))

async function count(one = engine): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from player`.execute(one.read)
  return rows[0]?.n ?? 0
}

describe('on a slow disk', () => {
  test('an act is answered when the disk has it, and everything else goes on meanwhile', async () => {
    let written = 0
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    disk = async (descriptor) => {
      await released
      await sync(descriptor)
      written++
    }
    let isAnswered = false
    const act = add(1).then(() => {
      isAnswered = true
      return written
    })
    // What waited for the disk here would wait for ever.
    for (let turn = 0; turn < 20; turn++) {
      await sleep(5)
      await count()
    }
    expect([isAnswered, written]).toEqual([false, 0])
    release()
    expect(await act).toBe(1)
  })

  test('many acts share a write, and none is answered by one that began before it was committed', async () => {
    let began = 0
    let ended = 0
    disk = async (descriptor) => {
      began++
      await sleep(50)
      await sync(descriptor)
      ended++
    }
    const answered = Array.from({ length: 40 }, async (_, index) => {
      await sleep(index)
      const committedAfter = began
      await add(index)
      // The write that had begun when the act was asked for may have missed it.
      return ended > committedAfter
    })
    expect(await Promise.all(answered)).toEqual(Array.from({ length: 40 }, () => true))
    expect(began).toBeLessThan(10)
    expect(await count()).toBe(40)
  })

  test('a refusal waits as well, since it may rest on what is not on disk yet', async () => {
    let isWritten = false
    disk = async () => {
      await sleep(100)
      isWritten = true
    }
    const first = add(1)
    const second = add(1).then(
      () => 'added',
      () => isWritten,
    )
    await first
    expect(await second).toBe(true)
  })
})

describe('a disk that fails', () => {
  test('fails the acts that it was to keep, and all that come after', async () => {
    await add(1)
    disk = () => Promise.reject(new Error('EIO: i/o error, fdatasync'))
    await expect(add(2)).rejects.toThrow('the disk could not keep what was written')
    disk = sync
    await expect(add(3)).rejects.toThrow('the disk could not keep what was written')
    await expect(engine.check()).rejects.toThrow('the disk could not keep what was written')
    expect(log.map((line) => JSON.parse(line))).toMatchObject([
      { level: 60, msg: expect.stringContaining('start again') },
    ])
  })
})

describe('a log that grows', () => {
  const large = 'x'.repeat(100_000)
  const megabyte = 1024 * 1024
  const sizeOf = (name: string) => statSync(name).size

  test('is carried over into the file while acts go on, and begins anew', async () => {
    let next = 1
    await eventually(async () => {
      for (let index = 0; index < 20; index++) await add(next++, large)
      return sizeOf(file) > 100 * megabyte ? true : undefined
    }, 20_000)
    expect(sizeOf(`${file}-wal`)).toBeLessThan(80 * megabyte)
    expect(await count()).toBe(next - 1)
    await engine.close()
    engine = open()
    expect(await count()).toBe(next - 1)
    expect(log).toEqual([])
  }, 30_000)

  test('is written over after some hundred writes, and cut back an hour later', async () => {
    let next = 1
    const write = async (count: number) => {
      for (let index = 0; index < count; index++) await add(next++, 'x'.repeat(1000))
      return sizeOf(`${file}-wal`)
    }
    const after500 = await write(500)
    // How soon depends on the thread that does it.
    await eventually(async () => (sizeOf(`${file}-wal`) === (await write(500)) ? true : undefined))
    expect(sizeOf(file)).toBeGreaterThan(500_000)
    const now = performance.now.bind(performance)
    vi.spyOn(performance, 'now').mockImplementation(() => now() + 3_600_001)
    await eventually(async () => ((await write(1)) < after500 / 2 ? true : undefined))
    vi.restoreAllMocks()
    expect(await count()).toBe(next - 1)
    expect(log).toEqual([])
  }, 30_000)

  test('is carried over at once where its disk is full', async () => {
    await engine.act((trx) => sql`pragma max_page_count = 200`.execute(trx))
    let next = 1
    const fill = async () => {
      for (;;) await add(next++, large)
    }
    await expect(fill()).rejects.toThrow('full')
    await eventually(async () => (sizeOf(`${file}-wal`) < megabyte / 10 ? true : undefined))
    expect(await count()).toBe(next - 2)
  })

  test('stays while somebody reads one moment, and is carried over afterwards', async () => {
    let next = 1
    await engine.snapshot(async (db) => {
      await sql`select count(*) from player`.execute(db)
      for (let index = 0; index < 400; index++) await add(next++, large)
      const { rows } = await sql<{ n: number }>`select count(*) as n from player`.execute(db)
      expect(rows).toEqual([{ n: 0 }])
    })
    expect(sizeOf(file)).toBeLessThan(megabyte)
    await eventually(async () => {
      await add(next++)
      await sleep(20)
      return sizeOf(file) > 30 * megabyte ? true : undefined
    }, 20_000)
    expect(await count()).toBe(next - 1)
  }, 30_000)
})
