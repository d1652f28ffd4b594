import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { Pool } from 'pg'

/** Rows of a query with parameters `$1`, `$2`, …, as a small server asks either database for them. */
export type Query = (sql: string, values: (string | number)[]) => Promise<Record<string, unknown>[]>

export function openQueries(url: string): Query {
  if (!url.startsWith('sqlite:')) {
    const pool = new Pool({ connectionString: url, max: 10 })
    return async (sql, values) => (await pool.query(sql, values)).rows
  }
  const database = new DatabaseSync(url.slice('sqlite:'.length))
  const prepared = new Map<string, StatementSync>()
  return async (sql, values) => {
    const statement = prepared.get(sql) ?? database.prepare(sql.replaceAll('$', '?'))
    prepared.set(sql, statement)
    return statement.all(...values)
  }
}
