import { Type } from 'typebox'
import type { Schema } from '../database/schema.ts'

/*
 * A backup is gzipped lines of JSON: a head, then for each table its name and columns, then a list of values a row, and
 * a foot with the number of rows and the SHA-256 of all lines before it. It knows nothing of the kind of database.
 */

export const formatName = 'magicband-backup'
export const formatVersion = 1

export const Head = Type.Object({
  format: Type.Literal(formatName),
  version: Type.Integer(),
  createdAt: Type.String(),
  /** Those that the database had seen: a backup of a newer schema can't be restored. */
  migrations: Type.Array(Type.String()),
})
export const TableLine = Type.Object({ table: Type.String(), columns: Type.Array(Type.String(), { minItems: 1 }) })
export const Row = Type.Array(Type.Union([Type.String(), Type.Number(), Type.Null()]))
export const Foot = Type.Object({ rows: Type.Integer(), sha256: Type.String() })

/** Every table, with the columns that a row is known by: the order in which rows are read, page by page. */
export const tableKeys = {
  roblox_user: ['roblox_id'],
  membership: ['community', 'roblox_id'],
  player: ['community', 'object_id'],
  certification: ['community', 'roblox_id', 'code'],
  ban: ['community', 'id'],
  shift: ['community', 'id'],
  recent_shift: ['community', 'identity'],
  point_entry: ['community', 'id'],
  application: ['community', 'id'],
  approval: ['community', 'roblox_id'],
  paste: ['id'],
  pseudonym_salt: ['community'],
  audit_head: ['community'],
  audit_entry: ['community', 'id'],
  erasure: ['community', 'id'],
  api_key: ['id'],
  idempotency: ['community', 'key_id', 'route', 'idempotency_key'],
  limit_use: ['name', 'starts_at', 'instance'],
  discord_link: ['community', 'discord_id', 'source'],
  job: ['community', 'id'],
} satisfies Record<keyof Schema, readonly string[]>

export type TableName = keyof typeof tableKeys
export const tableNames = Object.keys(tableKeys).filter((name): name is TableName => name in tableKeys)
