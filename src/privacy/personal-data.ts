import { type RawBuilder, sql } from 'kysely'
import { escapeDiscord } from '../call/discord-text.ts'
import type { Db, Schema } from '../database/schema.ts'

/** A player whose data is asked for; `names` are those that were ever remembered. */
export type Person = { community: string; robloxId: string; names: readonly string[] }

type Table = keyof Schema

/** Where rows belong to a player by community and Roblox id. Another table that does is found out by a test. */
const byPlayer = [
  'membership',
  'discord_link',
  'certification',
  'ban',
  'shift',
  'point_entry',
  'application',
  'approval',
  'paste',
  'audit_entry',
  // Last, since whoever waits for the player waits for this row.
  'player',
] as const satisfies readonly Table[]

/**
 * Every table that holds something about persons, with the condition for the rows of one. What else knows somebody for
 * a moment, the identities of recent shifts, is made of hashes and is gone after ten minutes.
 */
export function listPersonalData({
  community,
  robloxId,
  names,
}: Person): { table: Table; rows: RawBuilder<boolean> }[] {
  const own = sql<boolean>`community = ${community} and roblox_id = ${robloxId}`
  return [
    ...byPlayer.map((table) => ({ table, rows: own })),
    { table: 'roblox_user', rows: sql<boolean>`roblox_id = ${robloxId}` },
    { table: 'job', rows: mentions('payload', community, [`"id":"${robloxId}"`, `"robloxId":"${robloxId}"`]) },
    {
      table: 'idempotency',
      rows: mentions('body', community, [
        `"id":${robloxId},`,
        `/users/${robloxId}/profile`,
        ...names.flatMap((name) => [`"username":${JSON.stringify(name)}`, `**${inJson(escapeDiscord(name))}**`]),
      ]),
    },
  ]
}

/** The names under which the player is remembered. */
export async function findNames(db: Db, robloxId: string): Promise<string[]> {
  const rows = await db.selectFrom('roblox_user').select('name').where('roblox_id', '=', robloxId).execute()
  return rows.map((row) => row.name)
}

function mentions(column: string, community: string, texts: readonly string[]): RawBuilder<boolean> {
  // `instr` and `strpos` are the same thing under two names; `like` is in both, with its two wildcards taken back.
  const found = texts.map((text) => {
    const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`
    return sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`
  })
  return sql<boolean>`community = ${community} and (${sql.join(found, sql` or `)})`
}

/** Text as it stands within JSON. */
function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
