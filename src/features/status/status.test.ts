import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import packageFile from '../../../package.json' with { type: 'json' }
import {
  breakDatabase,
  communityFile,
  eventually,
  type Magicband,
  moderator,
  pathOf,
  startMagicband,
} from '../../../test/magicband.ts'
import { sandboxKeys, sandboxWebhookUrl } from '../../sandbox/world.ts'

const startsAt = Date.parse('2026-01-15T12:00:00.000Z')
const ok = (at: number) => ({ status: 'ok', lastSeen: new Date(at).toISOString(), latencyMs: 0 })
const unused = { status: 'unused' }

let band: Magicband
beforeEach(async () => {
  band = await startMagicband({ startsAt })
})
afterEach(() => band.stop())

const body = JSON.stringify({ q1: 'a', q2: 'b', q3: 'c', q4: 'd' })
const join = (id: string) => pathOf('/connect', { place: '1', id, training: 'false' })

describe('GET /health', () => {
  test('says that all is well, to anyone, and nothing more', async () => {
    await band.restart({ wed: `${communityFile}sources: { game: ["203.0.113.0/24"], bot: [], status: [] }\n` })
    const reply = await band.get('/health', { key: null })
    expect([reply.status, reply.text]).toEqual([200, '{"status":"ok"}'])
    expect(reply.headers).toMatchObject({ 'cache-control': 'no-store', 'x-request-id': expect.any(String) })
  })

  test('says when the database can not be read, and when it can again', async () => {
    const mend = await breakDatabase(band)
    const reply = await band.get('/health', { key: null })
    expect([reply.status, reply.text]).toEqual([503, '{"status":"error"}'])
    await mend()
    expect((await band.get('/health', { key: null })).status).toBe(200)
  })

  test('does not mind what is outside', async () => {
    band.sandbox.fail('all', { mode: 'refuse' })
    await band.get(join('1006'))
    expect((await band.get('/health', { key: null })).status).toBe(200)
  })
})

