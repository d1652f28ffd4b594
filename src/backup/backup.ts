import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { migrations as known } from '../database/migrations/index.ts'
import type { Db } from '../database/schema.ts'
import { formatName, formatVersion, type TableName, tableKeys, tableNames } from './format.ts'

const pageRows = 1000

/** A newer version has changed the database, so that this one doesn't know all that is in it. */
export class NewerDatabase extends Error {}

type Values = (string | number | null)[]
/** Called after each page, with the rows so far. */
export type Progress = (rows: number) => void

/**
 * Writes the whole database as it is at one moment into `file`, while everything else goes on. The file is there, whole
 * and on disk, when the promise is kept, and not at all when it is broken. @throws NewerDatabase @returns the number of rows
 */
export async function writeBackup(
  database: Database,
  file: string,
  { now, progress }: { now: number; progress: Progress },
): Promise<number> {
  // Another backup into the same file may be under way.
  const unfinished = `${file}.${randomUUID()}.unfinished`
  let rows = 0
  const count: Progress = (soFar) => {
    rows = soFar
    progress(soFar)
  }
  try {
    await database.snapshot(async (db) => {
      const lines = withFoot(listLines(db, now, count), () => rows)
      await pipeline(Readable.from(lines), createGzip(), createWriteStream(unfinished, { flags: 'wx' }))
    })
    const handle = await open(unfinished, 'r+')
    await handle.sync()
    await handle.close()
    await rename(unfinished, file)
    await syncFolder(dirname(file))
    return rows
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

/** A new name in a folder is on disk when the folder is. Windows has no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

async function* withFoot(lines: AsyncGenerator<string>, countRows: () => number): AsyncGenerator<string> {
  const hash = createHash('sha256')
  for await (const line of lines) {
    hash.update(line)
    yield line
  }
  yield toLine({ rows: countRows(), sha256: hash.digest('hex') })
}

async function* listLines(db: Db, now: number, progress: Progress): AsyncGenerator<string> {
  const { rows: seen } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  const migrations = seen.map(({ name }) => name)
  const newer = migrations.filter((name) => known[name] === undefined)
  if (newer.length > 0)
    throw new NewerDatabase(
      `a newer version has done ${newer.join(', ')}, and this one would leave out what it doesn't know of: take the backup with that version`,
    )
  yield toLine({ format: formatName, version: formatVersion, createdAt: new Date(now).toISOString(), migrations })
  let rows = 0
  for (const table of tableNames) {
    let columns: string[] | undefined
    for await (const page of listPages(db, table)) {
      const [first] = page
      if (columns === undefined && first !== undefined) {
        columns = Object.keys(first)
        yield toLine({ table, columns })
      }
      const names = columns ?? []
      yield page.map((row) => toLine(names.map((name) => row[name] ?? null))).join('')
      rows += page.length
      progress(rows)
    }
  }
}

/** A table's rows in the order of its key, a page a query, so that none takes long. */
async function* listPages(db: Db, table: TableName): AsyncGenerator<Record<string, Values[number]>[]> {
  const key = sql.join(tableKeys[table].map((column) => sql.ref(column)))
  let after: Values | undefined
  for (;;) {
    const beyond = after === undefined ? sql`1 = 1` : sql`(${key}) > (${sql.join(after)})`
    const { rows } = await sql<Record<string, Values[number]>>`
      select * from ${sql.table(table)} where ${beyond} order by ${key} limit ${sql.lit(pageRows)}`.execute(db)
    if (rows.length === 0) return
    yield rows
    const last = rows.at(-1)
    after = tableKeys[table].map((column) => last?.[column] ?? null)
    if (rows.length < pageRows) return
  }
}

/** JSON allows these two in a string, but whoever reads lines takes them for ends of lines. */
function toLine(value: unknown): string {
  return `${JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}\n`
}
