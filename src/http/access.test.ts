import { randomBytes } from 'node:crypto'
import fastify from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { exampleCalls, make, v1Calls } from '../../test/example-calls.ts'
import { type Magicband, pathOf, startMagicband } from '../../test/magicband.ts'
import { createKeyText, hashKey } from '../keys/key-text.ts'
import { findKeyByHash, revokeKey } from '../keys/keys.store.ts'
import { type KeyKind, kinds, type Scope } from '../keys/scopes.ts'
import { requireAccessOfEveryRoute } from './routing.ts'

const invalidKey = { status: 'error', message: 'invalid key' }
const accessDenied = { status: 'error', message: 'access denied' }
const profile = '/profile?id=1'

let band: Magicband
let bot: string
beforeAll(async () => {
  band = await startMagicband()
  bot = band.keys.wed?.bot ?? ''
})
// The wrong keys of one test are not to block the next one.
beforeEach(() => band.advance(60_000))
afterAll(() => band.stop())

describe('a route', () => {
  test('is in the list of example calls, or open', async () => {
    const routes = await documentedRoutes()
    const open = routes.filter((route) => route.isOpen).map((route) => route.path)
    // The last of them asks for a signature instead of a key.
    expect(open).toEqual(['/health', '/pastes/{id}', '/webhooks/roblox/{community}'])
    const calls = routes.filter((route) => !route.isOpen).map(({ method, path }) => `${method} ${path}`)
    const expected = [...exampleCalls, ...v1Calls].map(({ method, path }) => `${method} ${path}`)
    expect(calls.toSorted()).toEqual(expected.toSorted())
  })

  test.each(exampleCalls)('$method $path refuses a request without a key', async (call) => {
    const reply = await make(band, call, { key: null })
    expect([reply.status, reply.body]).toEqual([401, expect.objectContaining(invalidKey)])
  })

  test('that says nothing of who may ask stops the start', async () => {
    const app = fastify()
    requireAccessOfEveryRoute(app)
    app.get('/ok', { config: { access: 'anyone' } }, async () => ({}))
    app.get('/forgotten', async () => ({}))
    await expect(app.ready()).rejects.toThrow('these routes say nothing of who may ask for them: /forgotten')
  })

  test('that says who may ask does not', async () => {
    const app = fastify()
    requireAccessOfEveryRoute(app)
    app.get('/ok', { config: { access: ['ban'] } }, async () => ({}))
    await expect(app.ready()).resolves.toBeDefined()
  })
})

