import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  communityFile,
  type Magicband,
  moderator,
  pathOf,
  readCommunity,
  startMagicband,
} from '../../test/magicband.ts'
import type { Database } from '../database/database.ts'
import { createObjectIds } from '../database/object-id.ts'
import type { Schema } from '../database/schema.ts'
import { addJob } from '../jobs/queue.ts'
import { addPoints } from '../points/ledger.ts'
import type { Fault } from '../verify/fault.ts'
import { findFaults } from '../verify/verify.ts'
import { enforceRetention } from './retention.ts'

const dayMs = 24 * 3_600_000
const quiet = pino({ level: 'silent' })

let band: Magicband
let log: Record<string, unknown>[] = []
let createId: () => string
beforeAll(async () => {
  band = await startMagicband({ files: { wed: communityFile, other: communityFile } })
  createId = createObjectIds(band.now, randomBytes)
})
afterAll(() => band.stop())
beforeEach(() => {
  log = []
})

/** Enforces what these sections say, for the communities in the order of `files`. */
function enforce(...sections: string[]): Promise<void> {
  return enforceOn(band.app.database, sections)
}

function enforceOn(database: Database, sections: readonly string[]): Promise<void> {
  const slugs = ['wed', 'other']
  const communities = sections.map((section, index) => readCommunity(slugs[index] ?? '', communityFile + section))
  return enforceRetention({
    database,
    communities: new Map(communities.map((community) => [community.slug, community])),
    clock: band.now,
    createId,
    randomBytes,
    log: pino({ base: null, timestamp: false }, { write: (line: string) => log.push(JSON.parse(line)) }),
  })
}

const removed = (kind: string, rows: number, community: string | null = 'wed') => ({
  level: 30,
  ...(community === null ? {} : { community }),
  kind,
  rows,
  msg: 'what was kept long enough is removed',
})

async function count(table: keyof Schema, robloxId: string): Promise<number> {
  const rows = await band.app.database.read
    .selectFrom(table as 'ban')
    .select('roblox_id')
    .where('roblox_id', '=', robloxId)
    .execute()
  return rows.length
}

async function faults(): Promise<Fault[]> {
  const found: Fault[] = []
  for await (const fault of findFaults(band.app.database.read)) found.push(fault)
  return found
}

let shiftCount = 0
async function work(id: string, seconds: number): Promise<void> {
  const server = `job-${shiftCount++}`
  const path = pathOf('/log', { id, place: '1', duration: String(seconds), training: '0', server })
  expect((await band.post(path)).status).toBe(200)
}

async function pointsOf(id: string): Promise<unknown> {
  return (await band.get(`/profile?id=${id}`)).body
}

function entriesOf(id: string) {
  return band.app.database.read
    .selectFrom('point_entry')
    .select(['id', 'amount', 'reason', 'reverses', 'created_at as createdAt'])
    .where('roblox_id', '=', id)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

const adjust = (robloxId: string, amount: number, more: { reason?: string; reverses?: string } = {}) => {
  const id = createId()
  const entry = { community: 'wed', id, robloxId, amount, reason: 'helped', now: band.now(), ...more }
  return band.app.database.act((trx) => addPoints(trx, entry)).then(() => id)
}

const reverse = ({ id = '', amount = 0 }: { id?: string; amount?: number } = {}, robloxId: string) =>
  adjust(robloxId, -amount, { reason: 'reversal', reverses: id })

const ban = (username: string, more: Record<string, string> = {}) =>
  band.post(pathOf('/ban/add', { reason: 'bad boy', username, moderator, ...more }))
const lift = (username: string) => band.post(pathOf('/ban/remove', { reason: 'good boy', username, moderator }))
const upload = (id: string) =>
  band.post(`/application/upload?id=${id}`, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ q1: 'a', q2: 'b', q3: 'c', q4: 'd' }),
  })

test('without a time everything is kept', async () => {
  await work('100001', 600)
  await upload('100001')
  await ban('Visitor100001', { duration: '1' })
  await band.get('/connect?place=1&id=100002&training=false')
  band.advance(36_500 * dayMs)
  await enforce('', '')
  expect(log).toEqual([])
  const kept = [count('application', '100001'), count('ban', '100001'), count('shift', '100001')]
  expect(await Promise.all([...kept, count('membership', '100002'), count('roblox_user', '100002')])).toEqual([
    1, 1, 1, 1, 1,
  ])
})

