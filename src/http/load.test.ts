import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleCalls, make } from '../../test/example-calls.ts'
import { eventually, findLogLine, type Magicband, startMagicband } from '../../test/magicband.ts'
import { findSample, readScrape } from '../../test/scrape.ts'

const busy = { status: 'error', message: 'server is busy' }

let band: Magicband
beforeAll(async () => {
  band = await startMagicband({ connectionLimits: { delayMs: 60 } })
})
afterAll(() => band.stop())

/** Holds up each turn of the event loop for so long. */
function hold(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

/** Asks while every turn is held up, until the answer is such a one. */
async function askWhileHeld<T>(ask: () => Promise<T>, isIt: (reply: T) => boolean): Promise<T> {
  let isDone = false
  const holding = (async () => {
    while (!isDone) {
      hold(150)
      await turn()
    }
  })()
  try {
    return await eventually(async () => {
      const reply = await ask()
      return isIt(reply) ? reply : undefined
    }, 15_000)
  } finally {
    isDone = true
    await holding
  }
}

describe('while everything waits too long for its turn', () => {
  test('calls are refused in the shape of every refusal, and told when to come back', async () => {
    const reply = await askWhileHeld(
      () => band.get('/connect?place=1&id=1002&training=0'),
      ({ status }) => status === 503,
    )
    expect([reply.body, reply.headers['retry-after']]).toEqual([busy, '1'])
    expect(reply.headers).toMatchObject({ 'cache-control': 'no-store', 'x-request-id': expect.any(String) })
    expect(findLogLine(band, 'too much to do')).toMatchObject({ level: 40 })
    // A line for each would be more to do.
    expect(findLogLine(band, 'a call failed')).toBeUndefined()
  })

  test('with a sentence on the calls of the bot, as problem details under /v1; /health and /metrics are answered', async () => {
    const watch = () => band.get('/metrics', { key: 'status' })
    const replies = await askWhileHeld(
      () => Promise.all([band.get('/profile?id=1'), band.post('/v1/server-token'), band.get('/health'), watch()]),
      ([profile, token]) => profile.status === 503 && token.status === 503,
    )
    expect(replies.map(({ body }) => body)).toEqual([
      { ...busy, discord: expect.any(String) },
      expect.objectContaining({ type: 'urn:magicband:problem:busy', status: 503 }),
      { status: 'ok' },
      undefined,
    ])
    expect(
      findSample(readScrape(replies[3].text), 'magicband_http_refusals_total', { problem: 'server-busy' }),
    ).toBeGreaterThan(0)
  })
})

describe('afterwards', () => {
  test('every call is answered as before', async () => {
    await eventually(async () => ((await band.get('/profile?id=1')).status === 200 ? true : undefined))
    for (const call of exampleCalls) {
      const reply = await make(band, call, { key: call.kinds[0] ?? null })
      expect([call.path, reply.status]).toEqual([call.path, 200])
    }
  })

  test('one long turn alone refuses nobody', async () => {
    const calm = await startMagicband({ connectionLimits: { delayMs: 400 } })
    await calm.get('/health')
    hold(900)
    const statuses: number[] = []
    const until = Date.now() + 1200
    while (Date.now() < until) statuses.push((await calm.get('/profile?id=1')).status)
    expect(new Set(statuses)).toEqual(new Set([200]))
    await calm.stop()
  })
})
