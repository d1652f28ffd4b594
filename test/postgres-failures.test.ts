import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Fault } from '../src/verify/fault.ts'
import { findFaults } from '../src/verify/verify.ts'
import { eventually, findLogLine, type Magicband, moderator, pathOf, startMagicband } from './magicband.ts'
import { type Postgres, startPostgres } from './postgres.ts'

/** A PostgreSQL of its own, since it is stopped and cut off here. */
let postgres: Postgres
let band: Magicband
let shifts = 0
beforeAll(async () => {
  postgres = await startPostgres()
  const run = postgres.url
  band = await startMagicband({ database: { url: run, remove: async () => undefined } })
  // Keys and players are known from here on.
  for (const id of ['1002', '1003']) expect(await shift(id)).toBe(200)
  await band.get('/profile?username=CastOne')
})
afterAll(async () => {
  await band.stop()
  await postgres.remove()
})

async function shift(id: string): Promise<number> {
  const query = { id, place: '1', duration: '60', training: '0', server: `job ${shifts++}` }
  return (await band.post(pathOf('/log', query))).status
}

async function withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(postgres.url)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const ban = (username: string) => pathOf('/ban/add', { reason: 'x', username, moderator })
const sentence =
  "You've encountered a rare database error; if this is a reoccuring issue, please contact `JTmaveryk#0001`."
const health = async () => (await band.get('/health', { key: null })).status

async function expectNothingHalfDone(): Promise<void> {
  const faults: Fault[] = []
  for await (const fault of findFaults(band.app.database.read)) faults.push(fault)
  expect(faults).toEqual([])
}

describe('PostgreSQL that is stopped', () => {
  test('makes each call answer with its own 500, and health 503, and is back by itself when it is', async () => {
    await postgres.stop()
    expect(await health()).toBe(503)
    expect((await band.get('/status')).status).toBe(500)
    const join = await band.get(pathOf('/connect', { place: '1', id: '1002', training: '0' }))
    expect([join.status, join.body]).toEqual([500, { status: 'error', message: 'error encountered' }])
    const banned = await band.post(ban('CastOne'))
    expect([banned.status, banned.body]).toEqual([
      500,
      { status: 'error', modifiedCount: 0, upsertedCount: 0, discord: sentence },
    ])
    expect(await shift('1002')).toBe(500)
    await postgres.start()
    await eventually(async () => ((await health()) === 200 ? true : undefined))
    expect(await shift('1002')).toBe(200)
    expect((await band.post(ban('CastOne'))).status).toBe(200)
    await expectNothingHalfDone()
  })
})

describe('connections that are cut', () => {
  test('in the middle of transactions leave nothing half done, and nothing that was answered is lost', async () => {
    const before = Number((await band.get('/profile?id=1003').then(({ text }) => JSON.parse(text))).points)
    let isOver = false
    let answered = 0
    const work = async (): Promise<void> => {
      while (!isOver) if ((await shift('1003')) === 200) answered++
    }
    const workers = Array.from({ length: 16 }, work)
    for (let cut = 0; cut < 10; cut++) {
      await new Promise((resolve) => setTimeout(resolve, 60))
      await withClient((client) =>
        client.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'magicband'"),
      )
    }
    isOver = true
    await Promise.all(workers)
    expect(answered).toBeGreaterThan(20)
    const { points } = JSON.parse((await band.get('/profile?id=1003')).text)
    const kept = (
      await band.app.database.read.selectFrom('shift').select('id').where('roblox_id', '=', '1003').execute()
    ).length
    // One whose connection broke at its commit may be kept though it was answered 500: that is what a retry is for.
    expect(points - before).toBeGreaterThanOrEqual(answered)
    expect(points).toBe(kept)
    await expectNothingHalfDone()
  })
})

describe('a table that another transaction has locked', () => {
  test('makes the call fail in time, and joins and health go on', async () => {
    await withClient(async (client) => {
      await client.query('begin')
      await client.query('lock table point_entry in access exclusive mode')
      const started = Date.now()
      const blocked = Array.from({ length: 30 }, () => shift('1002'))
      const join = await band.get(pathOf('/connect', { place: '1', id: '1002', training: '0' }))
      expect([join.status, await health()]).toEqual([200, 200])
      expect(new Set(await Promise.all(blocked))).toEqual(new Set([500]))
      // The first of them waits for the database, the others for their turn.
      expect(Date.now() - started).toBeLessThan(25_000)
      await client.query('rollback')
    })
    expect(await shift('1002')).toBe(200)
    expect(findLogLine(band, 'over a second')).toMatchObject({ level: 40, sql: expect.stringContaining('point_entry') })
    await expectNothingHalfDone()
  }, 40_000)
})
