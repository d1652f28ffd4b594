import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleCalls, exampleOf, make } from '../../test/example-calls.ts'
import { communityFile, type Magicband, startMagicband } from '../../test/magicband.ts'

const sentence = 'The bot is not allowed to ask from where it runs; please tell whoever runs this bot.'
const denied = { status: 'error', message: 'access denied' }

/** Loopback is the proxy, so `x-forwarded-for` says where a request comes from. */
let band: Magicband
beforeAll(async () => {
  const wed = `${communityFile}sources: { game: ["10.1.0.0/16", "2001:db8:1::/48"], bot: ["10.2.0.0/16"], status: ["192.0.2.7"] }\n`
  const zoo = `${communityFile}sources: { game: ["10.9.0.0/16"], bot: ["10.2.5.0/24"], status: ["10.9.0.0/16"] }\n`
  band = await startMagicband({ files: { wed, zoo }, trustProxy: ['127.0.0.0/8', '::1/128', '10.100.0.0/16'] })
})
afterAll(() => band.stop())

const from = (forwarded: string) => ({ headers: { 'x-forwarded-for': forwarded } })

describe('an address', () => {
  test.each([
    ['of no community', '203.0.113.1'],
    ['of no community, IPv6', '2001:db8:2::1'],
    ['of no community, IPv4 in IPv6', '::ffff:203.0.113.1'],
    ['just outside of a network', '10.3.0.0'],
    ['that is none', 'unknown'],
    ['of no community, with a port', '203.0.113.1:4711'],
    ['in front of one of no community', '10.2.0.1, 203.0.113.1'],
    ['in front of one that is none', '10.2.0.1, unknown'],
    ['of nobody: the proxy names none', ''],
  ])('%s is refused with a right key (%s)', async (_name, address) => {
    const reply = await band.get('/profile?id=1', from(address))
    expect([reply.status, reply.body]).toEqual([403, { ...denied, discord: sentence }])
  })

  test('of no community is refused at every call', async () => {
    for (const call of exampleCalls) {
      const reply = await make(band, call, { key: call.kinds[0] ?? null, ...from('203.0.113.1') })
      expect([call.path, reply.status, reply.body]).toEqual([call.path, 403, expect.objectContaining(denied)])
    }
  })

  test('of no community is refused before its key is looked at', async () => {
    // Wrong keys that were looked at would be counted, and answered with 429 in the end.
    for (let count = 0; count < 105; count++) {
      const reply = await band.get('/profile?id=1', { key: 'wrong', ...from('203.0.113.2') })
      expect(reply.status).toBe(403)
    }
    // And a key that was never used would be answered with 500 where keys can't be read.
    const key = await band.createKey({ kind: 'bot' })
    await renameTable('api_key', 'api_key_away')
    expect((await band.get('/profile?id=1', { key, ...from('203.0.113.2') })).status).toBe(403)
    expect((await band.get('/profile?id=1', { key, ...from('10.2.0.1') })).status).toBe(500)
    await renameTable('api_key_away', 'api_key')
  })

  test.each([
    ['game', '/connect', '10.1.255.255'],
    ['game', '/connect', '2001:db8:1:ffff::1'],
    ['game', '/connect', '::ffff:10.1.0.1'],
    ['bot', '/profile', '10.2.0.1'],
    ['bot', '/profile', '::ffff:10.2.0.1'],
    ['bot', '/profile', '::ffff:a02:1'],
    ['bot', '/profile', '203.0.113.1, 10.2.0.1'],
    ['bot', '/profile', '203.0.113.1,10.2.0.1,127.0.0.1,10.100.3.4'],
    ['status', '/status', '192.0.2.7'],
  ])('of the kind lets a %s key in at %s (%s)', async (kind, path, address) => {
    const reply = await make(band, exampleOf(path), { key: kind, ...from(address) })
    expect(reply.status).toBe(200)
  })

  test.each([
    ['bot', '/profile', '10.1.0.1', 'game servers of the same community'],
    ['bot', '/profile', '10.9.0.1', 'game servers of another community'],
    ['game', '/connect', '10.9.0.1', 'game servers of another community'],
    ['game', '/profile', '10.2.0.1', 'the bot'],
    ['status', '/status', '10.2.0.1', 'the bot'],
    ['status', '/status', '192.0.2.8', 'nobody'],
  ])('refuses a right %s key at %s from %s, where %s may be', async (kind, path, address) => {
    const reply = await make(band, exampleOf(path), { key: kind, ...from(address) })
    expect([reply.status, reply.body]).toEqual([403, expect.objectContaining(denied)])
  })

  test('of another kind is refused after its key: a wrong key is a 401 there', async () => {
    const reply = await band.get('/profile?id=1', { key: 'wrong', ...from('10.1.0.1') })
    expect([reply.status, reply.body]).toEqual([401, expect.objectContaining({ message: 'invalid key' })])
  })

  test('that two communities share lets the bots of both in', async () => {
    const key = band.keys.zoo?.bot ?? ''
    expect((await band.get('/profile?id=1', { key, ...from('10.2.5.1') })).status).toBe(200)
    expect((await band.get('/profile?id=1', { key, ...from('10.2.6.1') })).status).toBe(403)
    expect((await band.get('/profile?id=1', from('10.2.5.1'))).status).toBe(200)
  })

  test('of no community may ask for health and for paste pages', async () => {
    const upload = await make(band, exampleOf('/application/upload'), from('10.1.0.1'))
    const { url } = upload.body as { url: string }
    const elsewhere = { key: null, ...from('203.0.113.1') }
    expect((await band.get('/health', elsewhere)).body).toEqual({ status: 'ok' })
    const page = await band.get(new URL(url).pathname, elsewhere)
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('I like rides')])
  })

  test.each(['/openapi.json', '/docs/'])('of no community is refused at %s, others need no key', async (path) => {
    const refused = await band.get(path, { key: null, ...from('203.0.113.1') })
    expect([refused.status, refused.body]).toEqual([403, denied])
    expect((await band.get(path, { key: null, ...from('10.2.0.1') })).status).toBe(200)
  })
})

describe('without a trusted proxy', () => {
  test('x-forwarded-for is not believed', async () => {
    const file = `${communityFile}sources: { game: any, bot: ["10.2.0.0/16"], status: ["127.0.0.1"] }\n`
    const direct = await startMagicband({ files: { wed: file } })
    expect((await direct.get('/profile?id=1', from('10.2.0.1'))).status).toBe(403)
    expect((await direct.get('/status', from('10.2.0.1'))).status).toBe(200)
    await direct.stop()
  })

  test('a community without sources takes callers from anywhere', async () => {
    const open = await startMagicband({ trustProxy: ['127.0.0.1/32'] })
    for (const address of ['203.0.113.1', '2001:db8::1', 'unknown']) {
      expect((await open.get('/profile?id=1', from(address))).status).toBe(200)
    }
    await open.stop()
  })
})

function renameTable(name: string, to: string): Promise<unknown> {
  return band.app.database.act((trx) => trx.schema.alterTable(name).renameTo(to).execute())
}
