import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type CommandFolder, makeCommandFolder, type Running } from '../../test/command-line.ts'
import { communityFile, eventually, moderator, pathOf } from '../../test/magicband.ts'
import { serviceVariables } from '../../test/services.ts'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { type ReceivedSpan, startTraceReceiver, type TraceReceiver } from '../../test/trace-receiver.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'
import { sandboxWebhookUrl } from '../sandbox/world.ts'
import { asksForTraces } from './asks-for-traces.ts'

type Line = Record<string, string | number | undefined>

let sandbox: Sandbox
let database: TestDatabase
let command: CommandFolder
let receiver: TraceReceiver
let variables: Record<string, string>
let key: string
beforeAll(async () => {
  sandbox = await startSandbox({ clock: Date.now })
  database = await createTestDatabase()
  const file = communityFile.replace('discord:', `discord:\n  webhooks: { audit: "${sandboxWebhookUrl}" }`)
  command = makeCommandFolder({ wed: file })
  receiver = await startTraceReceiver()
  variables = {
    ...serviceVariables(sandbox.addresses),
    DATABASE_URL: database.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.address,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '50',
  }
  const create = ['key', 'create', '--community', 'wed', '--kind', 'bot']
  key = (await command.run(create, { DATABASE_URL: database.url })).stdout.trim()
})
afterEach(() => {
  receiver.spans.length = 0
  receiver.bodies.length = 0
})
afterAll(async () => {
  await command.remove()
  await receiver.close()
  await sandbox.close()
  await database.remove()
})

async function start(more: Record<string, string> = {}): Promise<{ server: Running; address: string }> {
  const server = command.start(['start'], { ...variables, ...more })
  const [, address = ''] = await server.written(/"address":"(http[^"]*)"/)
  return { server, address }
}

