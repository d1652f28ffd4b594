import { openDatabase } from '../src/database/database.ts'

/** Makes the tables of a database, from which tests copy theirs. */
export async function bringUpToDate(url: string): Promise<void> {
  const database = openDatabase(url)
  try {
    await database.migrate()
  } finally {
    await database.close()
  }
}
