import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  communityFile,
  eventually,
  findLogLine,
  type Magicband,
  moderator,
  pathOf,
  startMagicband,
} from '../../test/magicband.ts'
import { openRaw } from '../../test/raw-request.ts'
import { sandboxKeys, sandboxWebhookUrl } from '../sandbox/world.ts'

let band: Magicband
beforeEach(async () => {
  band = await startMagicband()
})
afterEach(() => band.stop())

type Line = Record<string, unknown> & { msg: string; sql?: string }

const lines = (): Line[] => band.log.map((line) => JSON.parse(line))
const ban = (username: string) => pathOf('/ban/add', { reason: 'x', username, moderator })

describe('a line that is written for a request has its id:', () => {
  test('that of an outside service which begins to fail', async () => {
    band.sandbox.fail('robloxUsers', { mode: '500' })
    const ids: (string | undefined)[] = []
    for (let count = 0; count < 6; count++)
      ids.push((await band.get(`/profile?id=${100_300 + count}`)).headers['x-request-id'])
    const line = findLogLine(band, 'an outside service fails')
    expect(line).toMatchObject({ service: 'roblox users' })
    expect(ids).toContain(line?.reqId)
  })

  test('also behind a body, which the connection reads', async () => {
    const applications = `applications: { paste: pastebin, pastebinKey: ${sandboxKeys.pastebin},`
    await band.restart({ wed: communityFile.replace('applications: {', applications) })
    band.sandbox.fail('pastebin', { mode: '500' })
    const body = JSON.stringify({ q1: 'a', q2: 'b', q3: 'c', q4: 'd' })
    const connection = await openRaw(band.address)
    connection.write(
      `POST /application/upload?id=1006 HTTP/1.1\r\nhost: x\r\nx-api-key: ${band.keys.wed?.game}\r\n` +
        `content-length: ${body.length}\r\nconnection: close\r\n\r\n`,
    )
    // In pieces, each of which comes by itself.
    for (const piece of [body.slice(0, 10), body.slice(10)]) {
      await sleep(50)
      connection.write(piece)
    }
    const answer = await connection.closed
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    const warning = lines().find(({ level, msg }) => level === 40 && /pastebin/i.test(msg))
    expect(warning).toMatchObject({ reqId: /^x-request-id: (\S+)/im.exec(answer)?.[1] })
  })

  test('every statement of acts that share a commit', async () => {
    const names = ['SeniorOne', 'MemberOne', 'CastOne', 'Visitor100001', 'Visitor100002']
    const replies = await Promise.all(names.map((name) => band.post(ban(name))))
    expect(replies.map(({ status }) => status)).toEqual(names.map(() => 200))
    const inserts = lines().filter(({ sql }) => sql?.startsWith('insert into "ban"'))
    const ids = replies.map(({ headers }) => headers['x-request-id'])
    expect(inserts.map(({ reqId }) => reqId).toSorted()).toEqual(ids.toSorted())
  })

  test('each once, and no line has that of another request', async () => {
    const replies = await Promise.all(
      Array.from({ length: 30 }, (_, index) => band.get(`/profile?id=${100_400 + index}`)),
    )
    const ids = new Set(replies.map(({ headers }) => headers['x-request-id']))
    const answered = await eventually(() => {
      const found = lines().filter(({ msg, route }) => msg === 'answered' && route === '/profile')
      return found.length === 30 ? found : undefined
    })
    expect(new Set(answered.map(({ reqId }) => reqId))).toEqual(ids)
    for (const line of band.log) expect(line.split('"reqId"').length).toBeLessThanOrEqual(2)
  })
})

test('a request whose caller goes away before the answer has its line as well, one, and is counted', async () => {
  band.sandbox.fail('roblox', { mode: 'slow', delayMs: 300 })
  const connection = await openRaw(band.address)
  connection.write(`POST ${ban('Visitor100500')} HTTP/1.1\r\nhost: x\r\nx-api-key: ${band.keys.wed?.bot}\r\n\r\n`)
  await eventually(() => (band.sandbox.requests('robloxUsers').length > 0 ? true : undefined))
  connection.close()
  await connection.closed
  // What it asked for goes on.
  await eventually(
    async () => (await band.app.database.read.selectFrom('ban').select('id').executeTakeFirst()) ?? undefined,
  )
  await band.get('/profile?id=1002')
  const ended = await eventually(() => {
    const found = lines().filter(({ status, route }) => status !== undefined && route !== undefined)
    return found.length > 1 ? found : undefined
  })
  expect(ended).toMatchObject([
    { msg: 'the connection ended before the answer', method: 'POST', route: '/ban/add', status: 499 },
    { msg: 'answered', route: '/profile', status: 200 },
  ])
  const { text } = await band.get('/metrics', { key: 'status' })
  expect(text).toMatch(/magicband_http_requests_total\{route="\/ban\/add",status="499"\} 1/)
})

describe('a line that is written for a job', () => {
  test('names the job and its task, and no request', async () => {
    await band.restart({
      wed: communityFile.replace('discord:', `discord:\n  webhooks: { audit: "${sandboxWebhookUrl}" }`),
    })
    await band.post(ban('CastOne'))
    const done = await eventually(() => lines().find(({ msg }) => msg === 'job done'))
    expect(done).toMatchObject({ job: expect.any(String), task: 'audit.post' })
    const removal = lines().find(({ sql }) => sql?.startsWith('delete from "job"'))
    expect(removal).toMatchObject({ job: done.job, task: 'audit.post' })
    expect([done.reqId, removal?.reqId]).toEqual([undefined, undefined])
  })
})

describe('a line of work that nobody asked for', () => {
  test('has no id of a request, also after there were some', async () => {
    await band.get('/profile?id=1002')
    band.log.length = 0
    await band.app.database.read.selectFrom('player').select('points').execute()
    const [line] = lines().filter(({ msg }) => msg === 'statement')
    expect(line).toBeDefined()
    expect(line).not.toHaveProperty('reqId')
  })

  test('nor has what is read for many requests at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => band.get('/connect?place=1&id=1002&training=0')))
    const shared = lines().filter(({ sql }) => sql?.includes('with ordinality'))
    expect(shared.length > 0).toBe(band.databaseUrl.startsWith('postgres'))
    expect(shared.filter(({ reqId }) => reqId !== undefined)).toEqual([])
  })
})
