import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { Type } from 'typebox'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { HttpClient, type OutsideRequest } from './http-client.ts'
import { OutsideError } from './outside-error.ts'

const Thing = Type.Object({ id: Type.Integer() })

/** A real server that answers as a test tells it, and a clock that only tests move. */
let server: Server
let origin = ''
let answer: RequestListener
let seen: { method: string; url: string; body: string; headers: Record<string, unknown> }[] = []
let now = 0
const clients: HttpClient[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
      answer(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
  seen = []
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

function createClient(
  options: { timeoutMs?: number; hasPlainErrors?: boolean; onlyDenies?: boolean; origin?: string } = {},
): HttpClient {
  const client = new HttpClient({
    service: 'test',
    origin,
    clock: () => now,
    log: pino({ level: 'silent' }),
    timeoutMs: 300,
    ...options,
  })
  clients.push(client)
  return client
}

const read: OutsideRequest = { method: 'GET', path: '/thing?a=1', isIdempotent: true, budget: 'things' }
const write: OutsideRequest = { method: 'POST', path: '/thing', body: '{}', isIdempotent: false, budget: 'things' }

/** Answers with these in turn, the last one for ever. */
function answerWith(...replies: { status?: number; body?: string; headers?: Record<string, string> }[]): void {
  let turn = 0
  answer = (_request, response) => {
    const { status = 200, body = '{"id":1}', headers = {} } = replies[Math.min(turn++, replies.length - 1)] ?? {}
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
  }
}

async function failureOf(question: Promise<unknown>): Promise<OutsideError> {
  const error = await question.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof OutsideError)) throw new Error(`no OutsideError but ${String(error)}`)
  return error
}

describe('an answer that makes no sense is the service being unavailable', () => {
  test.each([
    ['HTML with 200', { body: '<html>', headers: { 'content-type': 'text/html' } }],
    ['malformed JSON', { body: '{"id":1' }],
    ['nothing', { body: '' }],
    ['JSON of another form', { body: '{"id":"1"}' }],
    ['an empty list', { body: '[]' }],
    ['null', { body: 'null' }],
    ['HTML with 404', { status: 404, body: '<html>' }],
    ['a redirection', { status: 302, body: '', headers: { location: '/elsewhere' } }],
    ['500', { status: 500 }],
    ['503 with HTML', { status: 503, body: '<html>' }],
    ['more than 4 MiB', { body: JSON.stringify({ id: 1, more: 'x'.repeat(4 * 1024 * 1024) }) }],
  ])('%s', async (_name, reply) => {
    answerWith(reply)
    const error = await failureOf(createClient().askJson(read, Thing))
    expect([error.kind, error.service]).toEqual(['unavailable', 'test'])
    expect(seen).toHaveLength(2)
  })
})

