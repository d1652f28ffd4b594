import { type Database, openDatabase } from '../src/database/database.ts'
import { createTestDatabase } from './test-database.ts'

/** A database of its own for a test, brought up to date. */
export type TemporaryDatabase = {
  database: Database
  url: string
  /** The same database once more, as another process has it. */
  openAgain(): Database
  /** Closes every opening of it and deletes it. */
  remove(): Promise<void>
}

/** Makes a database without rows and opens it. */
export async function makeTemporaryDatabase(): Promise<TemporaryDatabase> {
  const { url, remove } = await createTestDatabase()
  const database = openDatabase(url)
  const opened = [database]
  return {
    database,
    url,
    openAgain: () => {
      const again = openDatabase(url)
      opened.push(again)
      return again
    },
    remove: async () => {
      for (const one of opened) await one.close()
      await remove()
    },
  }
}
