import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { v1Calls } from '../../test/example-calls.ts'
import { communityFile, type Magicband, type Reply, startMagicband } from '../../test/magicband.ts'
import { sendRaw } from '../../test/raw-request.ts'
import { createKeyText } from '../keys/key-text.ts'
import { kinds } from '../keys/scopes.ts'

/** What all calls of `/v1` have in common: the key in a header, JSON in, problem details out. */
let band: Magicband
beforeAll(async () => {
  const wed = `${communityFile}serverTokens: true\nsources: { game: ["10.1.0.0/16"], bot: ["10.1.0.0/16"] }\n`
  band = await startMagicband({ files: { wed }, trustProxy: ['127.0.0.1/32'] })
})
// The wrong keys of one test are not to block the next one.
beforeEach(() => band.advance(60_000))
afterAll(() => band.stop())

const here = { 'x-forwarded-for': '10.1.0.1' }
const json = { 'content-type': 'application/json' }

function expectProblem(reply: Reply, status: number, type: string, detail?: unknown): void {
  expect([reply.status, reply.body]).toEqual([
    status,
    {
      type: `urn:magicband:problem:${type}`,
      title: expect.stringMatching(/^[A-Z]/),
      status,
      ...(detail === undefined ? {} : { detail }),
    },
  ])
  expect(reply.headers).toMatchObject({
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    'x-request-id': expect.any(String),
  })
}

