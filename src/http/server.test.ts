import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleCalls, exampleOf, make } from '../../test/example-calls.ts'
import { type Magicband, type Reply, startMagicband } from '../../test/magicband.ts'
import { type RawReply, sendRaw } from '../../test/raw-request.ts'

const notFound = { status: 'error', message: 'not found' }
const malformed = { status: 'error', message: 'malformed request' }
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

let band: Magicband
beforeAll(async () => {
  band = await startMagicband()
})
afterAll(() => band.stop())

/** What every answer has (contract, rule 6). */
function expectCommonHeaders({ headers }: Pick<Reply, 'headers'>): void {
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-request-id': expect.stringMatching(uuid),
  })
}

describe('every answer is JSON that no one may keep, with a request id', () => {
  test.each([
    [200, 'GET', '/health', null],
    [200, 'HEAD', '/health', null],
    [200, 'GET', '/connect?place=1&id=1&training=0', 'game'],
    [200, 'HEAD', '/connect?place=1&id=1&training=0', 'game'],
    [200, 'GET', '/status', 'status'],
    [400, 'GET', '/connect', 'game'],
    [400, 'HEAD', '/connect', 'game'],
    [401, 'GET', '/connect', null],
    [401, 'HEAD', '/connect', null],
    [403, 'GET', '/connect', 'bot'],
    [404, 'GET', '/profile?id=77', 'bot'],
    [404, 'GET', '/', null],
    [404, 'HEAD', '/nothing/here', null],
    [404, 'POST', '/connect/', null],
    [404, 'GET', '/CONNECT', null],
    [404, 'GET', '//connect', null],
    [404, 'GET', '/connect%2f', null],
    [404, 'GET', '/%zz', null],
    [404, 'HEAD', '/%zz', null],
    [404, 'POST', '/ban/%', null],
    [404, 'GET', '/pastes/%c3%28', null],
    [404, 'GET', '/pastes/unknown', null],
    [404, 'GET', `/pastes/${'x'.repeat(5000)}`, null],
    [405, 'POST', '/health', null],
    [405, 'GET', '/ban/add', 'bot'],
  ])('%i %s %s', async (status, method, path, key) => {
    const reply = await band.request(method, path, { key })
    expect(reply.status).toBe(status)
    expectCommonHeaders(reply)
    if (method === 'HEAD') expect(reply.text).toBe('')
    else expect(reply.body).toBeTypeOf('object')
    if (method !== 'HEAD' && key === null && status === 404) expect(reply.body).toEqual(notFound)
  })

  test('the id is another one each time, whatever the caller sends', async () => {
    const headers = { 'x-request-id': 'mine' }
    const replies = [await band.get('/health', { headers }), await band.get('/health', { headers })]
    expect(new Set(['mine', ...replies.map((reply) => reply.headers['x-request-id'])]).size).toBe(3)
  })

  test('a paste page is text, with the rest', async () => {
    const upload = await make(band, exampleOf('/application/upload'))
    const { pathname } = new URL((upload.body as { url: string }).url)
    for (const method of ['GET', 'HEAD']) {
      const page = await band.request(method, pathname, { key: null })
      expect(page.headers).toMatchObject({
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
        'x-request-id': expect.stringMatching(uuid),
      })
    }
  })
})

