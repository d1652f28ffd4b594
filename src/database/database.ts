import { Migrator } from 'kysely/migration'
import { openEngine } from './dialect.ts'
import { migrations } from './migrations/index.ts'
import type { Db } from './schema.ts'

/** Runs `work` as one transaction: all of it is durable when the promise is kept, none of it when it is broken. */
export type Act = <T>(work: (trx: Db) => Promise<T>) => Promise<T>

/** The database of this process. Inside an act nothing may be awaited but the database. */
export type Database = {
  /** For queries outside of an act; it sees everything that has been answered. */
  read: Db
  act: Act
  /** Brings the tables up to this version; returns the names of the migrations that ran. */
  migrate(): Promise<string[]>
  close(): Promise<void>
}

/** Opens the database at `url` (`sqlite:FILE`). Errors say what is wrong with the URL or the file. */
export function openDatabase(url: string): Database {
  const engine = openEngine(url)
  return {
    read: engine.read,
    act: engine.act,
    migrate: () => engine.act(migrateToLatest),
    close: engine.close,
  }
}

async function migrateToLatest(trx: Db): Promise<string[]> {
  const provider = { getMigrations: async () => migrations }
  const { error, results } = await new Migrator({ db: trx, provider, disableTransactions: true }).migrateToLatest()
  if (error !== undefined) throw error
  return (results ?? []).map((result) => result.migrationName)
}
