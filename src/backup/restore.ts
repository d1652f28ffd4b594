import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { sql } from 'kysely'
import type { Static } from 'typebox'
import { Check } from 'typebox/value'
import type { Database } from '../database/database.ts'
import { migrations } from '../database/migrations/index.ts'
import type { Db } from '../database/schema.ts'
import type { Progress } from './backup.ts'
import { Foot, formatVersion, Head, Row, TableLine, type TableName, tableNames } from './format.ts'
import { isRefusedContent } from './refused-content.ts'

const batchRows = 200

/** A file that can't be restored, or a database that it can't be restored into; the message says why. */
export class NotRestorable extends Error {}

/**
 * Puts a backup into an empty database, all of it or nothing. The file is read through once before anything is written.
 * @throws NotRestorable for a damaged or newer file, one with rows that the database refuses, and for a database that
 * holds anything
 * @returns the number of rows
 */
export async function restoreBackup(database: Database, file: string, progress: Progress): Promise<number> {
  const rows = await checkFile(file)
  try {
    return await database.act(async (trx) => {
      await requireEmpty(trx)
      await insertAll(trx, file, progress)
      return rows
    })
  } catch (cause) {
    // Outside of the act, which may run again where it was ended for another one's sake.
    if (!isRefusedContent(cause)) throw cause
    const why = `the database refuses what is in it (${cause.message})`
    throw new NotRestorable(`${file} is no backup as Magicband writes it, ${why}: take another backup`, { cause })
  }
}

/** Reads the whole file: its form, its rows' number and its checksum. */
async function checkFile(file: string): Promise<number> {
  const hash = createHash('sha256')
  let head: Static<typeof Head> | undefined
  let foot: Static<typeof Foot> | undefined
  let columns = 0
  let rows = 0
  for await (const { line, value } of readLines(file)) {
    if (foot !== undefined) throw new NotRestorable(`${file} goes on after its end: take another backup`)
    if (head === undefined) {
      if (!Check(Head, value)) throw new NotRestorable(`${file} is no backup of Magicband`)
      head = value
    } else if (Check(Foot, value)) {
      foot = value
      continue
    } else if (Check(Row, value) && value.length === columns) {
      rows++
    } else if (Check(TableLine, value) && isTable(value.table)) {
      columns = value.columns.length
    } else {
      const what = Check(Row, value) ? `row has ${value.length} values for ${columns} columns` : 'line is not known'
      throw new NotRestorable(`${file} is damaged or newer than this version: this ${what}: ${line.slice(0, 80)}`)
    }
    hash.update(`${line}\n`)
  }
  if (head === undefined || foot === undefined) throw new NotRestorable(`${file} is cut off: take another backup`)
  const isNewer = head.version > formatVersion || head.migrations.some((name) => migrations[name] === undefined)
  if (isNewer) throw new NotRestorable(`${file} was made by a newer version of Magicband: restore it with that one`)
  if (foot.rows !== rows || foot.sha256 !== hash.digest('hex')) {
    throw new NotRestorable(`${file} is damaged, its checksum is not that of its content: take another backup`)
  }
  return rows
}

async function requireEmpty(trx: Db): Promise<void> {
  for (const table of tableNames) {
    const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(trx)
    if (rows.length > 0) {
      throw new NotRestorable(`the database is not empty (there are rows in ${table}): restore into a new one`)
    }
  }
}

async function insertAll(trx: Db, file: string, progress: Progress): Promise<void> {
  let table: Static<typeof TableLine> | undefined
  let batch: Static<typeof Row>[] = []
  let done = 0
  const flush = async (): Promise<void> => {
    if (table === undefined || batch.length === 0) return
    const columns = sql.join(table.columns.map((column) => sql.ref(column)))
    const values = sql.join(batch.map((row) => sql`(${sql.join(row)})`))
    await sql`insert into ${sql.table(table.table)} (${columns}) values ${values}`.execute(trx)
    done += batch.length
    batch = []
    progress(done)
  }
  for await (const { value } of readLines(file)) {
    if (Check(TableLine, value)) {
      await flush()
      table = value
    } else if (Check(Row, value)) {
      batch.push(value)
      if (batch.length >= batchRows) await flush()
    }
  }
  await flush()
  // Whoever ran them is gone.
  await trx.updateTable('job').set({ locked_by: null, locked_at: null }).execute()
}

async function* readLines(file: string): AsyncGenerator<{ line: string; value: unknown }> {
  const source = createReadStream(file)
  const unzipped = source.pipe(createGunzip())
  // What goes wrong with the file ends the reading as well.
  source.on('error', (error) => unzipped.destroy(error))
  try {
    for await (const line of createInterface({ input: unzipped, crlfDelay: Number.POSITIVE_INFINITY })) {
      yield { line, value: JSON.parse(line) }
    }
  } catch (cause) {
    if (cause instanceof NotRestorable) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new NotRestorable(`${file} can't be read as a backup (${why})`, { cause })
  } finally {
    source.destroy()
  }
}

function isTable(name: string): name is TableName {
  return tableNames.some((table) => table === name)
}
