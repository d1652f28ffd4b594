import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { communityFile, eventually, type Magicband, startMagicband } from '../../test/magicband.ts'
import { cloudflare, loopback, roblox } from '../config/network-lists.ts'
import { createKeyText } from '../keys/key-text.ts'

/** Who the caller is, behind no proxy, one, several, and Cloudflare; the tests themselves are the proxy, on loopback. */
const profile = '/profile?id=1'
const from = (forwarded: string) => ({ headers: { 'x-forwarded-for': forwarded } })
const many = Array.from({ length: 1500 }, (_, index) => `198.51.100.${index % 256}`).join(', ')

const running = new Set<Magicband>()
async function start(options: Parameters<typeof startMagicband>[0]): Promise<Magicband> {
  const band = await startMagicband(options)
  running.add(band)
  return band
}
afterAll(async () => {
  for (const band of running) await band.stop()
})

/** The address that the server took a request to come from. */
async function seenBy(band: Magicband, headers: Record<string, string>): Promise<unknown> {
  const reply = await band.get(profile, { headers })
  const line = await eventually(() =>
    band.log.find((one) => one.includes(reply.headers['x-request-id'] ?? '?') && one.includes('"answered"')),
  )
  return JSON.parse(line).ip
}

type Row = readonly [forwarded: string | undefined, caller: string]

const setups: { name: string; trustProxy: readonly string[]; rows: Row[] }[] = [
  {
    name: 'no proxy',
    trustProxy: [],
    rows: [
      [undefined, '127.0.0.1'],
      ['203.0.113.7', '127.0.0.1'],
      ['127.0.0.1, 203.0.113.7', '127.0.0.1'],
      ['unknown', '127.0.0.1'],
      [many, '127.0.0.1'],
    ],
  },
  {
    name: 'a proxy that is not the one that is trusted',
    trustProxy: ['10.0.0.1/32'],
    rows: [
      [undefined, '127.0.0.1'],
      ['203.0.113.7', '127.0.0.1'],
      ['203.0.113.7, 10.0.0.1', '127.0.0.1'],
    ],
  },
  {
    name: 'one proxy',
    trustProxy: ['127.0.0.1/32'],
    rows: [
      [undefined, '127.0.0.1'],
      ['', '127.0.0.1'],
      [' ', '127.0.0.1'],
      [',', '127.0.0.1'],
      ['203.0.113.7', '203.0.113.7'],
      ['2001:db8:7::1', '2001:db8:7::1'],
      // What the caller itself sent stands before what the proxy added.
      ['10.0.0.1, 203.0.113.7', '203.0.113.7'],
      ['127.0.0.1, 203.0.113.7', '203.0.113.7'],
      ['garbage, "><script>, 203.0.113.7', '203.0.113.7'],
      [`${many}, 203.0.113.7`, '203.0.113.7'],
      [',,, ,203.0.113.7', '203.0.113.7'],
      ['203.0.113.7, unknown', 'unknown'],
      ['203.0.113.7, 198.51.100.1:4711', '198.51.100.1'],
    ],
  },
  {
    name: 'several proxies',
    trustProxy: ['127.0.0.1/32', '10.100.0.0/16', '2001:db8:9::/48'],
    rows: [
      ['203.0.113.7, 10.100.3.4', '203.0.113.7'],
      ['203.0.113.7, 10.100.3.4, 2001:db8:9::5', '203.0.113.7'],
      ['203.0.113.7, ::ffff:10.100.3.4', '203.0.113.7'],
      ['10.100.9.9, 203.0.113.7, 10.100.3.4', '203.0.113.7'],
      ['203.0.113.7, 198.51.100.1, 10.100.3.4', '198.51.100.1'],
      ['203.0.113.7, garbage, 10.100.3.4', 'garbage'],
      // Everyone in the chain is trusted: the first of them called.
      ['10.100.1.1, 10.100.3.4', '10.100.1.1'],
    ],
  },
  {
    name: 'Cloudflare, through a tunnel or a balancer on this machine',
    trustProxy: [...loopback, ...cloudflare],
    rows: [
      ['203.0.113.7, 173.245.48.5', '203.0.113.7'],
      ['203.0.113.7, 2606:4700::6810:1', '203.0.113.7'],
      ['198.51.100.1, 203.0.113.7, 162.159.255.254', '203.0.113.7'],
      // Past Cloudflare, with a header that makes believe.
      ['203.0.113.7, 173.245.48.5, 198.51.100.1', '198.51.100.1'],
      ['203.0.113.7, 173.245.64.1', '173.245.64.1'],
      // With ports.
      ['203.0.113.7:4711, 173.245.48.5:443', '203.0.113.7'],
      // A Worker of another customer of Cloudflare is a caller, whatever it says.
      ['203.0.113.7, 2a06:98c0:3600::103', '2a06:98c0:3600::103'],
    ],
  },
]

