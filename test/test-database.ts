import { randomUUID } from 'node:crypto'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Client } from 'pg'
import { inject, type ProvidedContext } from 'vitest'
import type {} from './postgres.ts'
import type {} from './sqlite.ts'
import { makeTemporaryFolder } from './temporary-folder.ts'

/** A database of its own for a test: an SQLite file, or a database of the PostgreSQL that the tests run on. */
export type TestDatabase = { url: string; remove(): Promise<void> }

export type TestDatabaseOptions = {
  /** Makes a file also where the tests run on PostgreSQL. */
  kind?: 'sqlite'
  /** It has no tables, as a new one; else it is brought up to date, and has no rows. */
  isEmpty?: boolean
  /** A file is on a disk, for tests that are about what it keeps. */
  isOnDisk?: boolean
}

export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const postgres = options.kind === 'sqlite' ? undefined : inject('postgres')
  return postgres === undefined ? createFile(options) : createOnPostgres(postgres, options)
}

function createFile({ isEmpty = false, isOnDisk = false }: TestDatabaseOptions): TestDatabase {
  const migrated = inject('migratedFile')
  // In the folder of the file that is copied: what a failed test leaves goes with it.
  const folder = isOnDisk
    ? makeTemporaryFolder('database', { isOnDisk })
    : mkdtempSync(join(dirname(migrated), 'database-'))
  const file = join(folder, 'magicband.db')
  if (!isEmpty) copyFileSync(migrated, file)
  return {
    url: `sqlite:${file}`,
    remove: async () => rmSync(folder, { recursive: true }),
  }
}

async function createOnPostgres(
  { url, migrated }: NonNullable<ProvidedContext['postgres']>,
  { isEmpty = false }: TestDatabaseOptions,
): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administer(url, `create database ${name} template ${isEmpty ? 'template1' : migrated}`)
  return {
    url: new URL(`/${name}`, url).href,
    remove: () => administer(url, `drop database ${name} with (force)`),
  }
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new Client(server)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