test('jobs that were given up go after thirty days, others stay', async () => {
  const give = (id: string, givenUpAt: number | null) =>
    band.app.database.act(async (trx) => {
      const now = band.now()
      await addJob(trx, { community: 'wed', id, task: 'none', payload: { id }, runAt: now + 900 * dayMs, now })
      await trx.updateTable('job').set({ given_up_at: givenUpAt }).where('id', '=', id).execute()
    })
  await give('given up', band.now())
  await give('waiting', null)
  const left = async () => (await band.app.database.read.selectFrom('job').select('id').execute()).map(({ id }) => id)
  band.advance(30 * dayMs)
  await enforce('', '')
  expect(await left()).toEqual(expect.arrayContaining(['given up', 'waiting']))
  band.advance(1)
  await enforce('', '')
  expect(await left()).toEqual(['waiting'])
  await band.app.database.act((trx) => trx.deleteFrom('job').execute())
})

describe('applications', () => {
  const section = 'retention: { applications: 30 }'

  test('take their built-in page with them, though its month is not over', async () => {
    const { body } = await upload('100013')
    const page = new URL((body as { url: string }).url).pathname
    band.advance(5 * dayMs)
    await enforce('retention: { applications: 5 }')
    expect((await band.get(page, { key: null })).status).toBe(200)
    band.advance(1)
    await enforce('retention: { applications: 5 }')
    expect((await band.get(page, { key: null })).status).toBe(404)
  })

  test('go when their time is over, open ones too', async () => {
    await upload('100003')
    band.advance(30 * dayMs)
    await enforce(section)
    expect(await count('application', '100003')).toBe(1)
    band.advance(1)
    await enforce(section)
    expect(await count('application', '100003')).toBe(0)
    expect(log).toContainEqual(removed('applications', expect.any(Number)))
    expect(await faults()).toEqual([])
  })

  test('stay until the cool-down that counts from their decision is over', async () => {
    const file = communityFile.replace('role: University', 'cooldownDays: 30, role: University')
    const community = readCommunity('wed', `${file}${section}`)
    const communities = new Map([['wed', community]])
    const dependencies = {
      database: band.app.database,
      communities,
      clock: band.now,
      createId,
      randomBytes,
      log: quiet,
    }
    await upload('100004')
    band.advance(20 * dayMs)
    await band.app.database.act((trx) =>
      trx
        .updateTable('application')
        .set({ state: 'approved', decided_at: band.now() })
        .where('roblox_id', '=', '100004')
        .execute(),
    )
    band.advance(30 * dayMs)
    await enforceRetention(dependencies)
    expect(await count('application', '100004')).toBe(1)
    band.advance(1)
    await enforceRetention(dependencies)
    expect(await count('application', '100004')).toBe(0)
  })
})

describe('bans', () => {
  const section = 'retention: { bans: 30 }'

  test('go when their time after their end is over, and no ban that holds does', async () => {
    await ban('Visitor100005', { duration: '86400' })
    await ban('Visitor100006')
    await ban('Visitor100007', { duration: String(60 * 86_400) })
    const counts = () => Promise.all(['100005', '100006', '100007'].map((id) => count('ban', id)))
    band.advance(2 * dayMs)
    await lift('Visitor100007')
    band.advance(29 * dayMs)
    await enforce(section)
    expect(await counts()).toEqual([1, 1, 1])
    band.advance(1)
    await enforce(section)
    expect(await counts()).toEqual([0, 1, 1])
    band.advance(dayMs)
    await enforce(section)
    expect(await counts()).toEqual([0, 1, 0])
    band.advance(1000 * dayMs)
    await enforce(section)
    expect(await counts()).toEqual([0, 1, 0])
    expect((await band.get('/connect?place=1&id=100006&training=false')).body).toMatchObject({ banned: true })
    expect(await faults()).toEqual([])
  })

  test('of erased players go when they end, with or without a time', async () => {
    await ban('Visitor100008', { duration: '86400' })
    await ban('Visitor100009', { duration: '86400' })
    await ban('Visitor100010')
    await band.app.database.act(async (trx) => {
      for (const id of ['100008', '100010']) {
        await trx
          .updateTable('ban')
          .set({ roblox_id: `erased:${id}` })
          .where('roblox_id', '=', id)
          .execute()
      }
    })
    band.advance(dayMs - 1)
    await enforce('')
    expect([await count('ban', 'erased:100008'), log]).toEqual([1, []])
    band.advance(1)
    await enforce('')
    expect(await count('ban', 'erased:100008')).toBe(0)
    expect([await count('ban', '100009'), await count('ban', 'erased:100010')]).toEqual([1, 1])
    expect(log).toEqual([removed('bans of erased players', 1)])
    await band.app.database.act((trx) => trx.deleteFrom('ban').where('roblox_id', '=', 'erased:100010').execute())
  })
})

