import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { inject } from 'vitest'
import type {} from './postgres.ts'

/** An empty database of its own for a test: an SQLite file, or a database of the PostgreSQL that the tests run on. */
export type TestDatabase = { url: string; remove(): Promise<void> }

/** `sqlite` makes a file also where the tests run on PostgreSQL. */
export async function createTestDatabase(kind?: 'sqlite'): Promise<TestDatabase> {
  const server = kind === 'sqlite' ? undefined : inject('postgresUrl')
  return server === undefined ? createFile() : createOnPostgres(server)
}

function createFile(): TestDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'magicband-'))
  return {
    url: `sqlite:${join(folder, 'magicband.db')}`,
    remove: async () => rmSync(folder, { recursive: true }),
  }
}

async function createOnPostgres(server: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administer(server, `create database ${name}`)
  return {
    url: new URL(`/${name}`, server).href,
    remove: () => administer(server, `drop database ${name} with (force)`),
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
