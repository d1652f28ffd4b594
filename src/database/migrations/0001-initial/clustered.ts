import { type Kysely, type RawBuilder, SqliteAdapter, sql } from 'kysely'

/**
 * The end of the definition of a table that SQLite keeps in the order of its key, so that a row is found by one look instead
 * of one at the key's index and one at the table. PostgreSQL keeps its rows in its own way.
 */
export function clustered(db: Kysely<unknown>): RawBuilder<unknown> {
  return db.getExecutor().adapter instanceof SqliteAdapter ? sql`without rowid` : sql``
}
