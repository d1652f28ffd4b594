import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CommandFolder, makeCommandFolder } from '../../test/command-line.ts'
import { communityFile, eventually } from '../../test/magicband.ts'

type Span = {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  attributes: { key: string; value: Record<string, unknown> }[]
}
type Export = { resourceSpans: { resource: { attributes: Span['attributes'] }; scopeSpans: { spans: Span[] }[] }[] }

/** A collector, and an outside world that answers nothing but failures, both over HTTP. */
const exported: Export[] = []
const askedOutside: IncomingHttpHeaders[] = []
let collector: Server
let outside: Server
let command: CommandFolder
const addressOf = (server: Server) => {
  const address = server.address()
  return typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : ''
}

beforeAll(async () => {
  collector = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    exported.push(JSON.parse(Buffer.concat(chunks).toString()))
    response.setHeader('content-type', 'application/json').end('{}')
  }).listen(0, '127.0.0.1')
  outside = createServer((request, response) => {
    askedOutside.push(request.headers)
    response.writeHead(500).end()
  }).listen(0, '127.0.0.1')
  await Promise.all([once(collector, 'listening'), once(outside, 'listening')])
  command = makeCommandFolder({ wed: communityFile })
})
afterAll(async () => {
  await command.remove()
  collector.close()
  outside.close()
})

const spans = () =>
  exported.flatMap((one) => one.resourceSpans).flatMap((one) => one.scopeSpans.flatMap(({ spans }) => spans))

async function startServer(variables: Record<string, string>) {
  const roblox = Object.fromEntries(
    ['ROBLOX_APIS_URL', 'ROBLOX_USERS_URL', 'ROBLOX_GROUPS_URL'].map((name) => [name, addressOf(outside)]),
  )
  const server = command.start(['start'], { ...roblox, ...variables })
  const [, address = ''] = await server.written(/"address":"(http[^"]*)"/)
  return { server, address }
}

describe('traces', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const callersSpan = 'b7ad6b7169203331'

  test('are sent where the environment asks for them, and agree with the log', async () => {
    const key = (await command.run(['key', 'create', '--community', 'wed', '--kind', 'bot'])).stdout.trim()
    const { server, address } = await startServer({
      OTEL_EXPORTER_OTLP_ENDPOINT: addressOf(collector),
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    })
    const reply = await fetch(`${address}/profile?id=5`, {
      headers: { 'x-api-key': key, traceparent: `00-${traceId}-${callersSpan}-01` },
    })
    expect(reply.status).toBe(503)
    const root = await eventually(() => spans().find(({ name }) => name === 'GET /profile'))
    expect(root).toMatchObject({ traceId, parentSpanId: callersSpan })
    expect(root?.attributes).toContainEqual({ key: 'http.response.status_code', value: { intValue: 503 } })
    const inside = spans().filter((span) => span.traceId === traceId && span !== root)
    expect(inside.map(({ name }) => name)).toContain('select')
    expect(inside.map(({ name }) => name)).toContainEqual(expect.stringMatching(/^(?:GET|POST) roblox /))
    const [line = '{}'] = server
      .stderr()
      .split('\n')
      .filter((one) => one.includes('"answered"'))
    expect(JSON.parse(line)).toMatchObject({
      reqId: reply.headers.get('x-request-id'),
      trace_id: traceId,
      span_id: root?.spanId,
    })
    const service = exported[0]?.resourceSpans[0]?.resource.attributes
    expect(service).toContainEqual({ key: 'service.name', value: { stringValue: 'magicband' } })
    server.child.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
    // Nothing that tells who was asked about, and nothing of the trace to others.
    expect(JSON.stringify(exported)).not.toMatch(/profile\?|"5"|mb_bot_/)
    expect(askedOutside.length).toBeGreaterThan(0)
    expect(askedOutside.filter((headers) => 'traceparent' in headers)).toEqual([])
  })

  test('are not made where OTEL_SDK_DISABLED says so, or nothing asks for them', async () => {
    const before = exported.length
    const disabled = { OTEL_EXPORTER_OTLP_ENDPOINT: addressOf(collector), OTEL_SDK_DISABLED: 'true' }
    const { server, address } = await startServer(disabled)
    await fetch(`${address}/health`)
    server.child.kill('SIGTERM')
    expect((await server.ended).stderr).not.toContain('trace_id')
    expect(exported.length).toBe(before)
  })

  test('do not hold up answers or the stop while their collector is away', async () => {
    const { server, address } = await startServer({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
    expect((await fetch(`${address}/health`)).status).toBe(200)
    server.child.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
  })
})

test('lines of what goes on below a request have its id', async () => {
  const key = (await command.run(['key', 'create', '--community', 'wed', '--kind', 'bot'])).stdout.trim()
  const { server, address } = await startServer({})
  const ids: (string | null)[] = []
  for (let id = 10; id < 16; id++) {
    const { headers } = await fetch(`${address}/profile?id=${id}`, { headers: { 'x-api-key': key } })
    ids.push(headers.get('x-request-id'))
  }
  const [line] = await server.written(/^.*an outside service fails.*$/m)
  expect(ids).toContain(JSON.parse(line).reqId)
})
