import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleCalls, make } from '../../../test/example-calls.ts'
import { communityFile, type Magicband, pathOf, type Reply, startMagicband } from '../../../test/magicband.ts'
import { hashKey, isKeyText } from '../../keys/key-text.ts'
import { countTokens, findKeyByHash, insertKey, listKeys, revokeKey, revokeTokensOf } from '../../keys/keys.store.ts'
import { makeKey } from '../../keys/keys.ts'
import { forgetTokens, tokensPerKey } from '../../keys/tokens.ts'

const hourMs = 3_600_000
const path = '/v1/server-token'
const denied = { status: 'error', message: 'access denied' }
const hub = '4895128840'
const tower = '5000000001'

let band: Magicband
let other: Awaited<ReturnType<Magicband['startAnother']>>
beforeAll(async () => {
  const places = `places: { "${hub}": { name: Hub }, "${tower}": { name: Tower } }\n`
  band = await startMagicband({ files: { wed: `${communityFile}${places}serverTokens: true\n` } })
  other = await band.startAnother()
})
afterAll(async () => {
  await other.stop()
  await band.stop()
})

type Granted = { token: string; expiresAt: string; server: string; place: string; id: string }

function ask(body: object, more: { key?: string; headers?: Record<string, string> } = {}): Promise<Reply> {
  return band.post(path, { key: 'game', body: JSON.stringify(body), ...more })
}

async function grant(server = 'job-1', more: Parameters<typeof ask>[1] = {}, place = hub): Promise<Granted> {
  const reply = await ask({ place, server }, more)
  expect([reply.status, reply.headers['content-type']]).toEqual([201, 'application/json; charset=utf-8'])
  return reply.body as Granted
}

const connect = (key: string, more: Record<string, string> = {}) =>
  band.get(pathOf('/connect', { place: hub, id: '1002', training: '0', server: 'job-1', ...more }), { key })
const log = (key: string, more: Record<string, string> = {}) =>
  band.post(pathOf('/log', { id: '1002', place: hub, duration: '600', training: '0', server: 'job-1', ...more }), {
    key,
  })

async function idOf(text: string): Promise<string> {
  return (await findKeyByHash(band.app.database.read, hashKey(text)))?.id ?? ''
}

describe('a token is refused', () => {
  test.each([
    ['a number for a place', { place: 4895128840, server: 'a' }, 'place'],
    ['a place with a leading zero', { place: '04895128840', server: 'a' }, 'place'],
    ['a place in words', { place: 'hub', server: 'a' }, 'place'],
    ['a place beyond 2^53', { place: '9007199254740992', server: 'a' }, 'place'],
    ['a server of no characters', { place: hub, server: '' }, 'server'],
    ['a server of 129 characters', { place: hub, server: 'x'.repeat(129) }, 'server'],
    ['a server with NUL', { place: hub, server: 'a\0b' }, 'server'],
    ['a server with half a character', { place: hub, server: '\ud83d' }, 'server'],
    ['a server that is a number', { place: hub, server: 1 }, 'server'],
  ])('with %s', async (_name, body, member) => {
    const reply = await ask(body)
    expect([reply.status, reply.body]).toEqual([
      400,
      expect.objectContaining({
        type: 'urn:magicband:problem:body-invalid',
        detail: expect.stringMatching(`^${member} must be`),
      }),
    ])
  })

  test('for a place that the community does not list, or that Roblox says is another one', async () => {
    const problem = { type: 'urn:magicband:problem:access-denied' }
    const elsewhere = await ask({ place: '1', server: 'a' })
    expect([elsewhere.status, elsewhere.body]).toEqual([403, expect.objectContaining(problem)])
    const forged = await ask({ place: hub, server: 'a' }, { headers: { 'roblox-id': tower } })
    expect([forged.status, forged.body]).toEqual([403, expect.objectContaining(problem)])
    expect((await ask({ place: hub, server: 'a' }, { headers: { 'roblox-id': hub } })).status).toBe(201)
  })

  test('to a token', async () => {
    const { token } = await grant()
    expect((await ask({ place: hub, server: 'job-1' }, { key: token })).status).toBe(403)
  })

  test('to a key that has very many, until some have ended', async () => {
    const key = await band.createKey({ kind: 'game' })
    const askedBy = await idOf(key)
    await band.app.database.act(async (trx) => {
      const wanted = { community: 'wed', kind: 'game', name: '', expiresAt: band.now() + hourMs } as const
      const { key: one } = makeKey({ ...wanted }, { clock: band.now, randomBytes: () => Buffer.alloc(32, 7) })
      for (let count = 0; count < tokensPerKey; count++) {
        const token = { place: hub, server: `job-${count}`, askedBy }
        await insertKey(trx, { ...one, id: `many ${count}`, token }, hashKey(`many ${count}`))
      }
    })
    const refused = await ask({ place: hub, server: 'one more' }, { key })
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '3600'])
    expect((await ask({ place: hub, server: 'one more' })).status).toBe(201)
    band.advance(3 * hourMs)
    await forgetTokens({ database: band.app.database, clock: band.now })
    expect((await ask({ place: hub, server: 'one more' }, { key })).status).toBe(201)
  }, 60_000)
})

