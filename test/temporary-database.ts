import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '../src/database/database.ts'

/** A database of its own for a test, brought up to date. */
export type TemporaryDatabase = {
  database: Database
  file: string
  /** The same database once more, as another process has it. */
  openAgain(): Database
  /** Closes every opening of it and deletes it. */
  remove(): Promise<void>
}

/** Makes an empty database in a new folder. */
export async function makeTemporaryDatabase(): Promise<TemporaryDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'magicband-database-'))
  const file = join(folder, 'magicband.db')
  const database = openDatabase(`sqlite:${file}`)
  const opened = [database]
  await database.migrate()
  return {
    database,
    file,
    openAgain: () => {
      const again = openDatabase(`sqlite:${file}`)
      opened.push(again)
      return again
    },
    remove: async () => {
      for (const one of opened) await one.close()
      rmSync(folder, { recursive: true })
    },
  }
}