describe('a method that is not there', () => {
  const paths = [...exampleCalls.map(({ method, path }) => ({ method, path })), { method: 'GET', path: '/health' }]
  test.each([...paths, { method: 'GET', path: '/pastes/x' }])(
    'is refused at $path, with or without a key',
    async (route) => {
      const allowed = route.method === 'GET' ? ['GET', 'HEAD'] : ['POST']
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        if (allowed.includes(method)) continue
        const reply = await band.request(method, route.path, { key: null })
        expect([method, reply.status, reply.headers.allow]).toEqual([method, 405, allowed.join(', ')])
        if (method !== 'HEAD') expect(reply.body).toMatchObject(notFound)
        expectCommonHeaders(reply)
      }
    },
  )

  test('is refused: CONNECT, which names no path', async () => {
    const reply = await sendRaw(band.address, 'CONNECT elsewhere:443 HTTP/1.1\r\nhost: elsewhere\r\n\r\n')
    expect([reply.status, JSON.parse(reply.body)]).toEqual([405, notFound])
    expectCommonHeaders(reply)
  })

  test('and CONNECT of one who breaks off, or never closes, harms nobody and holds up no stop', async () => {
    const other = await startMagicband()
    const text = 'CONNECT elsewhere:443 HTTP/1.1\r\nhost: elsewhere\r\n\r\n'
    const { hostname, port } = new URL(other.address)
    for (let count = 0; count < 30; count++) {
      const socket = connect(Number(port), hostname)
      await once(socket, 'connect')
      socket.write(text)
      socket.resetAndDestroy()
    }
    const held = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
    held.on('error', () => undefined).write(text)
    await once(held, 'data')
    expect((await other.get('/health', { key: null })).status).toBe(200)
    const startedAt = performance.now()
    await other.stop()
    expect(performance.now() - startedAt).toBeLessThan(5000)
    held.destroy()
  }, 40_000)

  test.each(['TRACE', 'PROPFIND', 'QUERY', 'PURGE', 'M-SEARCH'])('is refused: %s', async (method) => {
    const reply = await sendRaw(band.address, `${method} /log HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
    expect([reply.status, reply.headers.allow]).toEqual([405, 'POST'])
    expectCommonHeaders(reply)
  })
})

describe('HEAD', () => {
  test.each(exampleCalls.filter((call) => call.method === 'GET'))(
    'answers as GET does at $path, without the body',
    async (call) => {
      const get = await make(band, call)
      const head = await make(band, { ...call, method: 'HEAD' as 'GET' })
      expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', get.headers['content-length']])
    },
  )
})

describe('what is no HTTP, or odd HTTP', () => {
  const end = 'connection: close\r\n\r\n'
  const key = () => `x-api-key: ${band.keys.wed?.bot}\r\n`
  const table: [string, number, object, () => string][] = [
    ['garbage', 400, malformed, () => 'garbage\r\n\r\n'],
    ['another protocol', 400, malformed, () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a method that does not exist', 400, malformed, () => `BANANA /log HTTP/1.1\r\nhost: x\r\n${end}`],
    ['a line feed in the path', 400, malformed, () => `GET /he\nalth HTTP/1.1\r\nhost: x\r\n${end}`],
    ['two lengths', 400, malformed, () => `POST /log HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n${end}a`],
    [
      'a length and chunks',
      400,
      malformed,
      () => `POST /log HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n${end}a`,
    ],
    ['headers of 40 KB', 431, malformed, () => `GET /health HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(40_000)}\r\n${end}`],
    ['a URL of 40 KB', 431, malformed, () => `GET /health?${'y'.repeat(40_000)} HTTP/1.1\r\nhost: x\r\n${end}`],
    [
      'a broken chunk',
      400,
      malformed,
      () => `POST /log HTTP/1.1\r\nhost: x\r\n${key()}transfer-encoding: chunked\r\n${end}zz\r\n`,
    ],
    ['no host', 200, { status: 'ok' }, () => `GET /health HTTP/1.1\r\n${end}`],
    ['HTTP/1.0', 200, { status: 'ok' }, () => 'GET /health HTTP/1.0\r\n\r\n'],
    ['a whole URL', 200, { status: 'ok' }, () => `GET http://x/health HTTP/1.1\r\nhost: x\r\n${end}`],
    [
      'an unknown expectation',
      200,
      { status: 'ok' },
      () => `GET /health HTTP/1.1\r\nhost: x\r\nexpect: cake\r\n${end}`,
    ],
    ['an asterisk for a path', 404, notFound, () => `OPTIONS * HTTP/1.1\r\nhost: x\r\n${end}`],
  ]
  test.each(table)('%s: %i', async (_name, status, body, request) => {
    const reply: RawReply = await sendRaw(band.address, request())
    expect([reply.status, JSON.parse(reply.body.replace(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/g, ''))]).toEqual([status, body])
    expectCommonHeaders(reply)
  })

  test('the server goes on after all of it, and calls none of it a failure of its own', async () => {
    expect((await band.get('/health')).status).toBe(200)
    const failures = band.log.map((line) => JSON.parse(line)).filter(({ level }) => level >= 50)
    expect(failures).toEqual([])
  })
})

describe('a query', () => {
  const right = 'place=1&id=1002&training=false'
  test.each([
    ['of 12 KB', `server=${'x'.repeat(128)}&more=${'%F0%9F%9A%92'.repeat(1000)}`],
    ['with a thousand unknown parameters', Array.from({ length: 1000 }, (_, index) => `p${index}=1`).join('&')],
    ['with unknown parameters given twice', 'banana=1&banana=2'],
    ['with __proto__', '__proto__=1&__proto__[place]=2&__proto__.id=3'],
    ['with constructor', 'constructor=1&constructor[prototype][id]=3&toString=1&hasOwnProperty=2'],
    ['with brackets', 'a[b]=c&a[b]=d&place[]=7&id[0]=8'],
    ['with nothing between its signs', '&&=&==&?&'],
    ['with broken percent signs', 'a=%zz&b=%f&c=%ff&%=%'],
    ['with NUL', 'a=%00&%00=b'],
  ])('%s is read as if it were not there', async (_name, more) => {
    const reply = await band.get(`/connect?${more}&${right}`)
    expect([reply.status, reply.body]).toEqual([200, { certifications: '', auth: true, clearance: 1 }])
  })

  test.each(['place[]=7', 'place.x=7', 'Place=7', ' place=7', '__proto__[place]=7'])(
    'with %s has no place',
    async (text) => {
      const reply = await band.get(`/connect?${text}&id=1002&training=false`)
      expect([reply.status, reply.body]).toEqual([400, { status: 'error', message: 'missing parameter: place' }])
    },
  )
})