describe('where the community has no server tokens', () => {
  test('a game key finds nothing, other keys are refused, and everything is as it was', async () => {
    const plain = await startMagicband()
    const body = JSON.stringify({ place: '1', server: 'a' })
    const reply = await plain.post(path, { key: 'game', body })
    expect([reply.status, reply.body]).toEqual([
      404,
      expect.objectContaining({ type: 'urn:magicband:problem:not-found' }),
    ])
    expect((await plain.post(path, { key: 'bot', body })).status).toBe(403)
    expect((await plain.get('/connect?place=1&id=1002&training=0', { key: 'game' })).status).toBe(200)
    await plain.stop()
  })
})

describe('where it has them', () => {
  test.each(exampleCalls.filter(({ kinds }) => kinds.includes('game')))(
    'the key of a game does not open $path, and that of the bot is as it was',
    async (call) => {
      const reply = await make(band, call, { key: 'game' })
      expect([reply.status, reply.body]).toEqual([403, expect.objectContaining(denied)])
      if (call.kinds.includes('bot')) expect((await make(band, call, { key: 'bot' })).status).toBe(200)
    },
  )

  test('the answer has the token and what it is for', async () => {
    const granted = await grant('job-7')
    expect(Object.keys(granted)).toEqual(['token', 'expiresAt', 'server', 'place', 'id'])
    expect(isKeyText(granted.token)).toBe(true)
    expect(granted).toEqual({
      token: expect.stringMatching(/^mb_game_/),
      expiresAt: new Date(band.now() + 12 * hourMs).toISOString(),
      server: 'job-7',
      place: hub,
      id: await idOf(granted.token),
    })
  })

  test('a token opens what the key would, at its place and for its server', async () => {
    const { token: key } = await grant()
    expect((await connect(key)).status).toBe(200)
    expect((await band.get(pathOf('/connect', { place: hub, id: '1002', training: '0' }), { key })).status).toBe(200)
    expect((await log(key)).status).toBe(200)
    expect((await band.get('/profile?id=1002', { key })).status).toBe(200)
    const upload = exampleCalls.find((call) => call.path === '/application/upload')
    expect(upload && (await make(band, upload, { key })).status).toBe(200)
    expect((await band.get('/status', { key })).status).toBe(403)
    // Who reported a shift is the server's token.
    const shifts = await band.app.database.read.selectFrom('shift').select('key_id').execute()
    expect(shifts).toEqual([{ key_id: await idOf(key) }])
  })

  test('what was sent with one token is not done again with another of the same key', async () => {
    const headers = { 'idempotency-key': 'a shift' }
    const send = (key: string) =>
      band.post(pathOf('/log', { id: '1003', place: hub, duration: '60', training: '0', server: 'job-left' }), {
        key,
        headers,
      })
    const shifts = () =>
      band.app.database.read.selectFrom('shift').select('id').where('server', '=', 'job-left').execute()
    expect((await send((await grant('job-left')).token)).status).toBe(200)
    // Later than the shift's own protection against repeats.
    band.advance(hourMs)
    expect((await send((await grant('job-left')).token)).status).toBe(200)
    expect(await shifts()).toHaveLength(1)
    const { token: ofAnotherKey } = await grant('job-left', { key: await band.createKey({ kind: 'game' }) })
    expect((await send(ofAnotherKey)).status).toBe(200)
    expect(await shifts()).toHaveLength(2)
  })

  test('a token is refused at another place and for another server', async () => {
    const { token: key } = await grant()
    for (const more of [{ place: tower }, { server: 'job-2' }]) {
      for (const reply of [await connect(key, more), await log(key, more)])
        expect([reply.status, reply.body]).toEqual([403, denied])
    }
    // A number's leading zeros don't count, as everywhere.
    expect((await connect(key, { place: `00${hub}` })).status).toBe(200)
  })

  test('a token has the scopes, the limit and the name of the key, and no more', async () => {
    const limit = { count: 2, perMs: 60_000 }
    const key = await band.createKey({ kind: 'game', name: 'Hub', scopes: ['connect'], limit })
    const { token } = await grant('job-1', { key })
    expect(await findKeyByHash(band.app.database.read, hashKey(token))).toMatchObject({ name: 'Hub', limit })
    expect((await log(token)).status).toBe(403)
    expect([(await connect(token)).status, (await connect(token)).status, (await connect(token)).status]).toEqual([
      200, 200, 429,
    ])
  })

  test('a token ends after twelve hours, to the moment', async () => {
    const { token } = await grant()
    band.advance(12 * hourMs - 1)
    expect((await connect(token)).status).toBe(200)
    band.advance(1)
    expect((await connect(token)).status).toBe(401)
  })

  test('a server may ask again, and the youngest five of its tokens live', async () => {
    const tokens: string[] = []
    for (let count = 0; count < 7; count++) {
      tokens.push((await grant('job-again')).token)
      band.advance(1000)
    }
    const neighbour = (await grant('job-next')).token
    band.advance(1000)
    const statuses = await Promise.all(tokens.map(async (key) => (await connect(key, { server: 'job-again' })).status))
    expect(statuses).toEqual([401, 401, 200, 200, 200, 200, 200])
    expect((await connect(neighbour, { server: 'job-next' })).status).toBe(200)
  })

  test('an idempotency key means nothing: each answer is another token, and none is kept', async () => {
    const headers = { 'idempotency-key': 'start' }
    const [one, two] = [await grant('job-1', { headers }), await grant('job-1', { headers })]
    expect(one.token).not.toBe(two.token)
    const kept = await band.app.database.read.selectFrom('idempotency').select('body').execute()
    expect(kept.filter(({ body }) => body.includes('mb_game_'))).toEqual([])
    const log = band.log.filter((line) => line.includes(one.token.slice(0, 24)))
    expect(log).toEqual([])
  })
})

