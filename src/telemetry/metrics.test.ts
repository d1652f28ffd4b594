import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import packageFile from '../../package.json' with { type: 'json' }
import { exampleCalls, make } from '../../test/example-calls.ts'
import {
  breakDatabase,
  communityFile,
  eventually,
  type Magicband,
  moderator,
  pathOf,
  startMagicband,
} from '../../test/magicband.ts'
import { sendRaw } from '../../test/raw-request.ts'
import { findSample, readScrape, type Sample } from '../../test/scrape.ts'
import { addJob } from '../jobs/queue.ts'
import { sandboxWebhookUrl } from '../sandbox/world.ts'

let band: Magicband
beforeEach(async () => {
  band = await startMagicband()
})
afterEach(() => band.stop())

async function scrape(): Promise<Sample[]> {
  const { status, text } = await band.get('/metrics', { key: 'status' })
  expect(status).toBe(200)
  return readScrape(text)
}

async function sampleOf(name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
  return findSample(await scrape(), name, labels)
}

const join = (id: string) => pathOf('/connect', { place: '1', id, training: 'false' })

describe('GET /metrics is refused', () => {
  test.each([
    ['without a key', null, 401, 'invalid key'],
    ['with a wrong key', 'wrong', 401, 'invalid key'],
    ['with the key of a game', 'game', 403, 'access denied'],
  ])('%s', async (_name, key, status, message) => {
    const reply = await band.get('/metrics', { key })
    expect([reply.status, reply.body]).toEqual([status, { status: 'error', message }])
  })

  test('with a key in the query, which would stand in logs on the way', async () => {
    const reply = await band.get(`/metrics?key=${band.keys.wed?.status}`, { key: null })
    expect([reply.status, reply.body]).toEqual([401, { status: 'error', message: 'invalid key' }])
  })

  test('with a key that has other scopes, or is over its limit', async () => {
    const bot = await band.createKey({ kind: 'bot', scopes: ['profile'] })
    expect((await band.get('/metrics', { key: bot })).status).toBe(403)
    const limited = await band.createKey({ kind: 'status', limit: { count: 1, perMs: 60_000 } })
    const statuses = [await band.get('/metrics', { key: limited }), await band.get('/metrics', { key: limited })]
    expect(statuses.map(({ status }) => status)).toEqual([200, 429])
    expect((await band.get('/metrics', { key: 'status' })).status).toBe(200)
  })

  test('by another method', async () => {
    const reply = await band.post('/metrics', { key: 'status' })
    expect([reply.status, reply.headers.allow]).toEqual([405, 'GET, HEAD'])
  })
})