describe('shifts', () => {
  const section = 'retention: { shifts: 30 }'
  beforeAll(() => enforce(section))

  test('go with their entries when their time is over, and the points stay as one entry', async () => {
    const id = '100011'
    await work(id, 600)
    await work(id, 30)
    band.advance(dayMs)
    await work(id, 1200)
    await adjust(id, -3)
    const carriedUntil = band.now()
    band.advance(dayMs)
    await work(id, 60)
    band.advance(28 * dayMs)
    await enforce(section)
    expect([await count('shift', id), (await entriesOf(id)).length]).toEqual([4, 4])
    band.advance(dayMs + 1)
    await enforce(section)
    expect(await entriesOf(id)).toMatchObject([
      { amount: 27, reason: 'carried over', reverses: null, createdAt: carriedUntil },
      { amount: 1, reason: 'shift' },
    ])
    expect(await count('shift', id)).toBe(1)
    expect(await pointsOf(id)).toMatchObject({ points: 28 })
    expect(await faults()).toEqual([])
    expect(log).toContainEqual(removed('shifts', 6))
  })

  test('are carried over together with what was before', async () => {
    const id = '100011'
    band.advance(dayMs)
    await enforce(section)
    expect(await entriesOf(id)).toMatchObject([{ amount: 28, reason: 'carried over' }])
    const entries = await entriesOf(id)
    band.advance(1000 * dayMs)
    log = []
    await enforce(section)
    expect([await entriesOf(id), log]).toEqual([entries, []])
    expect(await pointsOf(id)).toMatchObject({ points: 28 })
  })

  test('leave no entry where they come to nothing', async () => {
    await work('100012', 600)
    await reverse((await entriesOf('100012'))[0], '100012')
    await work('100013', 59)
    band.advance(30 * dayMs + 1)
    await enforce(section)
    for (const id of ['100012', '100013']) expect([await entriesOf(id), await count('shift', id)]).toEqual([[], 0])
    expect(await faults()).toEqual([])
  })

  test('stay while a reversal of theirs does, and all reversals of reversals', async () => {
    const id = '100014'
    await work(id, 600)
    await work(id, 120)
    const [first] = (await entriesOf(id)).filter(({ amount }) => amount === 10)
    const reversal = await reverse(first, id)
    band.advance(dayMs)
    await reverse({ id: reversal, amount: -10 }, id)
    band.advance(30 * dayMs)
    await enforce(section)
    expect((await entriesOf(id)).map(({ amount, reason }) => `${amount} ${reason}`).toSorted()).toEqual([
      '-10 reversal',
      '10 reversal',
      '10 shift',
      '2 carried over',
    ])
    expect([await count('shift', id), await faults()]).toEqual([1, []])
    band.advance(1)
    await enforce(section)
    expect(await entriesOf(id)).toMatchObject([{ amount: 12, reason: 'carried over' }])
    expect([await count('shift', id), await faults()]).toEqual([0, []])
  })

  test('leave what an import has paid, which it must find again', async () => {
    const id = '100014'
    await adjust(id, 500, { reason: 'import' })
    await adjust(id, 5)
    band.advance(30 * dayMs + 1)
    await enforce(section)
    expect((await entriesOf(id)).map(({ amount, reason }) => `${amount} ${reason}`).toSorted()).toEqual([
      '17 carried over',
      '500 import',
    ])
    expect(await pointsOf(id)).toMatchObject({ points: 517 })
  })

  test('are removed in batches, whose points add up', async () => {
    const id = '100015'
    await work(id, 60)
    const received_at = band.now()
    const numbers = Array.from({ length: 1300 }, (_, index) => index)
    await band.app.database.act(async (trx) => {
      const [place, server, key_id, request_id] = ['1', 'job', 'k', 'r']
      const player = { community: 'wed', roblox_id: id }
      const shift = { ...player, place, server, seconds: 60, training: 0, received_at, key_id, request_id }
      const paid = numbers.map((number) => ({ ...shift, id: `paid-${number}`, points: 1 }))
      const unpaid = numbers.map((number) => ({ ...shift, id: `unpaid-${number}`, points: 0 }))
      for (const part of [paid.slice(0, 650), paid.slice(650), unpaid.slice(0, 650), unpaid.slice(650)]) {
        await trx.insertInto('shift').values(part).execute()
      }
      const entry = { ...player, amount: 1, reason: 'shift', reverses: null, created_at: received_at }
      const entries = numbers.map((number) => ({ ...entry, id: `entry-${number}`, shift_id: `paid-${number}` }))
      for (const part of [entries.slice(0, 650), entries.slice(650)]) {
        await trx.insertInto('point_entry').values(part).execute()
      }
      await trx
        .updateTable('player')
        .set((eb) => ({ points: eb('points', '+', 1300) }))
        .where('roblox_id', '=', id)
        .execute()
    })
    // The first of its pair is in another batch than the second.
    await reverse({ id: 'entry-0', amount: 1 }, id)
    band.advance(30 * dayMs + 1)
    await enforce(section)
    expect(await entriesOf(id)).toMatchObject([{ amount: 1300, reason: 'carried over' }])
    expect([await count('shift', id), await faults()]).toEqual([0, []])
    expect(await pointsOf(id)).toMatchObject({ points: 1300 })
    expect(log).toContainEqual(removed('shifts', 1301 + 1 + 1301 + 1300))
  })

  test('are carried over once by two instances, while others arrive', async () => {
    const ids = ['100016', '100017', '100018']
    for (const id of ids) {
      await work(id, 600)
      await work(id, 1200)
    }
    band.advance(30 * dayMs + 1)
    const another = await band.startAnother()
    const arriving = ids.flatMap((id) => [work(id, 60), work(id, 60), work(id, 60)])
    const theirs = another.app.database
    await Promise.all([enforce(section), enforceOn(theirs, [section]), ...arriving, enforce(section)])
    await another.stop()
    for (const id of ids) {
      const amounts = (await entriesOf(id)).map(({ amount, reason }) => `${amount} ${reason}`)
      expect(amounts.toSorted()).toEqual(['1 shift', '1 shift', '1 shift', '30 carried over'])
      expect(await pointsOf(id)).toMatchObject({ points: 33 })
    }
    expect(await faults()).toEqual([])
  })
})

