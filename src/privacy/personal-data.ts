import { type RawBuilder, sql } from 'kysely'
import { bold } from '../call/discord-text.ts'
import type { Schema } from '../database/schema.ts'

/** A player whose data is asked for; `name` is the one that is remembered, by which answers call the player. */
export type Person = { community: string; robloxId: string; name: string | undefined }

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
export function listPersonalData({ community, robloxId, name }: Person): { table: Table; rows: RawBuilder<boolean> }[] {
  const own = sql<boolean>`community = ${community} and roblox_id = ${robloxId}`
  return [
    ...byPlayer.map((table) => ({ table, rows: own })),
    { table: 'roblox_user', rows: sql<boolean>`roblox_id = ${robloxId}` },
    { table: 'job', rows: mentions('payload', community, [`"id":"${robloxId}"`, `"robloxId":"${robloxId}"`]) },
    {
      table: 'idempotency',
      // Calls name players by id, or by names in their answers.
      rows: sql<boolean>`(${own} or (${mentions('body', community, [
        `"id":${robloxId},`,
        `/users/${robloxId}/profile`,
        ...(name === undefined ? [] : [`"username":${JSON.stringify(name)}`, inJson(bold(name))]),
      ])}))`,
    },
  ]
}

/** Rows of a community in whose text one of these stands. */
function mentions(column: string, community: string, texts: readonly string[]): RawBuilder<boolean> {
  // What finds text in text has another name in each database, but for `like`, whose wildcards are escaped.
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
