import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, type Magicband, startMagicband } from '../../test/magicband.ts'
import { openRaw, type RawConnection, sendRaw } from '../../test/raw-request.ts'
import { connectionLimits } from './connections.ts'

const malformed = '{"status":"error","message":"malformed request"}'
const limits = { headersMs: 400, requestMs: 900, idleMs: 300, silentMs: 1500, checkedEveryMs: 50, headers: 40 }

let band: Magicband
beforeAll(async () => {
  band = await startMagicband({ connectionLimits: limits })
})
afterAll(() => band.stop())

const key = () => `x-api-key: ${band.keys.wed?.game}\r\n`
const headerLines = (count: number) =>
  `${Array.from({ length: count }, (_, index) => `x-${index}: y\r\n`).join('')}connection: close\r\n\r\n`

/** Writes a piece again and again until the server closes; what the server said, and after how long. */
async function trickle(connection: RawConnection, piece: string, everyMs = 20): Promise<{ text: string; ms: number }> {
  const startedAt = performance.now()
  const timer = setInterval(() => connection.write(piece), everyMs)
  const text = await connection.closed
  clearInterval(timer)
  return { text, ms: performance.now() - startedAt }
}

describe('a connection that is slow on purpose is closed:', () => {
  test('one that never sends anything', async () => {
    const text = await (await openRaw(band.address)).closed
    expect([text.split('\r\n')[0], text.endsWith(malformed)]).toEqual(['HTTP/1.1 408 Request Timeout', true])
  })

  test.each([
    ['a header that never ends', 'GET /health HTTP/1.1\r\nhost: ', 'x'],
    ['headers that never end', 'GET /health HTTP/1.1\r\nhost: x\r\n', 'x: y\r\n'],
    ['a path that never ends', 'GET /', 'x'],
    ['empty lines before the request', '', '\r\n'],
  ])('%s', async (_name, start, piece) => {
    const connection = await openRaw(band.address)
    connection.write(start)
    const { text, ms } = await trickle(connection, piece)
    expect(text.split('\r\n')[0]).toBe('HTTP/1.1 408 Request Timeout')
    expect(ms).toBeGreaterThan(limits.headersMs - 50)
    expect(ms).toBeLessThan(limits.headersMs + 2000)
  })

  test.each([
    ['a body with a length', 'content-length: 100000\r\n\r\n', 'x'],
    ['a body in chunks', 'transfer-encoding: chunked\r\n\r\n', '1\r\nx\r\n'],
  ])('%s that trickles', async (_name, head, piece) => {
    const connection = await openRaw(band.address)
    connection.write(`POST /log HTTP/1.1\r\nhost: x\r\n${key()}${head}`)
    const { text, ms } = await trickle(connection, piece)
    expect(text.split('\r\n')[0]).toBe('HTTP/1.1 408 Request Timeout')
    expect(ms).toBeLessThan(limits.requestMs + 2000)
  })

  test.each([
    ['over 256 KiB, which is told and ends it', () => key(), 413],
    ['with a wrong key, which is told before the body', () => 'x-api-key: wrong\r\n', 401],
    ['to a path that does not exist', () => '', 404],
  ])('a body that never ends, %s', async (_name, header, status) => {
    const connection = await openRaw(band.address)
    const path = status === 404 ? '/nothing' : '/log'
    connection.write(`POST ${path} HTTP/1.1\r\nhost: x\r\n${header()}transfer-encoding: chunked\r\n\r\n`)
    const { text, ms } = await trickle(connection, `4000\r\n${'x'.repeat(0x4000)}\r\n`, 5)
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(ms).toBeLessThan(limits.requestMs + 2000)
  })

  test('one that is kept open after its answer', async () => {
    const connection = await openRaw(band.address)
    connection.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n')
    const startedAt = performance.now()
    const text = await connection.closed
    expect(text).toMatch(/^HTTP\/1.1 200 /)
    expect(performance.now() - startedAt).toBeGreaterThan(limits.idleMs - 50)
  })

  test('and others are answered all the while', async () => {
    const slow = await Promise.all(Array.from({ length: 200 }, () => openRaw(band.address)))
    for (const one of slow) one.write('GET /health HTTP/1.1\r\nhost: ')
    expect((await band.get('/health')).status).toBe(200)
    const texts = await Promise.all(slow.map((one) => one.closed))
    expect(texts.every((text) => text.startsWith('HTTP/1.1 408 '))).toBe(true)
    expect((await band.get('/health')).status).toBe(200)
  })
})