describe('a key', () => {
  test.each([
    ['x-api-key', () => ({ 'x-api-key': bot }), ''],
    ['authorization: Bearer', () => ({ authorization: `Bearer ${bot}` }), ''],
    ['authorization: bearer', () => ({ authorization: `bearer ${bot}` }), ''],
    ['the query', () => ({}), () => `&key=${bot}`],
    ['x-api-key before Bearer and query', () => ({ 'x-api-key': bot, authorization: 'Bearer x' }), '&key=x'],
    ['Bearer before query', () => ({ authorization: `Bearer ${bot}` }), '&key=x'],
    ['Bearer beside an empty x-api-key', () => ({ 'x-api-key': '', authorization: `Bearer ${bot}` }), ''],
    ['the query beside an authorization of another kind', () => ({ authorization: 'Basic eDp5' }), () => `&key=${bot}`],
  ])('is taken from %s', async (_name, headers, query) => {
    const more = typeof query === 'string' ? query : query()
    const reply = await band.get(profile + more, { key: null, headers: headers() })
    expect(reply.status).toBe(200)
  })

  test.each([
    ['a wrong x-api-key, though Bearer is right', () => ({ 'x-api-key': 'x', authorization: `Bearer ${bot}` }), ''],
    ['a wrong Bearer, though the query is right', () => ({ authorization: 'Bearer x' }), () => `&key=${bot}`],
    ['a wrong key in the query', () => ({}), '&key=x'],
    ['an empty key in the query', () => ({}), '&key='],
    ['a key twice in the query', () => ({}), () => `&key=${bot}&key=${bot}`],
    ['a key twice in the query, though x-api-key is right', () => ({ 'x-api-key': bot }), '&key=a&key=b'],
    ['no key at all', () => ({}), ''],
    ['an empty Bearer', () => ({ authorization: 'Bearer ' }), ''],
    ['a well-formed key that is unknown', () => ({ 'x-api-key': createKeyText('bot', randomBytes) }), ''],
    ['a key with another kind written on it', () => ({ 'x-api-key': bot.replace('mb_bot_', 'mb_game_') }), ''],
    ['a key in capitals', () => ({ 'x-api-key': bot.toUpperCase() }), ''],
    ['a key of 8,000 characters', () => ({ 'x-api-key': 'k'.repeat(8000) }), ''],
    ["the key's hash", () => ({ 'x-api-key': hashKey(bot) }), ''],
    ['a member that every object has', () => ({ 'x-api-key': '__proto__' }), ''],
  ])('is refused: %s', async (_name, headers, query) => {
    const more = typeof query === 'string' ? query : query()
    const reply = await band.get(profile + more, { key: null, headers: headers() })
    expect([reply.status, reply.body]).toEqual([401, { ...invalidKey, discord: expect.any(String) }])
  })

  test('ends to the moment', async () => {
    const key = await band.createKey({ kind: 'bot', expiresAt: band.now() + 1000 })
    expect((await band.get(profile, { key })).status).toBe(200)
    band.advance(999)
    expect((await band.get(profile, { key })).status).toBe(200)
    band.advance(1)
    expect((await band.get(profile, { key })).body).toMatchObject(invalidKey)
  })

  test('that is revoked is refused within a second, though it was used just before', async () => {
    const key = await band.createKey({ kind: 'bot' })
    expect((await band.get(profile, { key })).status).toBe(200)
    const { read, act } = band.app.database
    const id = (await findKeyByHash(read, hashKey(key)))?.id ?? ''
    expect(await act((trx) => revokeKey(trx, id, band.now()))).toBe(true)
    band.advance(1000)
    expect((await band.get(profile, { key })).body).toMatchObject(invalidKey)
  })

  test('of a community that is no longer served is refused', async () => {
    const key = await band.createKey({ kind: 'bot', community: 'closed' })
    expect((await band.get(profile, { key })).body).toMatchObject(invalidKey)
  })
})

describe('scopes', () => {
  const table = exampleCalls.flatMap((call) => kinds.map((kind) => ({ ...call, kind })))
  test.each(table)('$kind at $method $path', async (call) => {
    const isAllowed = call.kinds.includes(call.kind)
    const reply = await make(band, call, { key: call.kind })
    if (isAllowed) expect(reply.status).toBe(200)
    else expect([reply.status, reply.body]).toEqual([403, expect.objectContaining(accessDenied)])
  })

  const scopes: [KeyKind, Scope][] = [
    ['game', 'connect'],
    ['game', 'log'],
    ['game', 'profile'],
    ['game', 'application:upload'],
    ['bot', 'profile'],
    ['bot', 'certification'],
    ['bot', 'ban'],
    ['bot', 'application'],
    ['bot', 'status'],
    ['status', 'status'],
  ]
  test.each(scopes)('a %s key with nothing but %s opens what that scope opens', async (kind, scope) => {
    const key = await band.createKey({ kind, scopes: [scope] })
    const opened: string[] = []
    for (const call of exampleCalls) {
      // Without parameters, so that nothing is done: a 400 or the status says that the key was let in.
      const reply = await band.request(call.method, call.path, { key })
      if (reply.status !== 403) opened.push(call.path)
    }
    expect(opened).toEqual(exampleCalls.filter((call) => call.scopes.includes(scope)).map((call) => call.path))
  })

  test('that the kind can not have open nothing, though they are in the database', async () => {
    const key = await band.createKey({ kind: 'bot', scopes: ['connect', 'log', 'profile'] })
    expect((await band.get(pathOf('/connect', { place: '1', id: '1', training: '0' }), { key })).status).toBe(403)
    expect((await band.get(profile, { key })).status).toBe(200)
  })
})

/** Every route of the OpenAPI document. */
async function documentedRoutes(): Promise<{ method: string; path: string; isOpen: boolean }[]> {
  const { body } = await band.get('/openapi.json')
  const { paths } = body as { paths: Record<string, Record<string, { security: unknown[] }>> }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path,
      isOpen: security.length === 0,
    })),
  )
}
