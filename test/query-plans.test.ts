import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createObjectIds } from '../src/database/object-id.ts'
import { forgetPages } from '../src/features/application/paste.ts'
import { forgetRepeats } from '../src/features/shift/shift.ts'
import { IdempotentCalls } from '../src/http/idempotency.ts'
import { addJob, claimJobs, renewLocks } from '../src/jobs/queue.ts'
import { JobRunner } from '../src/jobs/runner.ts'
import { enforceRetention } from '../src/privacy/retention.ts'
import { exampleCalls, make } from './example-calls.ts'
import { communityFile, type Magicband, pathOf, readCommunity, startMagicband } from './magicband.ts'

/** A table that is read from one end to the other: what takes longer the more there is. */
type Scan = { statement: string; step: string }

let band: Magicband
beforeAll(async () => {
  band = await startMagicband()
})
afterAll(() => band.stop())

/** Every statement that was logged so far, once. */
function listStatements(): string[] {
  const lines: { msg: string; sql?: string }[] = band.log.map((line) => JSON.parse(line))
  const statements = lines.flatMap(({ msg, sql }) => (msg === 'statement' && sql !== undefined ? [sql] : []))
  const isPlannable = (sql: string) => /^\s*(?:with|select|insert|update|delete)\b/i.test(sql)
  return [...new Set(statements)].filter((sql) => isPlannable(sql) && !/kysely_migration|sqlite_master|pg_/.test(sql))
}

/** An index of a community's players that is gone through from one end to the other, which SQLite calls a search. */
const isOfAllPlayers = /\broblox_id>\?/

function findScansOnSqlite(statements: readonly string[]): Scan[] {
  const database = new DatabaseSync(band.databaseUrl.replace(/^sqlite:/, ''), { readOnly: true })
  try {
    return statements.flatMap((statement) =>
      database
        .prepare(`explain query plan ${statement}`)
        .all()
        .map(({ detail }) => ({ statement, step: String(detail) }))
        // `nobody` is the one row to which what is remembered of a player is joined, `first` the first jobs, of any number.
        .filter(({ step }) => /^SCAN (?!CONSTANT|\d+ CONSTANT|nobody$|first$)/.test(step) || isOfAllPlayers.test(step)),
    )
  } finally {
    database.close()
  }
}

async function findScansOnPostgres(statements: readonly string[]): Promise<Scan[]> {
  const client = new Client(band.databaseUrl)
  await client.connect()
  try {
    // The tables are all but empty, where reading them whole is fastest: not where anything else can be done.
    await client.query('set enable_seqscan = off')
    const scans: Scan[] = []
    for (const statement of statements) {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (generic_plan) ${statement}`)
      const steps = rows.map((row) => row['QUERY PLAN'])
      scans.push(...steps.filter((step) => step.includes('Seq Scan')).map((step) => ({ statement, step })))
    }
    return scans
  } finally {
    await client.end()
  }
}

/** These read an index for the one row at its end, any row at all, or the few jobs that are locked. */
const isBounded = [/"roblox_user" order by "asked_at" desc limit/, /select 1 from player limit 1/]
const readsLocksOnly = /job USING (?:COVERING )?INDEX job_by_lock/

async function findScans(statements: readonly string[]): Promise<Scan[]> {
  const found = band.databaseUrl.startsWith('sqlite:')
    ? findScansOnSqlite(statements)
    : await findScansOnPostgres(statements)
  return found.filter(
    ({ statement, step }) => !isBounded.some((known) => known.test(statement)) && !readsLocksOnly.test(step),
  )
}

test('a statement that has no index to go by is found', async () => {
  const placeholder = band.databaseUrl.startsWith('sqlite:') ? '?' : '$1'
  const statement = `select id from shift where place = ${placeholder}`
  expect(await findScans([statement])).toEqual([{ statement, step: expect.stringMatching(/scan/i) }])
})

test('no statement of a call reads a whole table', async () => {
  for (const call of exampleCalls) expect((await make(band, call)).status).toBe(200)
  for (const call of exampleCalls) await make(band, call, { headers: { 'idempotency-key': 'one' } })
  await band.get(pathOf('/profile', { discord: '100000000000001002' }))
  const statements = listStatements()
  expect(statements.length).toBeGreaterThan(30)
  expect(await findScans(statements)).toEqual([])
})

const retention = 'retention: { applications: 1, bans: 1, shifts: 1, audit: 1, visitors: 1 }'

/** Adds so many old rows that retention reads more than a page of each, and a pair of entries on two pages. */
async function addOldRows(): Promise<void> {
  const at = band.now()
  const ids = Array.from({ length: 501 }, (_, index) => String(8_000_000 + index))
  const player = { community: 'wed', roblox_id: '1002' }
  const worked = { place: '1', server: 'x', seconds: 1, training: 0, points: 0, key_id: 'k', request_id: 'r' }
  const rank = { rank: 1, role_name: 'x' }
  const link = { community: 'wed', source: 'rover' }
  // Of a player without shifts, whose entries would go with them.
  const entry = { community: 'wed', roblox_id: '1006', reason: 'x', shift_id: null, created_at: at }
  const entries = [
    ...ids.map((id) => ({ ...entry, id, amount: 1, reverses: null })),
    { ...entry, id: 'reversal', amount: -1, reverses: ids[0] ?? '' },
  ]
  const shifts = ids.map((id) => ({ ...player, ...worked, id, received_at: at }))
  const users = ids.map((id) => ({ roblox_id: id, name: id, name_lower: id, asked_at: at }))
  const ranks = ids.map((id) => ({ ...rank, community: 'wed', roblox_id: id, asked_at: at }))
  const links = ids.map((id) => ({ ...link, discord_id: id, roblox_id: id, asked_at: at }))
  await band.app.database.act(async (trx) => {
    await trx.insertInto('point_entry').values(entries).execute()
    await trx.insertInto('shift').values(shifts).execute()
    await trx.insertInto('roblox_user').values(users).execute()
    await trx.insertInto('membership').values(ranks).execute()
    await trx.insertInto('discord_link').values(links).execute()
  })
  band.advance(2 * 24 * 3_600_000)
}

test('no statement of the regular work reads a whole table', async () => {
  const { database } = band.app
  const [clock, createId] = [band.now, createObjectIds(band.now, randomBytes)]
  const runner = new JobRunner({ database, clock, tasks: {}, log: pino({ level: 'silent' }), name: 'a test' })
  await database.act((trx) =>
    addJob(trx, { community: 'wed', id: createId(), task: 'none', payload: {}, runAt: 0, now: band.now() }),
  )
  await addOldRows()
  band.log.length = 0
  await database.act((trx) => claimJobs(trx, { runner: 'a test', now: band.now(), limit: 1 }))
  await database.act((trx) => renewLocks(trx, { runner: 'a test', ids: ['none'], now: band.now() }))
  await runner.keepLocks()
  expect((await band.get('/metrics', { key: 'status' })).status).toBe(200)
  await forgetRepeats({ database, clock, createId })
  await forgetPages({ database, clock })
  await new IdempotentCalls(database, clock).forget()
  const communities = new Map([['wed', readCommunity('wed', communityFile + retention)]])
  await enforceRetention({ database, communities, clock, createId, randomBytes, log: pino({ level: 'silent' }) })
  const statements = listStatements()
  expect(statements.length).toBeGreaterThanOrEqual(36)
  expect(await findScans(statements)).toEqual([])
})
