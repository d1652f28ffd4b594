import { createServer, type RequestListener } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Magicband, moderator, startMagicband } from '../../../test/magicband.ts'
import { type ClientOptions, createClient, MagicbandError } from './index.ts'

/** What is asked again, when, and that nothing is done twice: a real server behind a connection that fails. */
let band: Magicband
beforeAll(async () => {
  band = await startMagicband()
})
afterAll(() => band.stop())

/** What becomes of one try: it never arrives, its answer never does, it gets another answer, or it is made as it should be. */
type Fate = 'not sent' | 'answer lost' | 'answer cut off' | 'hangs' | Response | 'made'

let waits: number[]
let keys: (string | null)[]
beforeEach(() => {
  waits = []
  keys = []
})

function clientMeeting(fates: Fate[], more: Partial<ClientOptions> = {}) {
  const left = [...fates]
  return createClient({
    address: band.address,
    key: band.keys.wed?.bot ?? '',
    random: () => 0.5,
    wait: async (ms) => {
      waits.push(ms)
    },
    fetch: async (input, init) => {
      keys.push(new Headers(init?.headers).get('idempotency-key'))
      const fate = left.shift() ?? 'made'
      if (fate instanceof Response) return fate
      if (fate === 'not sent') throw new TypeError('fetch failed')
      if (fate === 'hangs')
        return new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
        })
      const response = await fetch(input, init)
      if (fate === 'answer lost') throw new TypeError('fetch failed')
      if (fate === 'answer cut off') {
        await response.text()
        return new Response(
          new ReadableStream({
            start: (controller) => {
              controller.enqueue(new TextEncoder().encode('{"status":"succ'))
              controller.error(new TypeError('terminated'))
            },
          }),
        )
      }
      return response
    },
    ...more,
  })
}

const errorOf = (call: Promise<unknown>): Promise<MagicbandError> =>
  call.then(
    () => expect.fail('it was answered'),
    (error) => {
      expect(error).toBeInstanceOf(MagicbandError)
      return error
    },
  )
async function listen(answer: RequestListener) {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a server on a TCP port has a port')
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { address: `http://127.0.0.1:${address.port}`, close }
}

const page = (status: number) => new Response('<h1>Bad gateway</h1>', { status })
const told = (status: number, message: string, headers: Record<string, string> = {}) =>
  Response.json({ status: 'error', message }, { status, headers })
const banOf = (username: string) => ({ username, moderator, reason: 'bad boy' })
const bansOf = (robloxId: string) =>
  band.app.database.read.selectFrom('ban').selectAll().where('roblox_id', '=', robloxId).execute()

describe('an act is done once', () => {
  test.each<[string, string, Fate[]]>([
    ['that was not sent', '100001', ['not sent', 'made']],
    ['whose answer was lost', '100002', ['answer lost', 'made']],
    ['whose answer was cut off', '100003', ['answer cut off', 'made']],
    ['whose answer was lost twice', '100004', ['answer lost', 'answer lost', 'made']],
    ['behind a proxy that fails', '100005', [page(502), page(504), 'made']],
    ['that failed', '100006', [told(500, 'error encountered'), 'made']],
    ['that was too much at the moment', '100007', [told(503, 'server is busy', { 'retry-after': '1' }), 'made']],
  ])('%s', async (_name, id, fates) => {
    const { discord } = await clientMeeting(fates).ban(banOf(`Visitor${id}`))
    expect(discord).toContain(`Successfully banned **Visitor${id}**`)
    expect(await bansOf(id)).toHaveLength(1)
    expect(keys).toHaveLength(fates.length)
    expect([...new Set(keys)]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)])
  })

  test('also when the call is made again with the key of its error', async () => {
    const lost = await errorOf(clientMeeting(['answer lost', 'answer lost', 'answer lost']).ban(banOf('Visitor100008')))
    expect(lost).toMatchObject({ code: 'unreachable', tries: 3, mayBeDone: true, idempotencyKey: keys[0] })
    expect(await bansOf('100008')).toHaveLength(1)
    const { discord } = await clientMeeting([]).ban(banOf('Visitor100008'), { idempotencyKey: lost.idempotencyKey })
    expect(discord).toContain('Successfully banned')
    expect(await bansOf('100008')).toHaveLength(1)
  })

  test('and without the key it would be another one', async () => {
    expect(await errorOf(clientMeeting([]).ban(banOf('Visitor100008')))).toMatchObject({ code: 'already-banned' })
  })
})