describe('GET /status', () => {
  test.each(['game', null])('refuses %s for a key', async (key) => {
    const reply = await band.get('/status', { key })
    expect([reply.status, reply.body]).toEqual(
      key === null
        ? [401, { status: 'error', message: 'invalid key' }]
        : [403, { status: 'error', message: 'access denied' }],
    )
  })

  test.each(['bot', 'status'])('tells a %s key of everything that was not needed yet', async (key) => {
    band.advance(90_999)
    const reply = await band.get('/status', { key })
    expect(reply.text).toBe(
      JSON.stringify({
        status: 'ok',
        version: packageFile.version,
        uptime: 90,
        database: ok(startsAt + 90_999),
        roblox: unused,
        discord: unused,
        pastebin: unused,
      }),
    )
    expect(reply.status).toBe(200)
  })

  test('tells when each service last worked', async () => {
    const applications = `applications: { paste: pastebin, pastebinKey: ${sandboxKeys.pastebin},`
    const file = communityFile.replace('applications: {', applications)
    await band.restart({ wed: `${file}  webhooks: { audit: "${sandboxWebhookUrl}" }\n` })
    expect((await band.get('/status')).body).toMatchObject({ roblox: unused, discord: unused, pastebin: unused })
    band.advance(1000)
    await band.post(pathOf('/ban/add', { reason: 'x', username: 'MemberOne', moderator }))
    await eventually(async () =>
      (await band.get('/status')).text.includes('"discord":{"status":"ok"') ? true : undefined,
    )
    band.advance(1000)
    await band.post(pathOf('/application/upload', { id: '1006' }), { body })
    band.advance(1000)
    expect((await band.get('/status')).body).toMatchObject({
      status: 'ok',
      uptime: 3,
      database: ok(startsAt + 3000),
      roblox: ok(startsAt + 1000),
      discord: ok(startsAt + 1000),
      pastebin: ok(startsAt + 2000),
    })
  })

  test('is degraded with one service that fails, and well again with it', async () => {
    await band.get(join('1006'))
    band.sandbox.fail('robloxApis', { mode: '500' })
    band.advance(60_000)
    await band.get(join('1002'))
    const worse = await band.get('/status')
    expect([worse.status, worse.body]).toMatchObject([200, { status: 'degraded', roblox: { status: 'degraded' } }])
    band.sandbox.heal()
    await band.get(join('1003'))
    expect((await band.get('/status')).body).toMatchObject({ status: 'ok', roblox: ok(startsAt + 60_000) })
  })

  test('is well again with Open Cloud, though what stood in for it failed and is not asked any more', async () => {
    await band.get(join('1006'))
    band.sandbox.fail('roblox', { mode: '500' })
    band.advance(60_000)
    for (const id of ['1002', '1003']) await band.get(join(id))
    expect((await band.get('/status')).body).toMatchObject({ roblox: { status: 'degraded' } })
    band.sandbox.heal()
    for (const id of ['1004', '1005']) await band.get(join(id))
    expect((await band.get('/status')).body).toMatchObject({ status: 'ok', roblox: ok(startsAt + 60_000) })
  })

  test('is degraded without a key of Open Cloud by the public API that it stands on, whatever others have', async () => {
    const file = communityFile.replace(', apiKey: sandbox-open-cloud-key', '')
    await band.restart({ wed: communityFile, tropics: file })
    const [game, status] = await Promise.all(
      (['game', 'status'] as const).map((kind) => band.createKey({ kind, community: 'tropics' })),
    )
    await band.get(join('1006'))
    band.sandbox.fail('robloxGroups', { mode: '500' })
    for (const id of ['1001', '1002']) await band.get(join(id), { key: game ?? null })
    expect((await band.get('/status', { key: status ?? null })).body).toMatchObject({ roblox: { status: 'degraded' } })
    expect((await band.get('/status')).body).toMatchObject({ roblox: { status: 'ok' } })
  })

  test('is degraded where Open Cloud has too much to do for the key, and what stands in for it fails', async () => {
    await band.get(join('1006'))
    band.advance(60_000)
    band.sandbox.fail('robloxApis', { mode: '429' })
    await band.get(join('1002'))
    expect((await band.get('/status')).body).toMatchObject({ roblox: { status: 'ok' } })
    band.sandbox.fail('robloxGroups', { mode: '500' })
    for (const id of ['1003', '1004']) await band.get(join(id))
    expect((await band.get('/status')).body).toMatchObject({ status: 'degraded', roblox: { status: 'degraded' } })
    band.sandbox.heal()
    band.advance(60_000)
    await band.get(join('1002'))
    expect((await band.get('/status')).body).toMatchObject({ status: 'ok' })
  })

  test('is well again where the clock was put back a day in an outage', async () => {
    await band.get(join('1006'))
    band.advance(60_000)
    band.sandbox.fail('roblox', { mode: '500' })
    for (const id of ['1001', '1002', '1003', '1004', '1005', '1007', '1008']) await band.get(join(id))
    expect((await band.get('/status')).body).toMatchObject({ roblox: { status: 'down' } })
    band.sandbox.heal()
    band.advance(-86_400_000)
    await band.get(join('1001'))
    band.advance(60_000)
    expect((await band.get(join('1002'))).body).toMatchObject({ clearance: 1 })
    expect((await band.get('/status')).body).toMatchObject({ status: 'ok', uptime: 60 })
  })

  test('is degraded by services that refuse a key, for the community with that key alone', async () => {
    const applications = 'applications: { paste: pastebin, pastebinKey: run-out,'
    const file = communityFile.replace('applications: {', applications)
    const webhook = sandboxWebhookUrl.replace(/.{4}$/, 'gone')
    const wed = `${file.replace('sandbox-open-cloud-key', 'run-out')}  webhooks: { audit: "${webhook}" }\n`
    await band.restart({ wed, tropics: communityFile })
    await band.get(join('1006'))
    await band.post(pathOf('/ban/add', { reason: 'x', username: 'MemberOne', moderator }))
    await band.post(pathOf('/application/upload', { id: '1006' }), { body })
    const degraded = { status: 'degraded' }
    const parts = { roblox: degraded, discord: degraded, pastebin: degraded }
    const status = await eventually(async () => {
      const reply = await band.get('/status')
      return reply.text.includes('"discord":{"status":"unused"') ? undefined : reply.body
    })
    expect(status).toMatchObject({ status: 'degraded', ...parts })
    expect(status).not.toHaveProperty('pastebin.lastSeen')
    const key = await band.createKey({ kind: 'status', community: 'tropics' })
    expect((await band.get('/status', { key })).body).toMatchObject({
      status: 'ok',
      discord: unused,
      pastebin: unused,
    })
  })

  test('says that Roblox is down, and since when, but is not down itself', async () => {
    await band.get(join('1006'))
    band.sandbox.fail('roblox', { mode: 'refuse' })
    band.advance(60_000)
    for (const id of ['1001', '1002', '1003', '1004', '1005']) await band.get(join(id))
    const reply = await band.get('/status')
    expect([reply.status, reply.body]).toMatchObject([
      200,
      { status: 'degraded', database: { status: 'ok' }, roblox: { ...ok(startsAt), status: 'down' } },
    ])
  })

  test('is down with the database: 503, for a key that was seen before', async () => {
    await band.get('/status')
    const mend = await breakDatabase(band)
    band.advance(5000)
    const reply = await band.get('/status')
    expect([reply.status, reply.body]).toEqual([
      503,
      {
        status: 'down',
        version: packageFile.version,
        uptime: 5,
        database: { ...ok(startsAt), status: 'down' },
        roblox: unused,
        discord: unused,
        pastebin: unused,
      },
    ])
    await mend()
    expect((await band.get('/status')).body).toMatchObject({ status: 'ok', database: ok(startsAt + 5000) })
  })
})
