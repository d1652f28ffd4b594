import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleCalls, exampleOf, make } from '../../test/example-calls.ts'
import { type Ask, type Magicband, startMagicband } from '../../test/magicband.ts'
import { sendRaw } from '../../test/raw-request.ts'

const limit = 256 * 1024
const json = { 'content-type': 'application/json' }
const gzip = { 'content-encoding': 'gzip' }
const tooLarge = { status: 'error', message: 'body too large' }

let band: Magicband
beforeAll(async () => {
  band = await startMagicband()
})
afterAll(() => band.stop())

describe('a call without a body', () => {
  const bodies: [string, Ask][] = [
    ['no body', {}],
    ['an empty body', { body: '' }],
    ['an empty body of JSON', { body: '', headers: json }],
    ['an empty body of a form', { body: '', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['garbage of JSON', { body: '{"a":', headers: json }],
    ['garbage of nothing', { body: '\0\u0001\u0002', headers: { 'content-type': '' } }],
    ['a content type that is none', { body: 'x', headers: { 'content-type': 'banana' } }],
    ['a content type of signs', { body: 'x', headers: { 'content-type': ';;;=' } }],
    ['a content type of an unknown kind', { body: 'x', headers: { 'content-type': 'x-game/luau; a=b' } }],
    ['a form without a boundary', { body: 'x', headers: { 'content-type': 'multipart/form-data' } }],
    ['JSON that is gzip', { body: new Uint8Array(gzipSync('[]')), headers: { ...json, ...gzip } }],
    ['what is said to be gzip', { body: 'not gzip', headers: gzip }],
    ['an encoding that nobody knows', { body: 'x', headers: { 'content-encoding': 'br' } }],
    ['as much as there may be', { body: 'x'.repeat(limit) }],
    ['as much as there may be in gzip', { body: new Uint8Array(gzipSync('x'.repeat(limit))), headers: gzip }],
  ]

  test.each(bodies)('takes %s', async (_name, ask) => {
    for (const call of exampleCalls.filter(({ method, body }) => method === 'POST' && body === undefined)) {
      const reply = await band.post(call.path, ask)
      const first = Object.keys(call.query)[0]
      expect([reply.status, reply.body]).toEqual([
        400,
        expect.objectContaining({ message: `missing parameter: ${first}` }),
      ])
    }
    expect((await make(band, exampleOf('/log'), { ...ask, query: { server: _name } })).status).toBe(200)
  })

  test('takes an empty body in chunks, and one that waits to be asked for', async () => {
    for (const header of ['transfer-encoding: chunked', 'expect: 100-continue\r\ntransfer-encoding: chunked']) {
      const head = `POST /log HTTP/1.1\r\nhost: x\r\nx-api-key: ${band.keys.wed?.game}\r\nconnection: close\r\n`
      const reply = await sendRaw(band.address, `${head}content-type: application/json\r\n${header}\r\n\r\n0\r\n\r\n`)
      expect(`${reply.status} ${reply.body}`).toMatch(/missing parameter: id/)
    }
  })

  test('takes a body on GET as well', async () => {
    const head = `GET /health HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close`
    expect((await sendRaw(band.address, `${head}\r\n\r\n{"`)).status).toBe(200)
  })
})

describe('a body over 256 KiB', () => {
  const bomb = new Uint8Array(gzipSync(Buffer.alloc(50 * 1024 * 1024)))
  const bodies: [string, Ask][] = [
    ['as it is', { body: 'x'.repeat(limit + 1) }],
    ['as JSON', { body: JSON.stringify({ q1: 'x'.repeat(limit) }), headers: json }],
    ['of several megabytes', { body: 'x'.repeat(5 * 1024 * 1024) }],
    ['after decompression', { body: new Uint8Array(gzipSync('x'.repeat(limit + 1))), headers: gzip }],
    ['after decompression, by far', { body: bomb, headers: gzip }],
  ]

  test.each(bodies)('is refused: %s', async (_name, ask) => {
    for (const call of exampleCalls.filter(({ method }) => method === 'POST')) {
      const reply = await make(band, call, ask)
      const sentence = /^\/(?:ban|certification)/.test(call.path) ? { discord: expect.any(String) } : {}
      expect([call.path, reply.status, reply.body]).toEqual([call.path, 413, { ...tooLarge, ...sentence }])
      expect(reply.headers).toMatchObject({
        'cache-control': 'no-store',
        'content-type': 'application/json; charset=utf-8',
      })
    }
  })

  test('changed nothing', async () => {
    const { read } = band.app.database
    for (const table of ['ban', 'certification', 'application', 'audit_entry'] as const) {
      expect(await read.selectFrom(table).selectAll().execute()).toEqual([])
    }
  })

  test.each([
    [404, '/nothing', 'bot', 'not found'],
    [405, '/connect', 'game', 'not found'],
    [401, '/log', null, 'invalid key'],
    [403, '/log', 'bot', 'access denied'],
  ])('is told %i at %s first, where that fails as well', async (status, path, key, message) => {
    for (const [, ask] of bodies) {
      const reply = await band.post(path, { ...ask, key })
      expect([reply.status, reply.body]).toEqual([status, expect.objectContaining({ message })])
    }
  })

  test('is refused in chunks, where no length says how much comes', async () => {
    const head = `POST /log HTTP/1.1\r\nhost: x\r\nx-api-key: ${band.keys.wed?.game}\r\ntransfer-encoding: chunked\r\nconnection: close`
    const reply = await sendRaw(
      band.address,
      `${head}\r\n\r\n${(limit + 1).toString(16)}\r\n${'x'.repeat(limit + 1)}\r\n0\r\n\r\n`,
    )
    expect([reply.status, JSON.parse(reply.body)]).toEqual([413, tooLarge])
  })
})

describe('a gzip body', () => {
  const upload = exampleOf('/application/upload')
  const compressed = (text: string) => new Uint8Array(gzipSync(text))

  test.each([
    ['JSON', 'gzip', upload.body ?? ''],
    ['a form', 'x-gzip', 'q1=I+like+rides&q2=Daily&q3=Yes&q4=No'],
    ['JSON, loudly', ' GZIP ', upload.body ?? ''],
  ])('is read: %s as %s', async (_name, encoding, text) => {
    const reply = await make(band, upload, { body: compressed(text), headers: { 'content-encoding': encoding } })
    expect(reply.status).toBe(200)
    const page = await band.get(new URL((reply.body as { url: string }).url).pathname, { key: null })
    expect(page.text).toContain('I like rides')
  })

  test.each([
    ['that is none', upload.body ?? '', 'gzip'],
    ['that is cut off', compressed(upload.body ?? '').slice(0, 30), 'gzip'],
    ['of an encoding that nobody knows', upload.body ?? '', 'deflate'],
  ])('%s is an invalid first answer', async (_name, body, encoding) => {
    const reply = await make(band, upload, { body, headers: { 'content-encoding': encoding } })
    expect([reply.status, reply.body]).toEqual([400, { status: 'error', message: 'invalid parameter: q1' }])
  })
})