describe('an error says whether an act may have been done', () => {
  const busy = () => told(503, 'server is busy')
  test.each<[string, boolean, Fate[]]>([
    ['the last try got no answer', true, ['not sent', 'not sent', 'answer lost']],
    ['a proxy gave up on the last try', true, [page(504), page(504), page(504)]],
    ['something else than JSON was answered', true, [page(200)]],
    ['a try before it got no answer, and the last one tells nothing of it', true, ['answer lost', busy(), busy()]],
    ['every try was refused', false, [busy(), busy(), busy()]],
    ['it was sent elsewhere', false, [new Response('', { status: 308 })]],
    ['nobody knows the path', false, [page(404)]],
    ['the key was revoked after a try that got no answer', true, ['answer lost', told(401, 'invalid key')]],
    ['a rule refuses after a try that got no answer', false, ['not sent', told(404, "couldn't find user")]],
  ])('%s: %s', async (_name, mayBeDone, fates) => {
    const error = await errorOf(clientMeeting(fates).ban(banOf('Visitor100020')))
    expect([error.mayBeDone, error.tries]).toEqual([mayBeDone, fates.length])
  })

  test('not of what was never sent, nor of a look', async () => {
    const signal = AbortSignal.abort()
    expect(await errorOf(clientMeeting([]).ban(banOf('Visitor100021'), { signal }))).toMatchObject({ mayBeDone: false })
    const looks = clientMeeting(['not sent', 'not sent', 'not sent']).profile({ id: '1' })
    expect(await errorOf(looks)).toMatchObject({ mayBeDone: false })
  })

  test('also where the caller ends the call while an answer is waited for, or after one was lost', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 20)
    const call = clientMeeting(['hangs']).ban(banOf('Visitor100022'), { signal: controller.signal })
    expect(await errorOf(call)).toMatchObject({ code: 'aborted', mayBeDone: true })
    const wait = async () => Promise.reject(new Error('the window was closed'))
    const inPause = clientMeeting(['answer lost'], { wait }).ban(banOf('Visitor100023'))
    expect(await errorOf(inPause)).toMatchObject({ code: 'aborted', mayBeDone: true })
  })
})

describe('what does not pass is asked once', () => {
  test.each<[string, Fate, string]>([
    ['a refusal', told(400, 'unknown certification'), 'certification-unknown'],
    ['a wrong key', told(401, 'invalid key'), 'key-invalid'],
    ['a reused idempotency key', told(409, 'idempotency key was used for another call'), 'idempotency-key-reused'],
    ['a page where JSON should be', page(200), 'unreadable'],
    ['somebody else at this address', page(404), 'unreadable'],
  ])('%s', async (_name, fate, code) => {
    expect(await errorOf(clientMeeting([fate]).profile({ id: '1' }))).toMatchObject({ code, tries: 1 })
    expect(waits).toEqual([])
  })
})

test('an approval that a person has to do something for is asked once, and logged once', async () => {
  const error = await errorOf(clientMeeting([]).approveApplication({ id: '1', moderator }))
  expect(error).toMatchObject({ code: 'failed', status: 500, tries: 1, retryAfterSeconds: 60, mayBeDone: false })
  expect(band.log.filter((line) => line.includes('could not be ranked'))).toHaveLength(1)
})

describe('what only looks like an answer is none', () => {
  const json = (status: number, body: object) => () => Response.json(body, { status })
  const yes = json(200, { ok: true })
  test.each<[string, (client: ReturnType<typeof clientMeeting>) => Promise<unknown>]>([
    ['profile', (client) => client.profile({ id: '1' })],
    ['connect', (client) => client.connect({ place: '1', id: '1', training: false })],
    ['ban', (client) => client.ban(banOf('Visitor100030'))],
    ['listCertifications', (client) => client.listCertifications()],
    ['createServerToken', (client) => client.createServerToken({ place: '1', server: 'a' })],
    ['status', (client) => client.status()],
    ['health', (client) => client.health()],
  ])('to %s', async (_name, call) => {
    expect(await errorOf(call(clientMeeting([yes()])))).toMatchObject({ code: 'unreadable', status: 200 })
  })

  test.each([
    [400, false],
    [404, false],
    [502, true],
    [503, true],
  ])('of a router of status %i, whose words stand nowhere', async (status, mayBeDone) => {
    const router = json(status, { status: 'error', code: status, message: 'Cannot POST /ban/add?username=Secret' })
    const error = await errorOf(clientMeeting([router(), router(), router()]).ban(banOf('Visitor100031')))
    expect(error).toMatchObject({ code: 'unreadable', status, mayBeDone })
    expect(error.message).not.toContain('Secret')
  })
})