describe.each(v1Calls)('$method $path', ({ method, path, body, kinds: allowed }) => {
  const kind = allowed[0] ?? null
  const ask = (more: object = {}) => band.request(method, path, { key: kind, headers: here, ...right, ...more })
  const right = body === undefined ? {} : { body: JSON.stringify(body) }

  test('refuses another method, and names the right ones', async () => {
    const reply = await band.request('DELETE', path, { key: null })
    expectProblem(reply, 405, 'method-not-allowed')
    expect(reply.headers.allow).toBe(method === 'GET' ? 'GET, HEAD' : method)
  })

  test('refuses a source of no community', async () => {
    expectProblem(await ask({ headers: { 'x-forwarded-for': '203.0.113.1' } }), 403, 'access-denied')
  })

  test('refuses a request without a key, with a wrong one, and with a right one in the query', async () => {
    expectProblem(await ask({ key: null }), 401, 'key-invalid')
    expectProblem(await ask({ key: createKeyText('game', randomBytes) }), 401, 'key-invalid')
    const key = band.keys.wed?.[allowed[0] ?? 'game']
    const inQuery = await band.request(method, `${path}?key=${key}`, { key: null, headers: here, ...right })
    expectProblem(inQuery, 401, 'key-invalid')
  })

  test('refuses an address that has sent too many wrong keys, and says for how long', async () => {
    for (let count = 0; count <= 100; count++) await ask({ key: 'wrong' })
    const reply = await ask()
    expectProblem(reply, 429, 'too-many-requests')
    expect(reply.headers['retry-after']).toBe('60')
  })

  test.each(kinds.filter((one) => !allowed.includes(one)))('refuses a %s key', async (other) => {
    const file = `${communityFile}serverTokens: true\n`
    const open = await startMagicband({ files: { wed: file } })
    expectProblem(await open.request(method, path, { key: other, ...right }), 403, 'access-denied')
    await open.stop()
  })

  test('takes a key as x-api-key and as Bearer, whatever the query says', async () => {
    const key = band.keys.wed?.[allowed[0] ?? 'game'] ?? ''
    for (const headers of [{ 'x-api-key': key }, { authorization: `Bearer ${key}` }]) {
      const reply = await band.request(method, `${path}?key=a&key=b`, {
        key: null,
        headers: { ...here, ...headers },
        ...right,
      })
      expect(reply.status).toBeLessThan(300)
      expect(reply.headers['content-type']).toBe('application/json; charset=utf-8')
    }
  })

  test.runIf(body !== undefined)('refuses a body over 256 KiB, zipped or not', async () => {
    const long = JSON.stringify({ ...body, more: 'x'.repeat(256 * 1024) })
    expectProblem(await ask({ body: long }), 413, 'body-too-large')
    const zipped = { body: new Uint8Array(gzipSync(long)), headers: { ...here, 'content-encoding': 'gzip' } }
    expectProblem(await ask(zipped), 413, 'body-too-large')
  })

  test.runIf(body !== undefined).each<[string, string | Uint8Array, Record<string, string>?]>([
    ['nothing', ''],
    ['garbage', '{"place":'],
    ['a form', 'place=1&server=a'],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
    ['what is said to be gzip', 'x', { 'content-encoding': 'gzip' }],
  ])('refuses what is no JSON: %s', async (_name, text, headers = {}) => {
    expectProblem(await ask({ body: text, headers: { ...here, ...json, ...headers } }), 400, 'request-malformed')
  })

  test.runIf(body !== undefined).each(['null', '[]', '1', '"x"', 'true'])('refuses %s', async (text) => {
    expectProblem(await ask({ body: text }), 400, 'body-invalid', 'the body must be a JSON object')
  })

  test.runIf(body !== undefined)('refuses a body with a member too many or too few', async () => {
    for (const name of ['more', '__proto__', 'constructor', 'Place']) {
      // JSON.stringify would not write __proto__.
      const text = `${JSON.stringify(body).slice(0, -1)},${JSON.stringify(name)}:1}`
      expectProblem(await ask({ body: text }), 400, 'body-invalid', expect.stringContaining('nothing but'))
    }
    for (const name of Object.keys(body ?? {})) {
      const rest = Object.fromEntries(Object.entries(body ?? {}).filter(([one]) => one !== name))
      expectProblem(await ask({ body: JSON.stringify(rest) }), 400, 'body-invalid', `${name} is missing`)
      const wrong = { ...body, [name]: 1 }
      expectProblem(await ask({ body: JSON.stringify(wrong) }), 400, 'body-invalid', expect.stringContaining(name))
    }
  })

  test('says that a failure is one, and nothing of why', async () => {
    const rename = (from: string, to: string) =>
      band.app.database.act((trx) => trx.schema.alterTable(from).renameTo(to).execute())
    const key = await band.createKey({ kind: allowed[0] ?? 'game' })
    await rename('api_key', 'away')
    expectProblem(await ask({ key }), 500, 'failed')
    await rename('away', 'api_key')
  })

  test('is in the document: every status with problem details, and no key in the query', async () => {
    const reply = await band.get('/openapi.json', { key: null, headers: here })
    const document = reply.body as {
      paths: Record<string, Record<string, { responses: Record<string, { content?: object }>; security: object[] }>>
    }
    const operation = document.paths[path]?.[method.toLowerCase()]
    expect(operation?.security).toEqual([{ header: [] }, { bearer: [] }])
    for (const status of ['400', '401', '403', '404', '413', '429', '500', '503']) {
      const content = operation?.responses[status]?.content
      expect([status, content]).toEqual([
        status,
        { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      ])
    }
  })
})

describe('under /v1', () => {
  test.each([
    ['GET', '/v1'],
    ['GET', '/v1/'],
    ['POST', '/v1/nothing'],
    ['GET', '/v1?x'],
    ['GET', '/v1/server-token/'],
    ['POST', '/v1/%zz'],
  ])('a path that does not exist is a problem: %s %s', async (method, path) => {
    expectProblem(await band.request(method, path, { key: null }), 404, 'not-found')
  })

  test('also with a whole URL, and not where only the host or the query says /v1', async () => {
    const ask = (target: string) =>
      sendRaw(band.address, `GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
    expect((await ask('http://x/v1/nothing')).headers['content-type']).toBe('application/problem+json; charset=utf-8')
    for (const target of ['http://v1/nothing', '/nothing?/v1/', '/v10/nothing', '/x/v1/nothing'])
      expect([target, (await ask(target)).headers['content-type']]).toEqual([target, 'application/json; charset=utf-8'])
  })
})
