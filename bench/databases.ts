import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { type Postgres, startPostgres } from '../test/postgres.ts'

export const databaseKinds = ['sqlite', 'postgres'] as const
export type DatabaseKind = (typeof databaseKinds)[number]

/** Makes the databases of one run; PostgreSQL is started when the first is asked for, with its usual durability. */
export class Databases {
  readonly #folder: string
  #postgres: Promise<Postgres> | undefined
  #count = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  /** The URL of an empty database. */
  async create(kind: DatabaseKind): Promise<string> {
    const name = `bench_${++this.#count}`
    if (kind === 'sqlite') return sqliteIn(join(this.#folder, name))
    this.#postgres ??= startPostgres({ isDurable: true })
    const { url } = await this.#postgres
    await withStatements(url, (run) => run(`create database ${name}`))
    return new URL(`/${name}`, url).href
  }

  async remove(): Promise<void> {
    await (await this.#postgres)?.remove()
  }
}

/** The URL of an SQLite file in a folder, which is made. */
export function sqliteIn(folder: string): string {
  mkdirSync(folder, { recursive: true })
  return `sqlite:${join(folder, 'magicband.db')}`
}

/** Runs one statement, and gives its rows. */
export type RunStatement = (sql: string) => Promise<Record<string, unknown>[]>

/** Runs statements on a database of either kind, over a connection of their own. */
export async function withStatements<T>(url: string, work: (run: RunStatement) => Promise<T>): Promise<T> {
  if (url.startsWith('sqlite:')) {
    const database = new DatabaseSync(url.slice('sqlite:'.length), { timeout: 10_000 })
    try {
      return await work(async (sql) => database.prepare(sql).all())
    } finally {
      database.close()
    }
  }
  const client = new Client(url)
  await client.connect()
  try {
    return await work(async (sql) => (await client.query(sql)).rows)
  } finally {
    await client.end()
  }
}