async function stop(server: Running): Promise<Line[]> {
  server.child.kill('SIGTERM')
  const { code, stderr } = await server.ended
  expect(code).toBe(0)
  return stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

const ban = (username: string) => pathOf('/ban/add', { reason: 'x', username, moderator })
const ask = (address: string, path: string, headers: Record<string, string> = {}, method = 'POST') =>
  fetch(address + path, { method, headers: { 'x-api-key': key, ...headers } })

describe('with an endpoint of OpenTelemetry', () => {
  test('the spans of a call arrive under that of its caller, with the ids of its line of log', async () => {
    const { server, address } = await start()
    const [traceId, parentId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331']
    const reply = await ask(address, ban('CastOne'), { traceparent: `00-${traceId}-${parentId}-01` })
    expect(reply.status).toBe(200)
    const lines = await stop(server)
    const line = lines.find(({ msg }) => msg === 'answered')
    expect(line).toMatchObject({ trace_id: traceId, reqId: reply.headers.get('x-request-id') })
    const spans = receiver.spans.filter((span) => span.traceId === traceId)
    const call = spans.find((span) => span.spanId === line?.span_id)
    expect(call).toMatchObject({
      name: 'POST /ban/add',
      kind: 2,
      parentSpanId: parentId,
      attributes: { 'http.request.method': 'POST', 'http.route': '/ban/add', 'http.response.status_code': 200 },
    })
    // Whom Roblox was asked about, the act, and what it did.
    const outside = spans.filter((span) => span.name === 'POST roblox users')
    expect(outside).toMatchObject([
      { kind: 3, parentSpanId: call?.spanId, attributes: { 'peer.service': 'roblox users' } },
    ])
    const acts = spans.filter((span) => span.name === 'act' && span.parentSpanId === call?.spanId)
    expect(acts.length).toBeGreaterThan(0)
    const inserted = spans.find((span) => String(span.attributes['db.query.text']).startsWith('insert into "ban"'))
    expect(acts.map(({ spanId }) => spanId)).toContain(inserted?.parentSpanId)
    expect(receiver.resource).toMatchObject({ 'service.name': 'magicband' })
  })

  test('that of a caller is not gone on with where it is told so', async () => {
    const { server, address } = await start({ OTEL_PROPAGATORS: 'none' })
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    await ask(address, '/profile?id=1002', { traceparent: `00-${traceId}-b7ad6b7169203331-01` }, 'GET')
    const line = (await stop(server)).find(({ msg }) => msg === 'answered')
    expect(line?.trace_id).toMatch(/^[0-9a-f]{32}$/)
    expect(line?.trace_id).not.toBe(traceId)
    expect(receiver.spans.find(({ name }) => name === 'GET /profile')?.traceId).toBe(line?.trace_id)
  })

  test('those who act at once have each their own statements', async () => {
    const { server, address } = await start()
    const names = ['SeniorOne', 'MemberOne', 'Visitor100001', 'Visitor100002', 'Visitor100005']
    const replies = await Promise.all(names.map((name) => ask(address, ban(name))))
    expect(replies.map(({ status }) => status)).toEqual(names.map(() => 200))
    await stop(server)
    const calls = receiver.spans.filter((span) => span.name === 'POST /ban/add')
    expect(calls).toHaveLength(names.length)
    const insertsOf = ({ traceId }: ReceivedSpan) =>
      receiver.spans.filter(
        (span) => span.traceId === traceId && String(span.attributes['db.query.text']).startsWith('insert into "ban"'),
      )
    expect(calls.map((call) => insertsOf(call).length)).toEqual(names.map(() => 1))
  })

  test('that of a call whose caller goes away ends with its connection', async () => {
    const { server, address } = await start()
    sandbox.fail('roblox', { mode: 'hang' })
    const path = `${address}/profile?username=Visitor100007`
    const call = fetch(path, { headers: { 'x-api-key': key }, signal: AbortSignal.timeout(300) })
    await expect(call).rejects.toThrow('timeout')
    const span = await eventually(() => receiver.spans.find(({ name }) => name === 'GET /profile'))
    expect(span.attributes).toMatchObject({ 'http.response.status_code': 499 })
    sandbox.heal()
    const line = (await stop(server)).find(({ status }) => status === 499)
    expect(line).toMatchObject({ span_id: span.spanId, route: '/profile' })
  })

  test('what fails and what is refused is told, and a job has a trace of its own', async () => {
    const { server, address } = await start()
    expect((await ask(address, ban('CastOne'))).status).toBe(400)
    sandbox.fail('roblox', { mode: '500' })
    expect((await ask(address, ban('Visitor100003'))).status).toBe(503)
    sandbox.heal()
    expect((await ask(address, ban('Visitor100006'))).status).toBe(200)
    // Discord may put some off: there were many acts.
    const isDone = ({ name, attributes }: ReceivedSpan) =>
      name === 'job audit.post' && attributes['magicband.outcome'] === 'done'
    const job = await eventually(() => receiver.spans.find(isDone), 20_000)
    await stop(server)
    const calls = receiver.spans.filter((span) => span.name === 'POST /ban/add')
    expect(calls.map(({ status, attributes }) => [status.code ?? 0, attributes['magicband.problem']])).toEqual([
      [0, 'already-banned'],
      [2, 'roblox-unavailable'],
      [0, undefined],
    ])
    const failed = receiver.spans.filter(({ name }) => name === 'POST roblox users')
    expect(failed[0]).toMatchObject({
      status: { code: 2 },
      attributes: { 'error.type': 'OutsideError', 'http.response.status_code': 500 },
    })
    expect(job.parentSpanId ?? '').toBe('')
    const post = receiver.spans.find((span) => span.name === 'POST discord' && span.traceId === job.traceId)
    expect(post?.parentSpanId).toBe(job.spanId)
  })

  test('no span names a person, a key or an address, and no service of others hears of the trace', async () => {
    const { server, address } = await start()
    await ask(address, ban('Visitor100004'))
    await ask(address, `/nothing/Visitor100004?key=${key}`, {}, 'GET')
    await eventually(() => receiver.spans.find((span) => span.name === 'job audit.post'))
    await stop(server)
    const sent = receiver.bodies.join('')
    expect(sent).toContain('POST /ban/add')
    for (const text of ['Visitor100004', '100004', moderator, key.slice(0, 24), 'api/webhooks'])
      expect([text, sent.includes(text)]).toEqual([text, false])
    const asked = JSON.stringify(sandbox.requests('all'))
    expect(asked).toContain('username')
    expect(asked).not.toContain('traceparent')
  })

  test('whose collector is away, calls are answered, a stop is not held up, and the log says what is wrong', async () => {
    const { server, address } = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    })
    expect((await ask(address, '/profile?id=1002', {}, 'GET')).status).toBe(200)
    await server.written(/OpenTelemetry could not send/)
    expect((await ask(address, '/profile?id=1001', {}, 'GET')).status).toBe(200)
    const stoppedAt = Date.now()
    const lines = await stop(server)
    expect(Date.now() - stoppedAt).toBeLessThan(6000)
    expect(lines.find(({ msg }) => String(msg).startsWith('OpenTelemetry'))).toMatchObject({
      level: 40,
      message: 'connect ECONNREFUSED 127.0.0.1:9',
    })
  })
})

test('without an endpoint nothing is sent, and lines of the log have no trace', async () => {
  const { server, address } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: '' })
  expect((await ask(address, '/profile?id=1002', {}, 'GET')).status).toBe(200)
  const line = (await stop(server)).find(({ msg }) => msg === 'answered')
  expect(line).toMatchObject({ reqId: expect.any(String) })
  expect(line).not.toHaveProperty('trace_id')
  expect(receiver.bodies).toEqual([])
})

describe('the environment asks for traces', () => {
  test.each([
    [{}, false],
    [{ OTEL_SERVICE_NAME: 'band' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' }, true],
    [{ OTEL_TRACES_EXPORTER: 'console' }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_TRACES_EXPORTER: 'none' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SDK_DISABLED: 'true' }, false],
  ])('%j: %s', (given, isAsked) => {
    expect(asksForTraces(given)).toBe(isAsked)
  })
})
