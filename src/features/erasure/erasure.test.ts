import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  communityFile,
  eventually,
  type Magicband,
  moderator,
  pathOf,
  startMagicband,
} from '../../../test/magicband.ts'
import { tableNames } from '../../backup/format.ts'
import { listPersonalData } from '../../privacy/personal-data.ts'
import type { Fault } from '../../verify/fault.ts'
import { findFaults } from '../../verify/verify.ts'
import { notificationOf, sign as signAt, webhookSecret } from './testing.ts'

const withSecret = communityFile.replace('apiKey: sandbox', `webhookSecret: ${webhookSecret}, apiKey: sandbox`)
const webhook = '/webhooks/roblox/wed'

let band: Magicband
beforeAll(async () => {
  band = await startMagicband({ files: { wed: withSecret, other: communityFile } })
})
afterAll(() => band.stop())

const sign = (body: string, { at = band.now(), key = webhookSecret } = {}) => signAt(body, { at, key })

const notify = (body: string, signature: string | undefined = sign(body), path = webhook) =>
  band.post(path, {
    key: null,
    body,
    headers: {
      'content-type': 'application/json',
      ...(signature === '' ? {} : { 'roblox-signature': signature }),
    },
  })

async function receiptOf(notificationId: string) {
  return eventually(async () => {
    const row = await band.app.database.read
      .selectFrom('erasure')
      .selectAll()
      .where('notification_id', '=', notificationId)
      .executeTakeFirst()
    return row?.done_at == null ? undefined : row
  })
}

/** Every table in which one of these texts stands. */
async function findTablesWith(texts: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const table of tableNames) {
    const { rows } = await sql`select * from ${sql.table(table)}`.execute(band.app.database.read)
    if (texts.some((text) => JSON.stringify(rows).includes(text))) found.push(table)
  }
  return found
}

async function listFaults(): Promise<Fault[]> {
  const faults: Fault[] = []
  for await (const fault of findFaults(band.app.database.read)) faults.push(fault)
  return faults
}

/** Leaves something in every table that knows players. */
async function leaveTraces(id: string, { isBanned = false } = {}): Promise<void> {
  const username = `Visitor${id}`
  const ask = () => ({ headers: { 'idempotency-key': randomUUID() } })
  const answers = JSON.stringify({ q1: `I am ${username}`, q2: 'b', q3: 'c', q4: 'd' })
  const steps = [
    () => band.get(pathOf('/connect', { place: '1', id, training: '0' })),
    () => band.get(pathOf('/profile', { username }), ask()),
    () => band.post(pathOf('/application/upload', { id }), { body: answers }),
    () => band.post(pathOf('/application/approve', { id, moderator }), ask()),
    () => band.post(pathOf('/log', { id, place: '1', duration: '600', training: '0', server: 'a' }), ask()),
    () => band.post(pathOf('/certification/grant', { certification: 'tot', username, moderator }), ask()),
    () => band.post(pathOf('/ban/add', { username, reason: `${username} was rude`, moderator }), ask()),
    ...(isBanned ? [] : [() => band.post(pathOf('/ban/remove', { username, reason: 'sorry', moderator }), ask())]),
  ]
  for (const step of steps) expect((await step()).status).toBe(200)
  await band.app.database.act(async (trx) => {
    const link = { community: 'wed', discord_id: `1000000000000${id}`, source: 'table', roblox_id: id, asked_at: 0 }
    await trx.insertInto('discord_link').values(link).execute()
  })
}

describe('a notification is refused', () => {
  const body = notificationOf(1)
  test.each([
    ['for a community that there is not', () => notify(body, undefined, '/webhooks/roblox/nobody'), 404, 'not found'],
    ['for one that has no secret', () => notify(body, undefined, '/webhooks/roblox/other'), 404, 'not found'],
    ['without a signature', () => notify(body, ''), 401, 'invalid signature'],
    ['with an empty signature', () => notify(body, 't=1,v1='), 401, 'invalid signature'],
    ['without a time', () => notify(body, sign(body).replace(/^t=\d+,/, '')), 401, 'invalid signature'],
    ['with a signature of another secret', () => notify(body, sign(body, { key: 'x' })), 401, 'invalid signature'],
    ['with a signature of another body', () => notify(notificationOf(2), sign(body)), 401, 'invalid signature'],
    [
      'that was signed eleven minutes ago',
      () => notify(body, sign(body, { at: band.now() - 660_000 })),
      401,
      'invalid signature',
    ],
    [
      'that was signed eleven minutes from now',
      () => notify(body, sign(body, { at: band.now() + 660_000 })),
      401,
      'invalid signature',
    ],
    ['that is no JSON', () => notify('{'), 400, 'malformed request'],
    ['that is something else', () => notify('{"hello":1}'), 400, 'malformed request'],
    ['without a player', () => notify(notificationOf(0)), 400, 'malformed request'],
  ])('%s', async (_name, send, status, message) => {
    const answer = await send()
    expect([answer.status, answer.body]).toEqual([status, { status: 'error', message }])
  })

  test('by another method', async () => {
    const answer = await band.get(webhook)
    expect([answer.status, answer.headers.allow]).toEqual([405, 'POST'])
  })

  test('and nothing was asked for', async () => {
    expect(await band.app.database.read.selectFrom('erasure').selectAll().execute()).toEqual([])
  })
})

test.each(['SampleNotification', 'SomethingNew'])(
  'a notification of %s is taken, and nothing is done',
  async (event) => {
    const body = JSON.stringify({ NotificationId: randomUUID(), EventType: event, EventPayload: { UserId: 1 } })
    const answer = await notify(body)
    expect([answer.status, answer.body]).toEqual([200, { status: 'success' }])
    expect(await band.app.database.read.selectFrom('erasure').selectAll().execute()).toEqual([])
  },
)