describe('GET /metrics', () => {
  test('is text that Prometheus reads, with everything described and no label that grows', async () => {
    for (const call of exampleCalls) await make(band, call)
    await band.get('/no-such-path/7')
    await band.get('/pastes/unknown')
    await band.request('DELETE', '/profile')
    const reply = await band.get('/metrics', {
      key: null,
      headers: { authorization: `Bearer ${band.keys.wed?.status}` },
    })
    expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(reply.headers['cache-control']).toBe('no-store')
    const samples = readScrape(reply.text)
    for (const { name } of samples) {
      const family = name.replace(/_(?:bucket|sum|count)$/, '')
      expect([name, reply.text.includes(`# HELP ${family} `) || reply.text.includes(`# HELP ${name} `)]).toEqual([
        name,
        true,
      ])
    }
    const known =
      /^(?:route|status|problem|reason|task|outcome|service|pool|state|version|major|minor|patch|le|type|kind|space)$/
    const names = new Set(samples.flatMap(({ labels }) => Object.keys(labels)))
    expect([...names].filter((name) => !known.test(name))).toEqual([])
    const routes = new Set(samples.flatMap(({ labels }) => labels.route ?? []))
    expect(routes).toEqual(new Set([...exampleCalls.map(({ path }) => path), '/pastes/:id', 'none']))
    // Neither who was asked about nor who asked.
    for (const text of ['1002', 'CastOne', '100001', moderator, 'Imagineering', '127.0.0.1', 'http:'])
      expect([text, samples.filter(({ labels }) => Object.values(labels).some((one) => one.includes(text)))]).toEqual([
        text,
        [],
      ])
  })

  test('counts requests by route and status, and their time', async () => {
    expect((await band.get('/profile?id=1002')).status).toBe(200)
    expect((await band.get('/profile?id=x')).status).toBe(400)
    expect((await band.get('/profile?id=x', { key: null })).status).toBe(401)
    expect((await band.get('/nothing')).status).toBe(404)
    expect((await band.get('/%zz')).status).toBe(404)
    // They are counted when the last byte is out, which their caller may have before.
    const samples = await eventually(async () => {
      const all = await scrape()
      return findSample(all, 'magicband_http_request_duration_seconds_count', { route: '/profile' }) === 3
        ? all
        : undefined
    })
    const requests = (route: string, status: string) =>
      findSample(samples, 'magicband_http_requests_total', { route, status })
    expect([requests('/profile', '200'), requests('/profile', '400'), requests('/profile', '401')]).toEqual([1, 1, 1])
    expect(requests('none', '404')).toBe(2)
    const took = (le: string) =>
      findSample(samples, 'magicband_http_request_duration_seconds_bucket', { route: '/profile', le })
    expect(took('+Inf')).toBe(3)
    expect(took('0.0005')).toBeLessThanOrEqual(took('10') ?? 0)
    const refusals = (problem: string) => findSample(samples, 'magicband_http_refusals_total', { problem })
    expect([refusals('parameter-invalid'), refusals('key-invalid'), refusals('not-found')]).toEqual([1, 1, 2])
  })

  test('counts what is over a limit', async () => {
    const limited = await band.createKey({ kind: 'bot', limit: { count: 1, perMs: 60_000 } })
    await band.get('/profile?id=1002', { key: limited })
    await band.get('/profile?id=1002', { key: limited })
    expect(await sampleOf('magicband_http_refusals_total', { problem: 'too-many-requests' })).toBe(1)
  })

  test('tells what is being answered, also when callers go away', async () => {
    band.sandbox.fail('roblox', { mode: 'hang' })
    const { hostname, port } = new URL(band.address)
    const sockets = Array.from({ length: 3 }, () => connect(Number(port), hostname))
    for (const [index, socket] of sockets.entries())
      socket.write(`GET /profile?id=${100_200 + index} HTTP/1.1\r\nhost: x\r\nx-api-key: ${band.keys.wed?.bot}\r\n\r\n`)
    // And the scrape itself.
    await eventually(async () => ((await sampleOf('magicband_http_requests_in_flight')) === 4 ? true : undefined))
    expect(await sampleOf('magicband_http_connections')).toBeGreaterThanOrEqual(4)
    for (const socket of sockets) {
      socket.destroy()
      await once(socket, 'close')
    }
    await eventually(async () => ((await sampleOf('magicband_http_requests_in_flight')) === 1 ? true : undefined))
  })

  test('counts what is no HTTP', async () => {
    await sendRaw(band.address, 'this is not HTTP\r\n\r\n')
    expect(await sampleOf('magicband_http_unreadable_requests_total')).toBe(1)
  })

  test('counts what is asked of outside services, and says which of them are left alone', async () => {
    const requests = (outcome: string) =>
      sampleOf('magicband_outside_requests_total', { service: 'roblox open cloud', outcome })
    const isOpen = () => sampleOf('magicband_outside_breaker_open', { service: 'roblox open cloud' })
    await band.get(join('1006'))
    expect(await requests('answered')).toBeGreaterThan(0)
    expect([await requests('failed'), await isOpen()]).toEqual([undefined, 0])
    band.sandbox.fail('robloxApis', { mode: '500' })
    band.advance(60_000)
    for (const id of ['1001', '1002', '1003', '1004', '1005', '1006']) await band.get(join(id))
    expect(await isOpen()).toBe(1)
    expect(await requests('failed')).toBeGreaterThanOrEqual(5)
    expect(await requests('not_asked')).toBeGreaterThanOrEqual(1)
    const name = 'magicband_outside_request_duration_seconds_count'
    const sent = ((await requests('answered')) ?? 0) + ((await requests('failed')) ?? 0)
    expect(await sampleOf(name, { service: 'roblox open cloud' })).toBe(sent)
  })

  test('counts acts: those that are done and those that a rule refuses', async () => {
    const acts = async () => {
      const samples = await scrape()
      const count = (outcome: string) => findSample(samples, 'magicband_database_acts_total', { outcome }) ?? 0
      return { done: count('done'), refused: count('refused'), failed: count('failed') }
    }
    const before = await acts()
    const ban = pathOf('/ban/add', { reason: 'x', username: 'CastOne', moderator })
    expect((await band.post(ban)).status).toBe(200)
    expect((await band.post(ban)).status).toBe(400)
    const after = await acts()
    expect(after.done).toBeGreaterThan(before.done)
    expect(after).toMatchObject({ refused: before.refused + 1, failed: before.failed })
    const samples = await scrape()
    expect(findSample(samples, 'magicband_database_act_duration_seconds_count')).toBeGreaterThan(0)
    if (band.databaseUrl.startsWith('sqlite:')) {
      expect(findSample(samples, 'magicband_sqlite_commits_total')).toBeGreaterThan(0)
      expect(findSample(samples, 'magicband_sqlite_disk_write_duration_seconds_count')).toBeGreaterThan(0)
      expect(findSample(samples, 'magicband_sqlite_wal_bytes')).toBeGreaterThan(0)
    } else {
      const connections = (pool: string) =>
        ['used', 'idle'].map((state) => findSample(samples, 'magicband_postgres_connections', { pool, state }) ?? 0)
      expect(Math.max(...connections('read'))).toBeGreaterThan(0)
      expect(Math.max(...connections('write'))).toBeGreaterThan(0)
      expect(findSample(samples, 'magicband_postgres_connection_waiters', { pool: 'read' })).toBe(0)
    }
  })

  test('tells what jobs wait, how old they are, and which were given up', async () => {
    const add = (id: string, task: string, runAt: number) =>
      band.app.database.act((trx) => addJob(trx, { community: 'wed', id, task, payload: {}, runAt, now: band.now() }))
    const later = band.now() + 1_000_000
    await add('a', 'audit.post', later)
    band.advance(30_000)
    await add('b', 'audit.post', later)
    await add('c', 'ban.restrict', later)
    const samples = await scrape()
    const jobs = (name: string, task: string) => findSample(samples, `magicband_jobs_${name}`, { task })
    expect([jobs('waiting', 'audit.post'), jobs('waiting', 'ban.restrict')]).toEqual([2, 1])
    expect([jobs('oldest_age_seconds', 'audit.post'), jobs('oldest_age_seconds', 'ban.restrict')]).toEqual([30, 0])
    expect(jobs('overdue_seconds', 'audit.post')).toBe(0)
    // Nobody knows this task, so it is given up at once.
    await add('d', 'unknown.task', 0)
    await eventually(async () =>
      (await sampleOf('magicband_jobs_given_up', { task: 'unknown.task' })) === 1 ? true : undefined,
    )
    const ended = { task: 'unknown.task', outcome: 'given_up' }
    await eventually(async () => ((await sampleOf('magicband_job_runs_total', ended)) === 1 ? true : undefined))
    expect(await sampleOf('magicband_job_run_duration_seconds_count', { task: 'unknown.task' })).toBe(1)
  })

  test('counts jobs that are done', async () => {
    await band.restart({
      wed: communityFile.replace('discord:', `discord:\n  webhooks: { audit: "${sandboxWebhookUrl}" }`),
    })
    await band.post(pathOf('/ban/add', { reason: 'x', username: 'CastOne', moderator }))
    const done = { task: 'audit.post', outcome: 'done' }
    await eventually(async () => ((await sampleOf('magicband_job_runs_total', done)) === 1 ? true : undefined))
  })

  test('is answered while the database is away, and says so', async () => {
    expect(await sampleOf('magicband_database_up')).toBe(1)
    const mend = await breakDatabase(band)
    expect(await sampleOf('magicband_database_up')).toBe(0)
    expect(await sampleOf('magicband_jobs_waiting')).toBeUndefined()
    await mend()
    expect(await sampleOf('magicband_database_up')).toBe(1)
  })

  test('tells of the process: version, start, memory, time of its processor and its event loop', async () => {
    const first = await scrape()
    expect(findSample(first, 'magicband_build_info', { version: packageFile.version })).toBe(1)
    expect(findSample(first, 'process_start_time_seconds')).toBeGreaterThan(1_600_000_000)
    expect(findSample(first, 'process_resident_memory_bytes')).toBeGreaterThan(10_000_000)
    const [cpu, active] = ['process_cpu_seconds_total', 'magicband_event_loop_active_seconds_total'] as const
    const until = performance.now() + 100
    while (performance.now() < until);
    const second = await scrape()
    for (const name of [cpu, active]) {
      const grown = (findSample(second, name) ?? 0) - (findSample(first, name) ?? 0)
      expect([name, grown > 0 && grown < 5]).toEqual([name, true])
    }
    expect(findSample(second, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0)
  })

  test('is the same for those who ask at once', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => band.get('/metrics', { key: 'status' })))
    for (const { status, text } of replies) {
      expect(status).toBe(200)
      expect(findSample(readScrape(text), 'magicband_database_up')).toBe(1)
    }
  })
})

describe('a port of its own', () => {
  let address: string
  beforeEach(async () => {
    address = await band.app.metricsServer.listen({ host: '127.0.0.1', port: 0 })
  })

  test('answers anyone with the metrics, and with nothing else', async () => {
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
    await band.get('/profile?id=1002')
    const reply = await fetch(address)
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
    expect(findSample(readScrape(await reply.text()), 'magicband_database_up')).toBe(1)
    expect((await fetch(`${address}?x=1`, { method: 'HEAD' })).status).toBe(200)
    expect((await fetch(address, { method: 'POST' })).status).toBe(405)
    for (const path of ['/', '/profile?id=1002', '/metrics/', '/health'])
      expect([path, (await fetch(new URL(path, address))).status]).toEqual([path, 404])
  })

  test('is closed by a stop, though a connection is kept open', async () => {
    const { hostname, port } = new URL(address)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    await band.restart()
    await expect(fetch(address)).rejects.toThrow()
    socket.destroy()
  })
})