describe('a refusal in JSON', () => {
  test.each([400, 404, 409, 422])('is told as one, with what it said: %i', async (status) => {
    answerWith({ status, body: `{"message":"${'x'.repeat(600)}"}` })
    const client = createClient()
    const error = await failureOf(client.askJson(read, Thing))
    expect([error.kind, error.status, error.answer.length]).toEqual(['refused', status, 500])
    // It was understood, so it isn't asked again, and the service is well.
    expect(seen).toHaveLength(1)
    expect(client.health().status).toBe('ok')
  })

  test('may be plain text where the service is known for it', async () => {
    answerWith({ status: 422, body: 'Bad API request, invalid api_dev_key' })
    const error = await failureOf(createClient({ hasPlainErrors: true }).ask(write))
    expect([error.kind, error.status, error.answer]).toEqual(['refused', 422, 'Bad API request, invalid api_dev_key'])
  })

  test.each([
    ['the key', { credential: 'abc/def=+ghi' }, 'bad key abc/def=+ghi'],
    ['the key, encoded', { credential: 'abc/def=+ghi' }, 'GET /?key=abc%2Fdef%3D%2Bghi'],
    ['an id of the path', { path: '/users/172051854/groups' }, 'no user 172051854'],
    ['an id of a path with a bare per cent sign', { path: '/at100%/172051854' }, 'no user 172051854'],
    ['an id of a filter', { path: `/thing?${new URLSearchParams({ filter: "user == 'users/156'" })}` }, 'not 156'],
    ['the token of a webhook', { path: '/api/v10/webhooks/1/Ab-c_9xyz' }, 'unknown: Ab-c_9xyz'],
    [
      'the token of a webhook without a digit',
      { path: `/webhooks/1/${'Ab-c_xyz'.repeat(8)}` },
      `no ${'Ab-c_xyz'.repeat(8)}`,
    ],
    ['a text in another letter case', { body: '{"a":"bob Said a SECRET"}' }, 'bad: Bob said a secret'],
    ['a text of JSON', { body: '{"a":{"why":["said \\"no\\"\\nto Bob"]}}' }, 'odd: said "no"\nto Bob'],
    ['an id of JSON', { body: '{"userIds":[172051854]}' }, 'unknown: 172051854'],
    ['an id within a text of JSON', { body: '{"role":"groups/5850082/roles/99"}' }, 'not in group 5850082'],
    [
      'a text within JSON in the message',
      { body: '{"a":"said \\"no\\" to Bob"}' },
      'odd: {"a":"said \\"no\\" to Bob"}',
    ],
    ['a text escaped twice', { body: '{"a":"\\"no\\" to Bob"}' }, 'odd: {\\"a\\":\\"\\\\\\"no\\\\\\" to Bob\\"}'],
    ['a text with other letters, escaped', { body: '{"a":"Bob said ño"}' }, 'odd: Bob said \\u00f1o'],
    ['a text as a page has it', { body: '{"a":"\\"Bob\\" said no"}' }, 'odd: &quot;Bob&quot; said no'],
    ['a text that is cut short', { body: '{"a":"Bob said a secret"}' }, 'too long: Bob said a sec... (17)'],
    ['a text within an address', { body: '{"a":"Bob said"}' }, 'not /a=Bob%20said'],
    ['a value of a form that is cut short', { body: 'a=0123+secret+def' }, 'cannot read 0123+secret+d'],
    ['a number', { body: '{"userIds":[172051854]}' }, 172051854],
    ['a value of a form', { body: 'api_dev_key=0123+secret&a=b' }, 'bad key 0123 secret'],
    ['a form', { body: 'api_dev_key=0123+secret%28&a=b' }, 'cannot read api_dev_key=0123+secret%28'],
  ])('is told without %s that it repeats', async (_name, asked, message) => {
    answerWith({ status: 400, body: JSON.stringify({ code: 7, errors: [{ message, more: 1 }], asked: message }) })
    const { answer } = await failureOf(createClient().ask({ ...read, ...asked }))
    expect(JSON.parse(answer)).toEqual({ code: '7', errors: [{ message: expect.stringContaining('…') }] })
    expect(answer).not.toMatch(/abc|def|ghi|1720|156|xyz|Bob|585|0123|secret/)
  })

  test.each([
    ['JSON without a reason', `{"body":"all of it"}`, '{}'],
    ['JSON that is none', '{"message":', ''],
    ['a page', '<html>all of it</html>', ''],
    ['several lines', 'one\ntwo', ''],
    ['a long text', 'x'.repeat(201), ''],
    ['a sentence', 'Bad API request, invalid api_dev_key', 'Bad API request, invalid api_dev_key'],
  ])('keeps of %s only what is a reason', async (_name, body, kept) => {
    answerWith({ status: 400, body })
    expect((await failureOf(createClient({ hasPlainErrors: true }).ask(read))).answer).toBe(kept)
  })

  test('of 64 KiB says nothing', async () => {
    answerWith({ status: 400, body: JSON.stringify({ why: 'x'.repeat(64 * 1024) }) })
    expect((await failureOf(createClient().ask(read))).answer).toBe('')
  })
})

