import { sql } from 'kysely'
import type { Db } from '../database/schema.ts'
import { findUserById } from '../players/players.store.ts'
import { listPersonalData } from './personal-data.ts'

type Rows = Record<string, unknown>[]

/**
 * Everything that is kept about a player, by table, rows as they are, and what stayed under the pseudonym of an erased
 * one. Read it in a snapshot.
 */
export async function exportPerson(
  db: Db,
  { community, robloxId, pseudonym }: { community: string; robloxId: string; pseudonym: string },
): Promise<Record<string, Rows>> {
  const name = (await findUserById(db, robloxId))?.name
  const tables: Record<string, Rows> = {}
  for (const { table, rows: condition } of listPersonalData({ community, robloxId, name })) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)} where ${condition}`.execute(
      db,
    )
    // The salt is no data about anybody: it is there to be forgotten with the entry.
    tables[table] = table === 'audit_entry' ? rows.map(({ salt: _, ...row }) => row) : rows
  }
  const underPseudonym = (table: 'ban' | 'erasure', column: 'roblox_id' | 'subject') =>
    sql<Record<string, unknown>>`select * from ${sql.table(table)}
      where community = ${community} and ${sql.ref(column)} = ${pseudonym}`.execute(db)
  tables.ban = [...(tables.ban ?? []), ...(await underPseudonym('ban', 'roblox_id')).rows]
  tables.erasure = (await underPseudonym('erasure', 'subject')).rows
  return tables
}