describe('an erased player', () => {
  test('is in no table any more, and others are', async () => {
    await leaveTraces('100777')
    await leaveTraces('100778')
    await eventually(async () =>
      (await band.app.database.read.selectFrom('job').select('id').execute()).length === 0 ? true : undefined,
    )
    const traces = ['"100777"', 'Visitor100777', 'users/100777/', '"id":100777']
    const before = await findTablesWith(traces)
    expect(before).toEqual(expect.arrayContaining(['player', 'shift', 'idempotency', 'audit_entry', 'paste']))

    const id = randomUUID()
    expect((await notify(notificationOf(100_777, id))).body).toEqual({ status: 'success' })
    const receipt = await receiptOf(id)
    expect(receipt).toMatchObject({ community: 'wed', source: 'roblox', asked_at: band.now() })
    const removed = JSON.parse(receipt.removed ?? '')
    expect(removed).toMatchObject({
      player: 1,
      shift: 1,
      point_entry: 1,
      application: 1,
      paste: 1,
      ban: 1,
      ban_kept: 0,
    })
    expect(removed.idempotency).toBeGreaterThanOrEqual(4)
    expect(await findTablesWith(traces)).toEqual([])
    expect(await findTablesWith(['"100778"'])).toEqual(expect.arrayContaining(['player', 'shift', 'audit_entry']))
    expect(await listFaults()).toEqual([])
  })

  test('is in no remembered answer, also one that names nobody', async () => {
    const reason = 'Tommy Smith of Ohio'
    const join = () =>
      band.get(pathOf('/connect', { place: '1', id: '100779', training: '0' }), { headers: { 'idempotency-key': 'j' } })
    await band.post(pathOf('/ban/add', { username: 'Visitor100779', reason, moderator }))
    expect((await join()).text).toContain(reason)
    const id = randomUUID()
    await notify(notificationOf(100_779, id))
    await receiptOf(id)
    expect(await findTablesWith([reason])).toEqual([])
    expect((await join()).body).toMatchObject({ banned: true, reason: 'banned before the data was erased' })
  })

  test('is erased once, however often Roblox repeats it', async () => {
    const id = randomUUID()
    const body = notificationOf(100_779, id)
    const answers = await Promise.all(Array.from({ length: 5 }, () => notify(body)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    await receiptOf(id)
    await notify(body)
    const rows = await band.app.database.read
      .selectFrom('erasure')
      .select('id')
      .where('notification_id', '=', id)
      .execute()
    expect(rows).toHaveLength(1)
  })

  test('who is banned stays out, under no name', async () => {
    await leaveTraces('100780', { isBanned: true })
    const id = randomUUID()
    await notify(notificationOf(100_780, id))
    expect(JSON.parse((await receiptOf(id)).removed ?? '')).toMatchObject({ ban: 0, ban_kept: 1 })
    expect(await findTablesWith(['"100780"', 'Visitor100780'])).toEqual([])
    expect(await listFaults()).toEqual([])
    expect((await receiptOf(id)).subject).toMatch(/^erased:[0-9a-f]{64}$/)

    await band.restart()
    expect((await band.get(pathOf('/connect', { place: '1', id: '100780', training: '0' }))).body).toEqual({
      certifications: '',
      auth: false,
      clearance: 0,
      banned: true,
      reason: 'banned before the data was erased',
    })
    const verdict = { username: 'Visitor100780', reason: 'again', moderator }
    expect((await band.post(pathOf('/ban/add', verdict))).body).toMatchObject({
      discord: '**Visitor100780** is already banned.',
    })
    expect((await band.post(pathOf('/ban/remove', verdict))).status).toBe(200)
    expect((await band.get(pathOf('/connect', { place: '1', id: '100780', training: '0' }))).body).toMatchObject({
      auth: true,
    })
  })

  test('who is being approved is erased when that is over', async () => {
    const until = band.now() + 20_000
    const held = { community: 'wed', roblox_id: '100782', holder: 'x', held_until: until, assigning_at: null }
    await band.app.database.act((trx) => trx.insertInto('approval').values(held).execute())
    const id = randomUUID()
    await notify(notificationOf(100_782, id))
    const job = () => band.app.database.read.selectFrom('job').selectAll().where('task', '=', 'privacy.erase')
    await eventually(async () =>
      (await job().executeTakeFirst())?.last_error?.includes('approved') ? true : undefined,
    )
    expect(await job().executeTakeFirst()).toMatchObject({ attempts: 0, given_up_at: null })
    band.advance(20_000)
    await receiptOf(id)
  })

  test('is a stranger to the next call, and can begin anew', async () => {
    await leaveTraces('100781')
    const id = randomUUID()
    await notify(notificationOf(100_781, id))
    await receiptOf(id)
    expect((await band.get('/profile?id=100781')).body).toMatchObject({ points: 0, certifications: [] })
    expect((await band.get('/profile?id=100781')).body).not.toHaveProperty('_id')
    const shift = { id: '100781', place: '1', duration: '120', training: '0', server: 'b' }
    expect((await band.post(pathOf('/log', shift))).status).toBe(200)
    expect((await band.get('/profile?id=100781')).body).toMatchObject({ points: 2 })
    expect(await listFaults()).toEqual([])
  })
})

test('every table with a column for players is one that erasing and exporting know', async () => {
  const tables = await band.app.database.read.introspection.getTables()
  const withPlayers = tables.filter(({ columns }) => columns.some(({ name }) => name === 'roblox_id'))
  const known = listPersonalData({ community: 'wed', robloxId: '1', name: undefined }).map(({ table }) => table)
  expect(known).toEqual(expect.arrayContaining(withPlayers.map(({ name }) => name)))
})