describe('a denial', () => {
  const denied = { ...read, credential: 'revoked' }

  test.each([401, 403])('leaves the service degraded for whom it denies: %i', async (status) => {
    answerWith({}, { status, body: '{}' })
    const client = createClient()
    await client.ask(denied)
    now += 1000
    await failureOf(client.ask(denied))
    const states = ['revoked', 'right', undefined].map((credential) => client.health(credential).status)
    expect(states).toEqual(['degraded', 'ok', 'ok'])
    expect(client.health('revoked').lastSeenAt).toBe(now - 1000)
    expect(seen).toHaveLength(2)
  })

  test.each([
    ['an answer', {}],
    ['a refusal for another reason', { status: 404, body: '{}' }],
  ])('is forgotten with %s', async (_name, reply) => {
    answerWith({ status: 403, body: '{}' }, reply)
    const client = createClient()
    await failureOf(client.ask(denied))
    await client.ask(denied).catch(() => undefined)
    expect(client.health('revoked').status).toBe('ok')
  })

  test('is any refusal of a service that has no other', async () => {
    answerWith({ status: 404, body: '{}' })
    const client = createClient({ onlyDenies: true })
    await failureOf(client.ask(denied))
    expect(client.health('revoked').status).toBe('degraded')
  })

  test('is what is found in an answer that should have been one', async () => {
    answerWith({})
    const client = createClient({ onlyDenies: true })
    const refuse = () => {
      throw new OutsideError('test', 'refused', 'it said so with 200')
    }
    expect((await failureOf(client.ask(denied, refuse))).message).toBe('test: it said so with 200')
    expect(client.health('revoked').status).toBe('degraded')
    await client.ask(denied)
    expect(client.health('revoked').status).toBe('ok')
  })
})

describe('a question', () => {
  test('goes out as it was asked, and its answer is given', async () => {
    answerWith({ body: '{"id":7,"more":true}' })
    expect(await createClient().askJson({ ...write, headers: { 'x-a': 'b' } }, Thing)).toMatchObject({ id: 7 })
    expect(seen).toMatchObject([{ method: 'POST', url: '/thing', body: '{}', headers: { 'x-a': 'b' } }])
  })

  test('that may be asked twice is asked once more after a passing fault', async () => {
    answerWith({ status: 502, body: '' }, {})
    expect(await createClient().askJson(read, Thing)).toEqual({ id: 1 })
    expect(seen).toHaveLength(2)
  })

  test('that may be asked twice is not asked three times', async () => {
    answerWith({ status: 500 })
    await failureOf(createClient().ask(read))
    expect(seen).toHaveLength(2)
  })

  test('that may not be asked twice is asked once', async () => {
    answerWith({ status: 500 })
    expect((await failureOf(createClient().ask(write))).status).toBe(500)
    expect(seen).toHaveLength(1)
  })

  test.each([
    ['that is not answered', () => undefined],
    ['whose answer does not end', (response: Parameters<RequestListener>[1]) => response.writeHead(200).write('{')],
  ])('%s is given up when its time is over', async (_name, stall) => {
    answer = (_request, response) => stall(response)
    const startedAt = Date.now()
    const error = await failureOf(createClient({ timeoutMs: 150 }).askJson(read, Thing))
    expect([error.kind, error.message]).toEqual(['unavailable', 'test: it did not answer in time'])
    expect(Date.now() - startedAt).toBeLessThan(1000)
  })

  test('has its own time where it says so', async () => {
    answer = (_request, response) => setTimeout(() => response.end('{"id":1}'), 100)
    expect((await failureOf(createClient().ask({ ...read, timeoutMs: 20 }))).kind).toBe('unavailable')
    expect(await createClient({ timeoutMs: 20 }).askJson({ ...read, timeoutMs: 2000 }, Thing)).toEqual({ id: 1 })
  })

  test('whose connection breaks is asked once more', async () => {
    let turn = 0
    answer = (request, response) => (turn++ === 0 ? request.socket.destroy() : response.end('{"id":1}'))
    expect(await createClient().askJson(read, Thing)).toEqual({ id: 1 })
  })

  test('to nobody fails', async () => {
    const error = await failureOf(createClient({ origin: 'http://127.0.0.1:1' }).ask(read))
    expect([error.kind, error.message]).toEqual(['unavailable', 'test: the connection failed'])
  })
})

