import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Magicband, moderator, pathOf, startMagicband } from '../../test/magicband.ts'
import { hashKey } from './key-text.ts'
import { findKeyByHash, listKeys, revokeKey } from './keys.store.ts'
import { kinds, scopesOfKind } from './scopes.ts'

let band: Magicband
beforeAll(async () => {
  band = await startMagicband()
})
afterAll(() => band.stop())

describe('a key in the database', () => {
  test('is nothing but its hash, whatever was done with it', async () => {
    const texts = Object.values(band.keys.wed ?? {})
    texts.push(await band.createKey({ kind: 'bot', name: 'the bot', limit: { count: 9, perMs: 1000 } }))
    const ban = pathOf('/ban/add', { reason: 'x', username: 'CastOne', moderator })
    for (const key of texts) {
      await band.get(`/profile?id=1&key=${key}`, { key: null })
      await band.post(ban, { key, headers: { 'idempotency-key': 'a' } })
      await band.post(`/application/upload?id=1&key=${key}`, { body: 'q1=a&q2=b&q3=c&q4=d' })
    }
    // The stop writes down when keys were last used.
    await band.restart()
    const bytes = await contentOfDatabase()
    expect(bytes.length).toBeGreaterThan(0)
    for (const text of texts) {
      expect(bytes.some((file) => file.includes(hashKey(text)))).toBe(true)
      // Its beginning is kept to tell keys apart; anything more would be too much.
      const secret = text.slice(text.lastIndexOf('_') + 1)
      expect(bytes.some((file) => file.includes(secret.slice(0, 6)) || file.includes(secret.slice(-8)))).toBe(false)
    }
  })

  test('has what it was created with', async () => {
    const limit = { count: 600, perMs: 60_000 }
    const expiresAt = band.now() + 1000
    const text = await band.createKey({ kind: 'game', name: 'Hub', scopes: ['log'], limit, expiresAt })
    const key = await findKeyByHash(band.app.database.read, hashKey(text))
    expect(key).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      caller: key?.id,
      community: 'wed',
      kind: 'game',
      name: 'Hub',
      start: text.slice(0, 12),
      scopes: ['log'],
      limit,
      createdAt: band.now(),
      expiresAt,
      revokedAt: undefined,
      lastUsedAt: undefined,
    })
  })

  test.each(kinds)('has all the scopes of its kind, unless told otherwise: %s', async (kind) => {
    const text = await band.createKey({ kind })
    expect(await findKeyByHash(band.app.database.read, hashKey(text))).toMatchObject({ scopes: scopesOfKind[kind] })
  })

  test('tells when it was last used after a while', async () => {
    const text = await band.createKey({ kind: 'bot' })
    const find = () => findKeyByHash(band.app.database.read, hashKey(text))
    await band.get('/profile?id=1', { key: text })
    expect(await find()).toMatchObject({ lastUsedAt: undefined })
    const usedAt = band.now()
    band.advance(5000)
    await band.restart()
    expect(await find()).toMatchObject({ lastUsedAt: usedAt })
  })

  test('is revoked once', async () => {
    const { act, read } = band.app.database
    const id = (await findKeyByHash(read, hashKey(await band.createKey({ kind: 'bot' }))))?.id ?? ''
    const revoke = (now: number) => act((trx) => revokeKey(trx, id, now))
    expect([await revoke(5), await revoke(6), await act((trx) => revokeKey(trx, 'unknown', 7))]).toEqual([
      true,
      false,
      false,
    ])
    expect((await listKeys(read, { community: 'wed' })).find((key) => key.id === id)).toMatchObject({ revokedAt: 5 })
  })
})

describe('while the database can not be read', () => {
  const profile = '/profile?id=1'
  const rename = (name: string, to: string) =>
    band.app.database.act((trx) => trx.schema.alterTable(name).renameTo(to).execute())

  test('keys that were seen are remembered, others are a failure and no refusal', async () => {
    const seen = await band.createKey({ kind: 'bot' })
    const unseen = await band.createKey({ kind: 'bot' })
    await band.get(profile, { key: seen })
    await rename('api_key', 'away')
    band.advance(24 * 3_600_000)
    expect((await band.get(profile, { key: seen })).status).toBe(200)
    const reply = await band.get(profile, { key: unseen })
    expect([reply.status, reply.body]).toEqual([500, expect.objectContaining({ message: 'error encountered' })])
    // What can't be a key needs no database to be refused.
    expect((await band.get(profile, { key: 'wrong' })).status).toBe(401)
    await rename('away', 'api_key')
    expect((await band.get(profile, { key: unseen })).status).toBe(200)
  })

  test('one that was revoked stays refused', async () => {
    const key = await band.createKey({ kind: 'bot' })
    const { act, read } = band.app.database
    const id = (await findKeyByHash(read, hashKey(key)))?.id ?? ''
    await act((trx) => revokeKey(trx, id, band.now()))
    expect((await band.get(profile, { key })).status).toBe(401)
    await rename('api_key', 'away')
    band.advance(1000)
    expect((await band.get(profile, { key })).status).toBe(401)
    await rename('away', 'api_key')
  })
})

/** All that the database holds: the file and what SQLite keeps beside it, or every row of PostgreSQL. */
async function contentOfDatabase(): Promise<Buffer[]> {
  if (band.databaseUrl.startsWith('sqlite:')) {
    const folder = dirname(band.databaseUrl.replace('sqlite:', ''))
    return readdirSync(folder).map((name) => readFileSync(join(folder, name)))
  }
  const { read } = band.app.database
  const tables = await read.introspection.getTables()
  return Promise.all(
    tables.map(async ({ name }) =>
      Buffer.from(JSON.stringify(await sql`select * from ${sql.table(name)}`.execute(read))),
    ),
  )
}