test('a redirect is not followed: it would take the key along', async () => {
  const asked: (string | undefined)[] = []
  const elsewhere = await listen((request, response) => {
    asked.push(String(request.headers['x-api-key']))
    response.end('{}')
  })
  const here = await listen((_request, response) => {
    response.writeHead(307, { location: elsewhere.address }).end()
  })
  const client = createClient({ address: here.address, key: 'mb_bot_secret', tries: 1 })
  expect(await errorOf(client.profile({ id: '1' }))).toMatchObject({ code: 'unreadable', status: 307 })
  expect(asked).toEqual([])
  await Promise.all([here.close(), elsewhere.close()])
})

describe('pauses', () => {
  test('double, with chance in them', async () => {
    const lost: Fate[] = ['not sent', 'not sent', 'not sent', 'not sent']
    await clientMeeting(lost, { tries: 5 }).profile({ id: '1' })
    expect(waits).toEqual([187.5, 375, 750, 1500])
    waits = []
    await clientMeeting(lost.slice(2), { random: () => 0 }).profile({ id: '1' })
    await clientMeeting(lost.slice(2), { random: () => 1 }).profile({ id: '1' })
    expect(waits).toEqual([125, 250, 250, 500])
  })

  test('grow no longer than the longest, so that all tries are made', async () => {
    const lost: Fate[] = Array.from({ length: 8 }, () => 'not sent')
    await clientMeeting(lost, { tries: 9, longestWaitMs: 1000, random: () => 1 }).profile({ id: '1' })
    expect(waits).toEqual([250, 500, 1000, 1000, 1000, 1000, 1000, 1000])
  })

  test('are as long as Magicband says', async () => {
    const fate = told(429, 'too many requests', { 'retry-after': '7' })
    await clientMeeting([fate]).profile({ id: '1' })
    expect(waits).toEqual([7125])
  })

  test('that are too long are the caller’s business', async () => {
    await clientMeeting([told(503, 'server is busy', { 'retry-after': '10' })]).profile({ id: '1' })
    expect(waits).toEqual([10_125])
    waits = []
    const fate = told(503, 'roblox is unavailable', { 'retry-after': '11' })
    const error = await errorOf(clientMeeting([fate]).profile({ id: '1' }))
    expect(error).toMatchObject({ code: 'roblox-unavailable', retryAfterSeconds: 11, tries: 1 })
    expect(waits).toEqual([])
  })

  test('that a proxy names by a date are its own business', async () => {
    const fate = told(503, 'server is busy', { 'retry-after': 'Thu, 15 Jan 2026 12:00:00 GMT' })
    await clientMeeting([fate]).profile({ id: '1' })
    expect(waits).toEqual([187.5])
  })

  test('are real ones where nothing else is given', async () => {
    const from = performance.now()
    await clientMeeting(['not sent'], { wait: undefined }).profile({ id: '1' })
    expect(performance.now() - from).toBeGreaterThan(180)
  })
})

test('a key with a limit is told to come back, and comes back', async () => {
  const key = await band.createKey({ kind: 'bot', limit: { count: 1, perMs: 1000 } })
  const client = clientMeeting([], {
    key,
    wait: async (ms) => {
      waits.push(ms)
      band.advance(ms)
    },
  })
  await client.profile({ id: '1' })
  await client.profile({ id: '1' })
  expect(waits).toEqual([1125])
})