describe('a pause', () => {
  test.each([
    ['429 with retry-after', { status: 429, headers: { 'retry-after': '7' } }, 7000],
    [
      '429 with retry-after before x-ratelimit-reset',
      { status: 429, headers: { 'retry-after': '7', 'x-ratelimit-reset': '9' } },
      7000,
    ],
    ['429 with x-ratelimit-reset', { status: 429, headers: { 'x-ratelimit-reset': '3' } }, 3000],
    ['429 with fractions, as Discord has them', { status: 429, headers: { 'x-ratelimit-reset-after': '0.5' } }, 500],
    ['429 with nothing', { status: 429 }, 1000],
    ['429 with words', { status: 429, headers: { 'retry-after': 'soon' } }, 1000],
    ['429 with days', { status: 429, headers: { 'retry-after': '999999' } }, 3_600_000],
  ])('is made after %s', async (_name, reply, pauseMs) => {
    answerWith(reply, {})
    const client = createClient()
    const first = await failureOf(client.ask(read))
    expect([first.kind, first.status, first.retryAfterMs, seen.length]).toEqual(['unavailable', 429, pauseMs, 1])
    now += pauseMs - 1
    expect((await failureOf(client.ask(read))).retryAfterMs).toBe(1)
    expect(seen).toHaveLength(1)
    now += 1
    expect((await client.ask(read)).status).toBe(200)
  })

  test('is made when nothing remains, though the answer is right', async () => {
    answerWith({ headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '5' } }, {})
    const client = createClient()
    expect((await client.ask(read)).status).toBe(200)
    expect((await failureOf(client.ask(read))).retryAfterMs).toBe(5000)
    now += 5000
    expect((await client.ask(read)).status).toBe(200)
  })

  test('is not made while something remains', async () => {
    answerWith({ headers: { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '5' } })
    const client = createClient()
    await client.ask(read)
    expect((await client.ask(read)).status).toBe(200)
  })

  test('is made by a rush before it has gone over a limit that nobody knew of', async () => {
    let remaining = 100
    answer = (_request, response) => {
      remaining--
      response.writeHead(200, {
        'x-ratelimit-limit': '100',
        'x-ratelimit-remaining': remaining,
        'x-ratelimit-reset': 60,
      })
      response.end('{"id":1}')
    }
    const client = createClient({ timeoutMs: 5000 })
    const rush = await Promise.allSettled(Array.from({ length: 300 }, () => client.ask({ ...read, urgency: 'join' })))
    expect(rush.filter(({ status }) => status === 'fulfilled')).toHaveLength(100)
    expect(seen).toHaveLength(100)
    expect(client.health().status).toBe('ok')
  })

  test('holds for its budget only, and is no sign of ill health', async () => {
    answerWith({ status: 429 }, {})
    const client = createClient()
    for (let count = 0; count < 10; count++) await failureOf(client.ask(read))
    expect((await client.ask({ ...read, budget: 'other' })).status).toBe(200)
    expect(client.health().status).toBe('ok')
  })
})

describe('the circuit breaker', () => {
  test('opens after five failures, probes after its rest, and closes', async () => {
    answerWith({ status: 500 })
    const client = createClient()
    expect(client.health().status).toBe('unused')
    await failureOf(client.ask(write))
    expect(client.health().status).toBe('degraded')
    for (let count = 0; count < 4; count++) await failureOf(client.ask(write))
    expect([client.health().status, seen.length]).toEqual(['down', 5])
    const refused = await failureOf(client.ask(write))
    expect([refused.kind, refused.retryAfterMs, seen.length]).toEqual(['unavailable', 2000, 5])
    now += 2000
    await failureOf(client.ask(write))
    expect([(await failureOf(client.ask(write))).retryAfterMs, seen.length]).toEqual([4000, 6])
    answerWith({})
    now += 4000
    expect((await client.ask(write)).status).toBe(200)
    expect(client.health()).toMatchObject({ status: 'ok', lastSeenAt: now, latencyMs: 0 })
  })

  test('tells nothing of a service that nobody has asked for five minutes', async () => {
    answerWith({ status: 500 })
    const client = createClient()
    for (let count = 0; count < 5; count++) await failureOf(client.ask(write))
    now += 299_999
    expect(client.health().status).toBe('down')
    now += 1
    expect(client.health().status).toBe('unused')
    await failureOf(client.ask(write))
    expect(client.health().status).toBe('down')
  })

  test('stays closed for a service that refuses', async () => {
    answerWith({ status: 403, body: '{}' })
    const client = createClient()
    for (let count = 0; count < 10; count++) expect((await failureOf(client.ask(read))).status).toBe(403)
    expect(seen).toHaveLength(10)
  })
})