describe('the headers of a request', () => {
  test('may be as many as the limit says', async () => {
    const reply = await sendRaw(band.address, `GET /health HTTP/1.1\r\nhost: x\r\n${headerLines(limits.headers - 2)}`)
    expect([reply.status, reply.body]).toEqual([200, '{"status":"ok"}'])
  })

  test.each([limits.headers - 1, limits.headers, limits.headers + 1, 1000])(
    'are refused beyond that, none left out in silence: %i more',
    async (count) => {
      for (const path of ['/health', '/connect', '/v1/server-token']) {
        const reply = await sendRaw(band.address, `GET ${path} HTTP/1.1\r\nhost: x\r\n${headerLines(count)}`)
        // Another method than the call's is told first, or as well.
        expect([path, [431, 405].includes(reply.status)]).toEqual([path, true])
      }
      const reply = await sendRaw(band.address, `GET /health HTTP/1.1\r\nhost: x\r\n${headerLines(count)}`)
      expect([reply.status, reply.body]).toEqual([431, malformed])
    },
  )

  test('are refused by their size, and a flood of them on one connection ends it', async () => {
    const connection = await openRaw(band.address)
    connection.write('GET /health HTTP/1.1\r\n')
    const { text } = await trickle(connection, `x: ${'y'.repeat(5000)}\r\n`, 1)
    expect(text.split('\r\n')[0]).toBe('HTTP/1.1 431 Request Header Fields Too Large')
  })
})

describe('connections over their number', () => {
  test('from one address leave room for others', async () => {
    const small = await startMagicband({ connectionLimits: { connectionsOfOne: 2 } })
    const held = await Promise.all(Array.from({ length: 2 }, () => openRaw(small.address)))
    await sleep(50)
    const refused = await openRaw(small.address)
    expect(await refused.closed).toBe('')
    const other = await openRaw(small.address, { from: '127.0.0.2' })
    other.write('GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
    expect(await other.closed).toMatch(/^HTTP\/1.1 200 /)
    for (const one of held) one.close()
    await small.stop()
  })

  test('are not counted for a proxy, which speaks for many', async () => {
    const small = await startMagicband({ connectionLimits: { connectionsOfOne: 1 }, trustProxy: ['127.0.0.1/32'] })
    const held = await Promise.all(Array.from({ length: 3 }, () => openRaw(small.address)))
    expect((await small.get('/health', { key: null })).status).toBe(200)
    for (const one of held) one.close()
    await small.stop()
  })

  test('are closed at once, and let in again when there is room', async () => {
    const small = await startMagicband({ connectionLimits: { connections: 3 } })
    const held = await Promise.all(Array.from({ length: 3 }, () => openRaw(small.address)))
    await sleep(50)
    const refused = await openRaw(small.address)
    expect(await refused.closed).toBe('')
    for (const one of held) one.close()
    const reply = await eventually(async () => {
      const connection = await openRaw(small.address)
      connection.write('GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
      return (await connection.closed) || undefined
    })
    expect(reply).toMatch(/^HTTP\/1.1 200 /)
    await small.stop()
  })
})

test('a body that never comes to its end does not hold up a stop', async () => {
  const stopping = await startMagicband()
  const held = await openRaw(stopping.address)
  const key = stopping.keys.wed?.game
  held.write(`POST /application/upload?id=1006 HTTP/1.1\r\nhost: x\r\nx-api-key: ${key}\r\ncontent-length: 99\r\n\r\n{`)
  await sleep(200)
  const startedAt = performance.now()
  await stopping.stop()
  expect(performance.now() - startedAt).toBeLessThan(10_000)
  expect(await held.closed).toBe('')
}, 40_000)

test('the server is told the limits that hold where nothing else is said', async () => {
  const usual = await startMagicband()
  const { server } = usual.app.server
  expect([server.headersTimeout, server.requestTimeout, server.keepAliveTimeout, server.timeout]).toEqual([
    10_000, 30_000, 72_000, 120_000,
  ])
  expect([server.maxConnections, server.maxHeadersCount]).toEqual([10_000, connectionLimits.headers + 1])
  await usual.stop()
})