describe('time', () => {
  test('a try that hangs is given up, and made again with the same key', async () => {
    const client = clientMeeting(['hangs', 'made'], { timeoutMs: 300, tries: 10 })
    expect((await client.ban(banOf('Visitor100011'))).discord).toContain('Successfully')
    // A busy machine may need more than one.
    expect(keys.length).toBeGreaterThan(1)
    expect(new Set(keys).size).toBe(1)
    const error = await errorOf(clientMeeting(['hangs'], { tries: 1 }).profile({ id: '1' }, { timeoutMs: 20 }))
    expect([error.code, error.message]).toEqual(['timed-out', 'GET /profile: no answer within 20 ms'])
  })

  test('an answer that begins and does not end is given up too', async () => {
    const server = await listen((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"status":')
    })
    const client = createClient({ address: server.address, key: 'x', tries: 1, timeoutMs: 50 })
    expect(await errorOf(client.profile({ id: '1' }))).toMatchObject({ code: 'timed-out' })
    await server.close()
  })

  test.each<[string, Fate[]]>([
    ['before it begins', []],
    ['while it hangs', ['hangs']],
    ['in a pause', ['not sent']],
  ])('the caller may end a call: %s', async (name, fates) => {
    const controller = new AbortController()
    const reason = new Error('the window was closed')
    const end = () => controller.abort(reason)
    if (name === 'before it begins') end()
    else setTimeout(end, 20)
    const client = clientMeeting(fates, { wait: undefined })
    const error = await errorOf(client.profile({ id: '1' }, { signal: controller.signal }))
    expect(error).toMatchObject({ code: 'aborted', cause: reason })
    expect(keys).toHaveLength(fates.length)
  })

  test('a signal that lives long collects no listeners', async () => {
    const controller = new AbortController()
    let listeners = 0
    const { addEventListener, removeEventListener } = controller.signal
    controller.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++
      return addEventListener.apply(controller.signal, args)
    }
    controller.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--
      return removeEventListener.apply(controller.signal, args)
    }
    await clientMeeting(['not sent', 'made'], { wait: undefined }).profile({ id: '1' }, { signal: controller.signal })
    expect(listeners).toBe(0)
  })
})

describe('an act that was never sent is not done', () => {
  async function closedAddress(): Promise<string> {
    const { address, close } = await listen(() => undefined)
    await close()
    return address
  }

  test('where nobody listens, by one address or by several', async () => {
    const address = await closedAddress()
    for (const one of [address, address.replace('127.0.0.1', 'localhost')]) {
      const client = createClient({ address: one, key: 'x', tries: 2 })
      const error = await errorOf(client.ban(banOf('Visitor100040')))
      expect(error).toMatchObject({ code: 'unreachable', tries: 2, mayBeDone: false })
    }
  })

  test.each(['ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])('where Node says %s', async (code) => {
    const cause = Object.assign(new Error('no connection'), { code })
    const client = clientMeeting([], {
      tries: 1,
      fetch: () => Promise.reject(new TypeError('fetch failed', { cause })),
    })
    expect(await errorOf(client.ban(banOf('Visitor100041')))).toMatchObject({ code: 'unreachable', mayBeDone: false })
  })

  test('unless a try before it got no answer', async () => {
    const address = await closedAddress()
    let tries = 0
    const lostFirst: typeof fetch = (input, init) =>
      tries++ === 0 ? Promise.reject(new TypeError('fetch failed')) : fetch(input, init)
    const client = createClient({ address, key: 'x', tries: 2, fetch: lostFirst })
    expect(await errorOf(client.ban(banOf('Visitor100042')))).toMatchObject({ tries: 2, mayBeDone: true })
  })

  test('and one whose connection breaks may be', async () => {
    const { address, close } = await listen((request) => request.socket.resetAndDestroy())
    const client = createClient({ address, key: 'x', tries: 1 })
    expect(await errorOf(client.ban(banOf('Visitor100043')))).toMatchObject({ code: 'unreachable', mayBeDone: true })
    await close()
  })
})

test('nobody there is an error with the reason, and no key in it', async () => {
  const client = createClient({ address: 'http://127.0.0.1:1', key: 'mb_bot_secret', tries: 1 })
  const error = await errorOf(client.profile({ id: '1' }))
  expect([error.code, error.message]).toEqual(['unreachable', 'GET /profile: the connection failed'])
  expect(error.cause).toBeInstanceOf(Error)
})