describe('the audit trail', () => {
  const section = 'retention: { audit: 30 }'
  /** Of the entries about players: those of the retention's own acts stay as they are. */
  const said = () =>
    band.app.database.read
      .selectFrom('audit_entry')
      .select(['roblox_id', 'before', 'after', 'salt'])
      .where('community', '=', 'wed')
      .where('act', '<>', 'audit.forget')
      .orderBy('sequence', 'desc')
      .execute()

  test('says nothing of persons any more when its time is over, and its chain holds', async () => {
    await ban('Visitor100019')
    band.advance(dayMs)
    await lift('Visitor100019')
    band.advance(29 * dayMs)
    await enforce(section)
    expect((await said()).slice(0, 3)).toEqual([
      { roblox_id: '100019', before: expect.any(String), after: expect.any(String), salt: expect.any(String) },
      { roblox_id: '100019', before: null, after: expect.any(String), salt: expect.any(String) },
      { roblox_id: null, before: null, after: null, salt: null },
    ])
    band.advance(1)
    log = []
    await enforce(section)
    const [newest, ...others] = await said()
    expect(newest).toMatchObject({ roblox_id: '100019' })
    expect(others.every((entry) => Object.values(entry).every((value) => value === null))).toBe(true)
    expect(log).toEqual([removed('audit', 1)])
    expect(await faults()).toEqual([])
  })
})

