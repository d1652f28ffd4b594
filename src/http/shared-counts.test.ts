import { describe, expect, test } from 'vitest'
import { eventually, type Magicband, startMagicband } from '../../test/magicband.ts'
import { SharedCounts } from './shared-counts.ts'

const profile = '/profile?id=1'

/** Two servers on one database, behind one proxy: they tell each other of what counts against a limit. */
type Servers = { band: Magicband; other: Awaited<ReturnType<Magicband['startAnother']>> }

/** Runs a test on servers of its own: most of it is waiting for them to tell each other. */
async function onTwoServers(run: (servers: Servers) => Promise<void>): Promise<void> {
  const band = await startMagicband({ trustProxy: ['127.0.0.1/32'] })
  const other = await band.startAnother()
  try {
    await run({ band, other })
  } finally {
    await other.stop()
    await band.stop()
  }
}

let addresses = 0
/** An address that no other test uses. */
const newAddress = () => ({ headers: { 'x-forwarded-for': `10.0.1.${++addresses}` } })
type From = ReturnType<typeof newAddress>
type Server = Pick<Magicband, 'get'>

async function sendWrongKeys(server: Server, count: number, from: From): Promise<number[]> {
  const replies = await Promise.all(Array.from({ length: count }, () => server.get(profile, { key: 'wrong', ...from })))
  return [...new Set(replies.map((reply) => reply.status))]
}

const counts = ({ app }: Magicband) => app.database.read.selectFrom('limit_use').selectAll().execute()

/** Waits until a server refuses; how it does. */
function refusal(server: Server, ask: Parameters<Server['get']>[1]) {
  return eventually(async () => {
    const reply = await server.get(profile, ask)
    return reply.status === 429 ? reply : undefined
  })
}

describe.concurrent('wrong keys', () => {
  test('few of them are told to nobody', () =>
    onTwoServers(async ({ band }) => {
      await sendWrongKeys(band, 9, newAddress())
      await new Promise((resolve) => setTimeout(resolve, 1500))
      expect(await counts(band)).toEqual([])
    }))

  test('over a hundred in a minute on both servers together stop the caller on both, until the minute is over', () =>
    onTwoServers(async ({ band, other }) => {
      const from = newAddress()
      expect([await sendWrongKeys(band, 60, from), await sendWrongKeys(other, 41, from)]).toEqual([[401], [401]])
      const refused = [await refusal(band, from), await refusal(other, from)]
      for (const { body, headers } of refused) {
        expect(body).toMatchObject({ message: 'too many requests' })
        expect(headers['retry-after']).toBe('60')
      }
      expect((await other.get(profile, newAddress())).status).toBe(200)
      band.advance(60_000)
      expect([(await band.get(profile, from)).status, (await other.get(profile, from)).status]).toEqual([200, 200])
    }))

  test('up to a hundred of both together stop nobody, however often they are told', () =>
    onTwoServers(async ({ band, other }) => {
      const from = newAddress()
      await sendWrongKeys(band, 50, from)
      await new Promise((resolve) => setTimeout(resolve, 1500))
      await sendWrongKeys(other, 50, from)
      await new Promise((resolve) => setTimeout(resolve, 2500))
      expect([(await band.get(profile, from)).status, (await other.get(profile, from)).status]).toEqual([200, 200])
      await sendWrongKeys(other, 1, from)
      await refusal(band, from)
    }))

  test('stop the caller on a server that starts later', () =>
    onTwoServers(async ({ band }) => {
      const from = newAddress()
      await sendWrongKeys(band, 101, from)
      const third = await band.startAnother()
      await refusal(third, from)
      await third.stop()
    }))

  test('are written down without the address', () =>
    onTwoServers(async ({ band }) => {
      const from = newAddress()
      await sendWrongKeys(band, 20, from)
      await eventually(async () => ((await counts(band)).length > 0 ? true : undefined))
      expect(JSON.stringify(await counts(band))).not.toContain('10.0.1.')
    }))
})

describe.concurrent('a key with a limit', () => {
  test('has it once for all servers: what one lets through, the other lacks', () =>
    onTwoServers(async ({ band, other }) => {
      const key = await band.createKey({ kind: 'bot', limit: { count: 40, perMs: 60_000 } })
      const ask = async (server: Server) => (await server.get(profile, { key })).status
      // Both know the key, so that both have a bucket for it.
      expect([await ask(band), await ask(other)]).toEqual([200, 200])
      for (let count = 0; count < 38; count++) expect(await ask(band)).toBe(200)
      await refusal(other, { key })
      expect(await ask(band)).toBeOneOf([200, 429])
      band.advance(180_000)
      expect([await ask(band), await ask(other)]).toEqual([200, 200])
    }))

  test('has it once also where a server never saw the key before', () =>
    onTwoServers(async ({ band, other }) => {
      const key = await band.createKey({ kind: 'bot', limit: { count: 40, perMs: 60_000 } })
      for (let count = 0; count < 40; count++) expect((await band.get(profile, { key })).status).toBe(200)
      await new Promise((resolve) => setTimeout(resolve, 2500))
      expect((await other.get(profile, { key })).status).toBe(429)
      band.advance(60_000)
      expect((await other.get(profile, { key })).status).toBe(200)
    }))
})

describe.concurrent('counts that are over', () => {
  test('are deleted by the schedule’s work', () =>
    onTwoServers(async ({ band }) => {
      await sendWrongKeys(band, 20, newAddress())
      await eventually(async () => ((await counts(band)).length > 0 ? true : undefined))
      band.advance(70_000)
      const { database } = band.app
      const another = new SharedCounts({ database, clock: band.now, instance: 'another' })
      // What a server is just writing down may come after the first time.
      await eventually(async () => {
        await another.forget()
        return (await counts(band)).length === 0 ? true : undefined
      })
    }))
})

describe.concurrent('while the database is away', () => {
  test('each server counts for itself, says so once, and tells the others afterwards', () =>
    onTwoServers(async ({ band, other }) => {
      const from = newAddress()
      const rename = (name: string, to: string) =>
        band.app.database.act((trx) => trx.schema.alterTable(name).renameTo(to).execute())
      await rename('limit_use', 'away')
      const before = band.log.length
      await sendWrongKeys(band, 101, from)
      expect([(await band.get(profile, from)).status, (await other.get(profile, from)).status]).toEqual([429, 200])
      await new Promise((resolve) => setTimeout(resolve, 3500))
      const failures = band.log.slice(before).filter((line) => line.includes('"work":"shared limits"'))
      // One a server.
      expect(failures).toHaveLength(2)
      await rename('away', 'limit_use')
      await refusal(other, from)
    }))
})
