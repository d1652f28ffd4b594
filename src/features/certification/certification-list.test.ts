import { afterAll, beforeAll, expect, test } from 'vitest'
import { communityFile, type Magicband, startMagicband } from '../../../test/magicband.ts'

const path = '/v1/certifications'
const all = {
  certifications: [
    { code: 'char', name: 'Characters' },
    { code: 'tot', name: 'Tower of Terror' },
    { code: 'mtp', name: 'Mad Tea Party' },
    { code: 'btmr', name: 'Big Thunder Mountain Railroad' },
    { code: 'rnrc', name: "Rock 'n' Roller Coaster" },
  ],
}

let band: Magicband
beforeAll(async () => {
  band = await startMagicband()
})
afterAll(() => band.stop())

const ask = (etag?: string) => band.get(path, etag === undefined ? {} : { headers: { 'if-none-match': etag } })

test('needs the scope, not only the kind', async () => {
  const key = await band.createKey({ kind: 'bot', scopes: ['profile', 'ban'] })
  expect((await band.get(path, { key })).body).toMatchObject({ type: 'urn:magicband:problem:access-denied' })
})

test('lists them in the order of the community file, whatever is in the query', async () => {
  const reply = await band.get(`${path}?certification=tot`)
  expect([reply.status, reply.body]).toEqual([200, all])
  expect(reply.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'private, no-cache',
    etag: expect.stringMatching(/^"[\w-]{22}"$/),
  })
})

test('says that nothing has changed to whoever knows the answer, also after a proxy that zips', async () => {
  const { etag = '' } = (await ask()).headers
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const reply = await ask(known)
    expect([known, reply.status, reply.text, reply.headers.etag]).toEqual([known, 304, '', etag])
  }
  for (const unknown of ['"other"', etag.slice(0, -2), '']) expect((await ask(unknown)).status).toBe(200)
})

test('answers HEAD with the tag and nothing else', async () => {
  const head = await band.request('HEAD', path)
  expect([head.status, head.text, head.headers.etag]).toEqual([200, '', (await ask()).headers.etag])
})

test('is not kept for an idempotency key: a second look is a look', async () => {
  const headers = { 'idempotency-key': 'the-same' }
  expect((await band.get(path, { headers })).headers.etag).toBeDefined()
  expect(await band.app.database.read.selectFrom('idempotency').selectAll().execute()).toEqual([])
})

test('has the same tag after a restart, and another one when the community file has changed', async () => {
  const { etag = '' } = (await ask()).headers
  await band.restart()
  expect((await ask(etag)).status).toBe(304)
  await band.restart({ wed: communityFile.replace('Mad Tea Party', 'Teacups') })
  expect((await ask(etag)).body).toMatchObject({
    certifications: expect.arrayContaining([{ code: 'mtp', name: 'Teacups' }]),
  })
  await band.restart({ wed: communityFile.replace(/certifications:\n.*\n.*\n/, '') })
  expect((await ask(etag)).body).toEqual({ certifications: [] })
  await band.restart({ wed: communityFile })
})
