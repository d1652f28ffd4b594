import { sql } from 'kysely'
import type { Db } from '../database/schema.ts'
import { findNames, listPersonalData } from './personal-data.ts'

type Rows = Record<string, unknown>[]

/** Everything that is kept about a player, by table, rows as they are. Read it in a snapshot. */
export async function exportPerson(
  db: Db,
  { community, robloxId }: { community: string; robloxId: string },
): Promise<Record<string, Rows>> {
  const person = { community, robloxId, names: await findNames(db, robloxId) }
  const tables: Record<string, Rows> = {}
  for (const { table, rows: condition } of listPersonalData(person)) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)} where ${condition}`.execute(
      db,
    )
    // The salt is no data about anybody: it is there to be forgotten with the entry.
    tables[table] = table === 'audit_entry' ? rows.map(({ salt: _, ...row }) => row) : rows
  }
  return tables
}
