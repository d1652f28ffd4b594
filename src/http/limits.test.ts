import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Magicband, moderator, startMagicband } from '../../test/magicband.ts'

const profile = '/profile?id=1'
const tooMany = {
  status: 'error',
  message: 'too many requests',
  discord: 'That was too much at once, please try again in a minute.',
}

let band: Magicband
beforeAll(async () => {
  band = await startMagicband({ trustProxy: ['127.0.0.1/32'] })
})
afterAll(() => band.stop())

let addresses = 0
/** An address that no other test uses. */
const newAddress = () => ({ headers: { 'x-forwarded-for': `10.0.0.${++addresses}` } })

async function sendWrongKeys(count: number, from: { headers: Record<string, string> }): Promise<number[]> {
  const replies = await Promise.all(Array.from({ length: count }, () => band.get(profile, { key: 'wrong', ...from })))
  return [...new Set(replies.map((reply) => reply.status))]
}

describe('wrong keys', () => {
  test('up to a hundred in a minute leave a right key alone', async () => {
    const from = newAddress()
    expect(await sendWrongKeys(100, from)).toEqual([401])
    expect((await band.get(profile, from)).status).toBe(200)
  })

  test('over a hundred in a minute stop the address before its key is looked at, until the minute is over', async () => {
    const from = newAddress()
    expect(await sendWrongKeys(101, from)).toEqual([401])
    const refused = await band.get(profile, from)
    expect([refused.status, refused.body, refused.headers['retry-after']]).toEqual([429, tooMany, '60'])
    expect((await band.get(profile, { key: 'wrong', ...from })).status).toBe(429)
    expect((await band.get(profile, { key: null, ...from })).status).toBe(429)
    band.advance(59_001)
    expect((await band.get(profile, from)).headers['retry-after']).toBe('1')
    band.advance(998)
    expect((await band.get(profile, from)).status).toBe(429)
    band.advance(1)
    expect((await band.get(profile, from)).status).toBe(200)
  })

  test('from before the clock was put back count no more, those after it do', async () => {
    const from = newAddress()
    await sendWrongKeys(101, from)
    band.advance(-3_600_000)
    expect((await band.get(profile, from)).status).toBe(200)
    expect(await sendWrongKeys(101, from)).toEqual([401])
    expect((await band.get(profile, from)).status).toBe(429)
    band.advance(60_000)
    expect((await band.get(profile, from)).status).toBe(200)
  })

  test('count within any minute, not within the clock’s', async () => {
    const from = newAddress()
    await sendWrongKeys(1, from)
    band.advance(59_000)
    await sendWrongKeys(60, from)
    band.advance(2_000)
    await sendWrongKeys(41, from)
    const refused = await band.get(profile, from)
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '58'])
    band.advance(58_000)
    expect((await band.get(profile, from)).status).toBe(200)
  })

  test('of one address do not stop another one, and open pages stay open', async () => {
    const from = newAddress()
    await sendWrongKeys(101, from)
    expect((await band.get(profile, newAddress())).status).toBe(200)
    expect((await band.get('/health', { key: null, ...from })).status).toBe(200)
  })

  test('that are missing, were right once, or lack the scope, are not wrong ones', async () => {
    const from = newAddress()
    const ended = await band.createKey({ kind: 'bot', expiresAt: band.now() + 1 })
    band.advance(1)
    for (let count = 0; count < 101; count++) {
      expect((await band.get(profile, { key: ended, ...from })).status).toBe(401)
      expect((await band.get(profile, { key: null, ...from })).status).toBe(401)
      expect((await band.get(profile, { key: 'status', ...from })).status).toBe(403)
    }
    expect((await band.get(profile, from)).status).toBe(200)
  })

  test('are told without the sentence for Discord where no bot asks', async () => {
    const from = newAddress()
    await sendWrongKeys(101, from)
    const reply = await band.get('/connect?place=1&id=1&training=0', from)
    expect([reply.status, reply.body]).toEqual([429, { status: 'error', message: 'too many requests' }])
  })
})

describe('a key', () => {
  test('without a limit has none', async () => {
    const replies = await Promise.all(Array.from({ length: 300 }, () => band.get(profile)))
    expect(replies.every((reply) => reply.status === 200)).toBe(true)
  })

  test('with a limit is refused over it, and let in again as time goes by', async () => {
    const key = await band.createKey({ kind: 'bot', limit: { count: 3, perMs: 60_000 } })
    const ask = async () => (await band.get(profile, { key })).status
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual([200, 200, 200, 429])
    const refused = await band.get(profile, { key })
    expect([refused.body, refused.headers['retry-after']]).toEqual([tooMany, '20'])
    band.advance(19_999)
    expect(await ask()).toBe(429)
    band.advance(1)
    expect([await ask(), await ask()]).toEqual([200, 429])
    band.advance(3_600_000)
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual([200, 200, 200, 429])
  })

  test('and a clock that is put back waits no longer for it', async () => {
    const key = await band.createKey({ kind: 'bot', limit: { count: 3, perMs: 60_000 } })
    const ask = async () => (await band.get(profile, { key })).status
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual([200, 200, 200, 429])
    band.advance(-3_600_000)
    expect(await ask()).toBe(429)
    band.advance(20_000)
    expect([await ask(), await ask()]).toEqual([200, 429])
  })

  test('that asks all the time is let in when retry-after said', async () => {
    const key = await band.createKey({ kind: 'bot', limit: { count: 1, perMs: 1000 } })
    expect((await band.get(profile, { key })).status).toBe(200)
    for (let waitedMs = 100; waitedMs < 1000; waitedMs += 100) {
      band.advance(100)
      expect((await band.get(profile, { key })).status).toBe(429)
    }
    band.advance(100)
    expect((await band.get(profile, { key })).status).toBe(200)
  })

  test('shares its limit among all calls and addresses, and with no other key', async () => {
    const limit = { count: 2, perMs: 60_000 }
    const [one, other] = [await band.createKey({ kind: 'bot', limit }), await band.createKey({ kind: 'bot', limit })]
    await band.get(profile, { key: one, ...newAddress() })
    await band.get('/status', { key: one, ...newAddress() })
    const ban = `/ban/add?reason=x&username=Visitor100001&moderator=${moderator}`
    expect((await band.post(ban, { key: one })).status).toBe(429)
    expect((await band.post(ban, { key: other })).status).toBe(200)
  })
})