describe.each(setups)('behind $name', ({ trustProxy, rows }) => {
  let band: Magicband
  beforeAll(async () => {
    band = await start({ trustProxy })
  })

  test.each(rows.map(([forwarded, caller]) => ({ forwarded, caller })))(
    '$forwarded is $caller',
    async ({ forwarded, caller }) => {
      expect(await seenBy(band, forwarded === undefined ? {} : { 'x-forwarded-for': forwarded })).toBe(caller)
    },
  )

  test('no other header says who the caller is', async () => {
    const names = ['forwarded', 'x-real-ip', 'cf-connecting-ip', 'true-client-ip', 'x-client-ip', 'client-ip']
    const headers = Object.fromEntries(names.map((name) => [name, '203.0.113.7']))
    expect(await seenBy(band, headers)).toBe('127.0.0.1')
  })
})

describe('where the server listens on IPv6, IPv4 callers come as ::ffff:', () => {
  let band: Magicband
  beforeAll(async () => {
    const sources = 'sources: { game: any, bot: ["127.0.0.1", "203.0.113.7"], status: ["10.9.0.1"] }\n'
    band = await start({ host: '::', trustProxy: ['127.0.0.1/32'], files: { wed: communityFile + sources } })
  })

  test('and are of the networks of IPv4, as callers and as proxies', async () => {
    expect(await seenBy(band, {})).toBe('::ffff:127.0.0.1')
    expect((await band.get(profile)).status).toBe(200)
    expect(await seenBy(band, { 'x-forwarded-for': '203.0.113.7' })).toBe('203.0.113.7')
    const statuses = ['203.0.113.7', '::ffff:203.0.113.7', '::ffff:cb00:7107', '203.0.113.8'].map(
      async (address) => (await band.get(profile, from(address))).status,
    )
    expect(await Promise.all(statuses)).toEqual([200, 200, 200, 403])
  })
})

describe('wrong keys count against', () => {
  let band: Magicband
  beforeAll(async () => {
    band = await start({ trustProxy: ['127.0.0.1/32'] })
  })

  test.each([
    [
      'an IPv4 address, however it is written',
      ['203.0.113.20', '::ffff:203.0.113.20', '::FFFF:cb00:7114'],
      '203.0.113.21',
    ],
    [
      'a network of IPv6, of which one caller has all addresses',
      Array.from({ length: 101 }, (_, index) => `2001:db8:20:1:${index.toString(16)}::1`),
      '2001:db8:20:2::1',
    ],
    ['what is no address, however it is written', ['unknown', 'unknown2', '_hidden', '1.2.3:80'], '203.0.113.22'],
  ])('%s', async (_name, addresses, another) => {
    for (let count = 0; count <= 100; count++) {
      const address = addresses[count % addresses.length] ?? ''
      expect((await band.get(profile, { key: 'wrong', ...from(address) })).status).toBe(401)
    }
    for (const address of addresses.slice(0, 5)) expect((await band.get(profile, from(address))).status).toBe(429)
    expect((await band.get(profile, from(another))).status).toBe(200)
  })
})

describe('a source of no community is told nothing of what there is', () => {
  let band: Magicband
  beforeAll(async () => {
    const file = `${communityFile}sources: { game: roblox, bot: ["10.2.0.0/16"], status: ["10.2.0.0/16"] }\n`
    band = await start({ trustProxy: ['127.0.0.1/32'], files: { wed: file } })
  })

  test('right keys, wrong ones, mistyped ones and none are answered with the same', async () => {
    const revoked = await band.createKey({ kind: 'bot', expiresAt: band.now() - 1 })
    const { game = '', bot = '', status = '' } = band.keys.wed ?? {}
    const keys = [game, bot, status, revoked, 'wrong', createKeyText('bot', randomBytes), `${bot}x`, null]
    for (const path of ['/connect?place=1&id=1&training=0', '/connect', '/status']) {
      const replies = await Promise.all(keys.map((key) => band.get(path, { key, ...from('203.0.113.1') })))
      const told = replies.map(({ status, text, headers }) => {
        const { date, 'x-request-id': id, ...rest } = headers
        return JSON.stringify([status, text, rest])
      })
      expect([path, new Set(told).size]).toEqual([path, 1])
      expect(replies[0]?.status).toBe(403)
    }
  })

  test('roblox stands for the networks of the list', async () => {
    const call = '/connect?place=1&id=1&training=0'
    for (const network of roblox) {
      const [address = ''] = network.split('/')
      expect([network, (await band.get(call, from(address))).status]).toEqual([network, 200])
    }
    for (const address of ['128.115.255.255', '128.116.128.0', '10.2.0.1']) {
      expect([address, (await band.get(call, from(address))).status]).toEqual([address, 403])
    }
  })
})