describe('a leaked key', () => {
  test('can be revoked without stopping the servers that run', async () => {
    const key = await band.createKey({ kind: 'game' })
    const { token } = await grant('job-1', { key })
    const id = await idOf(key)
    await band.app.database.act((trx) => revokeKey(trx, id, band.now()))
    band.advance(1000)
    expect((await ask({ place: hub, server: 'job-1' }, { key })).status).toBe(401)
    expect((await connect(token)).status).toBe(200)
  })

  test('can be revoked with its tokens: on every server within a second', async () => {
    const key = await band.createKey({ kind: 'game' })
    const tokens = [(await grant('job-1', { key })).token, (await grant('job-2', { key })).token]
    const another = (await grant('job-1')).token
    const join = (server: string) => pathOf('/connect', { place: hub, id: '1002', training: '0', server })
    expect((await other.get(join('job-1'), { key: tokens[0] ?? '' })).status).toBe(200)
    const id = await idOf(key)
    expect(await band.app.database.act((trx) => revokeTokensOf(trx, id, band.now()))).toBe(2)
    band.advance(1000)
    for (const [index, token] of tokens.entries()) {
      for (const one of [band, other])
        expect((await one.get(join(`job-${index + 1}`), { key: token })).status).toBe(401)
    }
    expect((await connect(another)).status).toBe(200)
  })

  test('one token can be revoked alone, by the id that the answer had', async () => {
    const [one, two] = [await grant('job-1'), await grant('job-1')]
    await band.app.database.act((trx) => revokeKey(trx, one.id, band.now()))
    band.advance(1000)
    expect([(await connect(one.token)).status, (await connect(two.token)).status]).toEqual([401, 200])
  })
})

describe('tokens in the database', () => {
  test('are listed only where they are wanted', async () => {
    const { id } = await grant()
    const { read } = band.app.database
    const ids = async (withTokens: boolean) => (await listKeys(read, { withTokens })).map((key) => key.id)
    expect([(await ids(false)).includes(id), (await ids(true)).includes(id)]).toEqual([false, true])
  })

  test('are deleted an hour after their end, and keys that ended are not', async () => {
    const key = await band.createKey({ kind: 'game', expiresAt: band.now() + hourMs })
    await grant('job-1', { key })
    const { read } = band.app.database
    const id = await idOf(key)
    const forget = () => forgetTokens({ database: band.app.database, clock: band.now })
    band.advance(13 * hourMs)
    await forget()
    expect(await countTokens(read, id)).toBe(1)
    band.advance(1)
    await forget()
    expect(await countTokens(read, id)).toBe(0)
    expect(await idOf(key)).toBe(id)
  })
})
