import { sql } from 'kysely'
import { pino } from 'pino'
import { openDatabase } from '../src/database/database.ts'
import type { Db } from '../src/database/schema.ts'

/** The statements by which the migrations make the tables of an empty database; the database has them then. */
export async function makeTables(url: string): Promise<string[]> {
  const statements: string[] = []
  const log = pino(
    { level: 'trace' },
    { write: (line: string) => void statements.push(...[JSON.parse(line).sql ?? []].flat()) },
  )
  const database = openDatabase(url, { log })
  try {
    await database.migrate()
  } finally {
    await database.close()
  }
  return statements.filter((statement) => /^(?:create|alter|drop)\b/i.test(statement))
}

/** One `insert` a table that has rows, a line a row, in the order of their text: what changed can be read in a diff. */
export async function writeRows(url: string): Promise<string[]> {
  const database = openDatabase(url)
  try {
    return await database.snapshot(async (db) => {
      const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
      const statements: string[] = []
      for (const table of tables.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
        const columns = table.columns.map(({ name }) => name)
        const rows = await readRows(db, table.name, columns)
        if (rows.length > 0)
          statements.push(`insert into ${quote(table.name)} (${columns.map(quote)}) values\n${rows.join(',\n')}`)
      }
      return statements
    })
  } finally {
    await database.close()
  }
}

async function readRows(db: Db, table: string, columns: readonly string[]): Promise<string[]> {
  const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(db)
  return rows.map((row) => `(${columns.map((column) => literal(row[column])).join(', ')})`).toSorted()
}

const quote = (name: string) => `"${name}"`

function literal(value: unknown): string {
  if (value === null || typeof value === 'number') return String(value)
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  throw new Error(`a column holds a ${typeof value}, which no column of ours does`)
}
