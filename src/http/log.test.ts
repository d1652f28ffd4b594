import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleCalls, make } from '../../test/example-calls.ts'
import { eventually, type Magicband, moderator, pathOf, startMagicband } from '../../test/magicband.ts'
import { sendRaw } from '../../test/raw-request.ts'
import { createKeyText, hashKey } from '../keys/key-text.ts'
import { sandboxKeys } from '../sandbox/world.ts'

/** What was logged and what was answered by a server that was asked rightly and wrongly, in health and in need. */
let band: Magicband
const answers: string[] = []
const secrets: string[] = []

beforeAll(async () => {
  band = await startMagicband()
  const { game = '', bot = '', status = '' } = band.keys.wed ?? {}
  const unknown = createKeyText('bot', randomBytes)
  secrets.push(game, bot, status, unknown, ...Object.values(sandboxKeys))
  await askEverything(game, bot, unknown)
  await askWrongly(bot)
  await askInNeed(bot)
})
afterAll(() => band.stop())

async function askEverything(game: string, bot: string, unknown: string): Promise<void> {
  for (const call of exampleCalls) {
    const key = call.kinds.includes('bot') ? bot : game
    const replies = [
      await make(band, call),
      await make(band, call, { key: null, query: { key: unknown } }),
      await make(band, call, { key: null, query: { key } }),
      await make(band, call, { key: null, headers: { authorization: `Bearer ${key}` } }),
      await make(band, call, { headers: { 'idempotency-key': 'x'.repeat(201) } }),
    ]
    answers.push(...replies.map((reply) => reply.text))
  }
}

async function askWrongly(key: string): Promise<void> {
  const paths = [
    `/nothing?key=${key}`,
    `/%zz?key=${key}`,
    `/pastes/${key}`,
    `/profile?key=${key}&key=${key}`,
    `/${key}`,
  ]
  for (const path of [...paths, `/profile?id=${key}&key=${key}`, `/health?key=${key}`, `/docs/?key=${key}`]) {
    for (const method of ['GET', 'POST', 'HEAD']) answers.push((await band.request(method, path)).text)
  }
  const body = `{"key":"${key}`
  answers.push((await band.post(`/application/upload?id=1&key=${key}`, { key: null, body })).text)
  answers.push((await band.post(`/ban/add?key=${key}`, { key: null, body: body.repeat(9000) })).text)
  for (const request of [
    `GET /profile?key=${key} HTTP/9.9\r\n\r\n`,
    `${key} /profile HTTP/1.1\r\nx-api-key: ${key}\r\n\r\n`,
    `GET /profile?key=${key}\nx HTTP/1.1\r\nhost: x\r\n\r\n`,
    `GET /profile?key=${key} HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`,
    `POST /log HTTP/1.1\r\nhost: x\r\nx-api-key: ${key}\r\ntransfer-encoding: chunked\r\n\r\n${key}\r\n`,
  ]) {
    answers.push((await sendRaw(band.address, request)).body)
  }
}

async function askInNeed(bot: string): Promise<void> {
  const approve = pathOf('/application/approve', { id: '100001', moderator, key: bot })
  for (const mode of ['500', 'html', 'refuse', '429'] as const) {
    band.sandbox.fail('all', { mode })
    answers.push((await band.post(approve, { key: null })).text)
    answers.push((await band.get(`/profile?discord=100000000000001004&key=${bot}`, { key: null })).text)
    band.advance(60_000)
    band.sandbox.heal()
  }
  await band.app.database.act((trx) => trx.schema.alterTable('ban').renameTo('away').execute())
  const ban = pathOf('/ban/add', { reason: 'x', username: 'CastOne', moderator, key: bot })
  answers.push((await band.post(ban, { key: null })).text)
  await band.app.database.act((trx) => trx.schema.alterTable('away').renameTo('ban').execute())
}

describe('a key', () => {
  test('is in no line of the log', () => {
    // There is a log, of failures too, or it would be no wonder.
    expect(band.log.length).toBeGreaterThan(50)
    for (const failure of ['a call failed', 'could not be ranked'])
      expect(band.log.filter((line) => line.includes(failure))).not.toEqual([])
    for (const secret of secrets) {
      // A part of it would be a leak as well.
      const part = secret.slice(0, 24)
      expect(band.log.filter((line) => line.includes(part))).toEqual([])
    }
    expect(band.log.filter((line) => line.includes(hashKey(secrets[1] ?? '')))).toEqual([])
  })

  test('is in no answer', () => {
    for (const secret of secrets) expect(answers.filter((answer) => answer.includes(secret.slice(0, 24)))).toEqual([])
  })
})

describe('the log', () => {
  test('has a line for each request that was HTTP: method, route, status and time', async () => {
    const before = band.log.length
    await band.get('/profile?id=1')
    await band.post('/nothing')
    const lines = await eventually(() => {
      const answered = band.log
        .slice(before)
        .map((line) => JSON.parse(line))
        .filter(({ msg }) => msg === 'answered')
      return answered.length >= 2 ? answered : undefined
    })
    expect(lines).toMatchObject([
      { level: 30, method: 'GET', route: '/profile', status: 200, ms: expect.any(Number) },
      { level: 30, method: 'POST', status: 404 },
    ])
  })

  test('says why a call failed, beside the request id that the caller was given', async () => {
    await band.app.database.act((trx) => trx.schema.alterTable('ban').renameTo('away').execute())
    const reply = await band.post(pathOf('/ban/add', { reason: 'x', username: 'CastOne', moderator }))
    await band.app.database.act((trx) => trx.schema.alterTable('away').renameTo('ban').execute())
    expect(reply.status).toBe(500)
    const line = band.log.map((one) => JSON.parse(one)).findLast(({ level }) => level === 50)
    expect(line).toMatchObject({
      reqId: reply.headers['x-request-id'],
      route: '/ban/add',
      err: { message: expect.stringMatching(/no such table|does not exist/) },
    })
  })
})