describe('visitors', () => {
  const section = 'retention: { visitors: 30 }'
  const join = (id: string) => band.get(`/connect?place=1&id=${id}&training=false`)
  const lookUp = (discord: string) => band.get(`/profile?discord=${discord}`)

  test('are forgotten when they were not asked for in that time, but nobody with a record', async () => {
    const [guest, staff] = ['1003', '1004']
    await work(staff, 60)
    for (const id of [guest, staff]) {
      await join(id)
      await lookUp(`10000000000000${id}`)
    }
    await lookUp('999999999999999999')
    const links = async () => {
      const rows = await band.app.database.read.selectFrom('discord_link').select('roblox_id').execute()
      return rows.map((row) => row.roblox_id).toSorted()
    }
    const known = (id: string) => Promise.all([count('membership', id), count('roblox_user', id)])
    band.advance(30 * dayMs)
    await enforce(section, section)
    expect([await known(guest), await known(staff), await links()]).toEqual([
      [1, 1],
      [1, 1],
      ['1003', '1004', null, null],
    ])
    band.advance(1)
    await enforce(section)
    await enforce(section, '')
    // Only one of the two communities says how long the names are kept, which are both's.
    expect([await known(guest), await known(staff), await links()]).toEqual([[0, 0], [1, 1], ['1004']])
  })

  test('keep their names while any community keeps them, or knows their rank', async () => {
    await join('100020')
    await join('100021')
    await band.get('/connect?place=1&id=100021&training=false', { key: band.keys.other?.game ?? '' })
    band.advance(60 * dayMs)
    await enforce(section, '')
    expect(await Promise.all(['100020', '100021'].map((id) => count('roblox_user', id)))).toEqual([1, 1])
    await enforce(section, 'retention: { visitors: 60 }')
    expect(await Promise.all(['100020', '100021'].map((id) => count('roblox_user', id)))).toEqual([1, 1])
    band.advance(1)
    log = []
    await enforce('retention: { visitors: 60 }', 'retention: { visitors: 61 }')
    expect(await Promise.all(['100020', '100021'].map((id) => count('roblox_user', id)))).toEqual([1, 1])
    await enforce('retention: { visitors: 60 }', 'retention: { visitors: 60 }')
    expect(await Promise.all(['100020', '100021'].map((id) => count('roblox_user', id)))).toEqual([0, 0])
    expect(log).toContainEqual(removed('visitors', 1, 'other'))
    expect(log).toContainEqual(removed('names', 2, null))
  })

  test('keep the links of the own table', async () => {
    const row = { community: 'wed', discord_id: '5', source: 'table', roblox_id: '100022', asked_at: band.now() }
    await band.app.database.act((trx) => trx.insertInto('discord_link').values(row).execute())
    band.advance(31 * dayMs)
    await enforce(section)
    expect(await count('discord_link', '100022')).toBe(1)
  })

  test('are gone through past those who stay, page by page', async () => {
    const asked_at = band.now()
    const ids = Array.from({ length: 700 }, (_, index) => String(7_000_000 + index))
    await band.app.database.act(async (trx) => {
      const ranks = ids.map((roblox_id) => ({ community: 'wed', roblox_id, rank: 1, role_name: 'Member', asked_at }))
      await trx.insertInto('membership').values(ranks).execute()
      const players = ids
        .slice(0, 600)
        .map((roblox_id) => ({ community: 'wed', roblox_id, object_id: createId(), points: 0, created_at: 0 }))
      await trx.insertInto('player').values(players).execute()
    })
    band.advance(30 * dayMs + 1)
    await enforce(section)
    expect([await count('membership', '7000599'), await count('membership', '7000600')]).toEqual([1, 0])
    expect(log).toContainEqual(removed('visitors', 100))
  })
})

test('a stop ends the work after the act that it is at', async () => {
  await upload('100023')
  band.advance(31 * dayMs)
  const community = readCommunity('wed', `${communityFile}retention: { applications: 30 }`)
  const communities = new Map([['wed', community]])
  const { database } = band.app
  await enforceRetention(
    { database, communities, clock: band.now, createId, randomBytes, log: quiet },
    AbortSignal.abort(),
  )
  expect(await count('application', '100023')).toBe(1)
})

test('what is logged names nobody', async () => {
  await ban('Visitor100024', { duration: '1' })
  await work('100024', 600)
  band.advance(31 * dayMs)
  await enforce('retention: { applications: 30, bans: 30, shifts: 30, audit: 30, visitors: 30 }')
  expect(log.length).toBeGreaterThanOrEqual(3)
  expect(JSON.stringify(log)).not.toMatch(/100024/)
})
