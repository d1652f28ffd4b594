import { randomBytes } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import { pino } from 'pino'
import { expect } from 'vitest'
import { type Act, recordActs } from '../src/audit/audit.ts'
import { digestOf, hashOf } from '../src/audit/chain.ts'
import { createObjectIds } from '../src/database/object-id.ts'
import type { Db } from '../src/database/schema.ts'
import { eraseNow, type Receipt } from '../src/privacy/erasures.ts'
import { Pseudonyms } from '../src/privacy/pseudonyms.ts'
import { enforceRetention } from '../src/privacy/retention.ts'
import { findChainFaults } from '../src/verify/audit-chain.ts'
import type { Fault } from '../src/verify/fault.ts'
import { communityFile, type Magicband, moderator, pathOf, readCommunity } from './magicband.ts'

/** Whoever has a database and a clock. */
type Server = Pick<Magicband, 'app' | 'now'>

export const ban = (to: Pick<Magicband, 'post'>, username: string) =>
  to.post(pathOf('/ban/add', { username, reason: 'bad boy', moderator }))

export async function faultsOf(db: Db): Promise<Fault[]> {
  const found: Fault[] = []
  for await (const fault of findChainFaults(db)) found.push(fault)
  return found
}

/** The sequences of a community's trail. */
export async function sequencesOf({ app }: Pick<Magicband, 'app'>, community = 'wed'): Promise<number[]> {
  const entries = app.database.read.selectFrom('audit_entry').select('sequence').where('community', '=', community)
  return (await entries.orderBy('sequence').execute()).map(({ sequence }) => sequence)
}

export const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

const dependenciesOf = ({ now }: Pick<Magicband, 'now'>) => ({
  clock: now,
  createId: createObjectIds(now, randomBytes),
  randomBytes,
})

/** Writes acts down as a server does. */
export const record = (trx: Db, server: Server, acts: readonly Act[], community = 'wed') =>
  recordActs(trx, dependenciesOf(server), { community, keyId: 'a test', requestId: 'a test' }, acts)

/** Erases a player of `wed`, as the command does. */
export async function erasePlayer(server: Server, robloxId: string): Promise<Receipt> {
  const { database } = server.app
  const pseudonyms = new Pseudonyms(database, randomBytes)
  await pseudonyms.prepare(['wed'])
  const dependencies = { ...dependenciesOf(server), database, pseudonyms }
  const origin = { community: 'wed', keyId: 'a test', requestId: 'a test' }
  const how = { person: { community: 'wed', robloxId }, source: { by: 'command' }, origin } as const
  return database.act((trx) => eraseNow(trx, dependencies, how))
}

/** Blanks what is older than so many days in the trail of `wed`, as the hourly work does. */
export function forgetOldEntries(server: Server, days: number): Promise<void> {
  const communities = new Map([['wed', readCommunity('wed', `${communityFile}retention: { audit: ${days} }`)]])
  const log = pino({ level: 'silent' })
  return enforceRetention({ ...dependenciesOf(server), database: server.app.database, communities, log })
}

/** What somebody does who may write to the database. */
export type Damage = RawBuilder<unknown> | ((trx: Db) => Promise<unknown>)

/** What is found after the damage, which is undone then. */
export async function faultsAfter({ app }: Pick<Magicband, 'app'>, damages: readonly Damage[]): Promise<string[]> {
  let found: Fault[] = []
  const undo = new Error('undo')
  const act = app.database.act(async (trx) => {
    for (const damage of damages) await (typeof damage === 'function' ? damage(trx) : damage.execute(trx))
    found = await faultsOf(trx)
    throw undo
  })
  await expect(act).rejects.toBe(undo)
  return found.map(({ table, row, message }) => `${table} ${row}: ${message}`)
}

/** The condition for an entry of `wed`. */
export const isEntry = (sequence: number) => sql`community = 'wed' and sequence = ${sql.lit(sequence)}`

export const forEntry = (sequence: number, set: RawBuilder<unknown>) =>
  sql`update audit_entry set ${set} where ${isEntry(sequence)}`

export const remove = (sequence: number) => sql`delete from audit_entry where ${isEntry(sequence)}`

/** Takes from an entry what an erasure takes, by hand: no act says so. */
export const blank = (sequence: number) =>
  forEntry(sequence, sql`roblox_id = null, before = null, after = null, salt = null`)

/** Makes an entry's digest, and its hash, fit what it says now: what somebody does who knows how they are made. */
export async function rewrite(trx: Db, sequence: number, { withHash }: { withHash: boolean }): Promise<void> {
  const of = (place: number) =>
    trx
      .selectFrom('audit_entry')
      .selectAll()
      .where('community', '=', 'wed')
      .where('sequence', '=', place)
      .executeTakeFirstOrThrow()
  const {
    roblox_id: robloxId,
    key_id: keyId,
    request_id: requestId,
    created_at: createdAt,
    ...row
  } = await of(sequence)
  const content = { ...row, robloxId, keyId, requestId, createdAt, salt: row.salt ?? '' }
  const digest = digestOf(content)
  const hash = withHash ? hashOf({ ...content, digest, previous: (await of(sequence - 1)).hash }) : row.hash
  await trx.updateTable('audit_entry').set({ digest, hash }).where('id', '=', row.id).execute()
}
