import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleCalls, exampleOf, make } from '../../test/example-calls.ts'
import { communityFile, type Magicband, moderator, pathOf, startMagicband } from '../../test/magicband.ts'
import { sandboxKeys } from '../sandbox/world.ts'

const hourMs = 3_600_000
const reused = { status: 'error', message: 'idempotency key was used for another call' }

let band: Magicband
beforeAll(async () => {
  band = await startMagicband()
})
afterAll(() => band.stop())

let count = 0
/** An ask with an idempotency key that no other test uses. */
const once = (text = `key ${++count}`) => ({ headers: { 'idempotency-key': text } })
const ban = (username: string, more = {}) => pathOf('/ban/add', { reason: 'bad boy', username, moderator, ...more })
const unban = (username: string) => pathOf('/ban/remove', { reason: 'good boy', username, moderator })
const shift = (more = {}) =>
  pathOf('/log', { id: '1002', place: '1', duration: '600', training: 'false', server: 'job-1', ...more })

describe('a malformed idempotency key', () => {
  test.each([
    ['201 characters', 'x'.repeat(201)],
    ['a character beyond ASCII', 'caf\u00e9'],
    ['a tab', 'a\tb'],
    ['nothing', ''],
  ])('is refused and named: %s', async (_name, text) => {
    const reply = await band.post(ban('Visitor100050'), once(text))
    const message = 'invalid parameter: idempotency-key'
    expect([reply.status, reply.body]).toEqual([400, { status: 'error', message, discord: expect.any(String) }])
    expect(await bansOf('100050')).toEqual([])
  })

  test.each(exampleCalls)('is refused at $method $path', async (call) => {
    const reply = await make(band, call, once('x'.repeat(201)))
    expect([reply.status, reply.body]).toEqual([
      400,
      expect.objectContaining({ message: 'invalid parameter: idempotency-key' }),
    ])
  })
})

describe('the same call again', () => {
  test.each([
    ['1 character', 'x'],
    ['200 characters', 'y'.repeat(200)],
    ['every printable character', Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).join('')],
  ])('is answered with the same, and done once (key of %s)', async (_name, text) => {
    const call = shift({ server: text.slice(0, 100) })
    const first = await band.post(call, once(text))
    // Much later than the shift's own protection against repeats.
    band.advance(hourMs)
    const second = await band.post(call, once(text))
    expect([first.status, second.status, second.text]).toEqual([200, 200, first.text])
    expect(await shiftsOn(text.slice(0, 100))).toHaveLength(1)
  })

  test.each(exampleCalls)('$method $path', async (call) => {
    const ask = once()
    const first = await make(band, call, ask)
    const entries = await auditEntries()
    const second = await make(band, call, ask)
    expect([first.status, second.status, second.text]).toEqual([200, 200, first.text])
    expect(await auditEntries()).toEqual(entries)
  })

  test('has headers of its own', async () => {
    const ask = once()
    const ids = [await band.get('/profile?id=1', ask), await band.get('/profile?id=1', ask)].map(
      ({ headers }) => headers['x-request-id'],
    )
    expect(new Set(ids).size).toBe(2)
  })

  test('without the key, or with another one, is another call', async () => {
    const ask = once()
    expect((await band.post(ban('Visitor100001'), ask)).status).toBe(200)
    expect((await band.post(ban('Visitor100001'))).status).toBe(400)
    expect((await band.post(ban('Visitor100001'), once())).status).toBe(400)
    expect((await band.post(ban('Visitor100001'), ask)).status).toBe(200)
  })

  test('written differently is the same: order, letter case of booleans, zeros, parameters that mean nothing', async () => {
    const ask = once()
    expect((await band.post(shift({ server: 'same' }), ask)).status).toBe(200)
    band.advance(hourMs)
    const again = '/log?banana=1&server=same&training=FALSE&duration=600.5&place=001&id=01002&banana=2'
    expect((await band.post(again, ask)).status).toBe(200)
    expect(await shiftsOn('same')).toHaveLength(1)
  })

  test('is remembered over a restart', async () => {
    const ask = once()
    const first = await band.post(ban('Visitor100002'), ask)
    await band.restart()
    const second = await band.post(ban('Visitor100002'), ask)
    expect([first.status, second.status, second.text]).toEqual([200, 200, first.text])
    expect(await bansOf('100002')).toHaveLength(1)
  })

  test('is remembered for 48 hours, to the moment', async () => {
    const ask = once()
    expect((await band.post(ban('Visitor100003'), ask)).status).toBe(200)
    await band.post(unban('Visitor100003'))
    band.advance(48 * hourMs - 1)
    expect((await band.post(ban('Visitor100003'), ask)).status).toBe(200)
    expect(await bansOf('100003')).toHaveLength(1)
    band.advance(1)
    expect((await band.post(ban('Visitor100003'), ask)).status).toBe(200)
    expect(await bansOf('100003')).toHaveLength(2)
    // And that answer is remembered in the place of the old one.
    band.advance(48 * hourMs - 1)
    expect((await band.post(ban('Visitor100003'), ask)).status).toBe(200)
    expect(await bansOf('100003')).toHaveLength(2)
  })

  test('twenty times at once is done once, and answered twenty times', async () => {
    const ask = once()
    const call = shift({ server: 'at once', duration: '0' })
    const replies = await Promise.all(Array.from({ length: 20 }, () => band.post(call, ask)))
    expect(replies.map((reply) => reply.status)).toEqual(Array(20).fill(200))
    expect(await shiftsOn('at once')).toHaveLength(1)
    // Without the key a shift of no seconds is never a repeat, so the key has done it.
    await band.post(call)
    expect(await shiftsOn('at once')).toHaveLength(2)
  })
})

describe('copies that arrive at once', () => {
  test('ask outside services once as well', async () => {
    const paste = `paste: pastebin, pastebinKey: ${sandboxKeys.pastebin}`
    const file = communityFile.replace('applications: {', `applications: { ${paste},`)
    const other = await startMagicband({ files: { wed: file } })
    const upload = exampleOf('/application/upload')
    const replies = await Promise.all(Array.from({ length: 20 }, () => make(other, upload, once('upload'))))
    expect(new Set(replies.map((reply) => reply.text)).size).toBe(1)
    expect(replies[0]?.body).toMatchObject({ url: expect.stringMatching(/^https:\/\/pastebin\.com\/raw\//) })
    expect(other.sandbox.requests('pastebin')).toHaveLength(1)
    await other.stop()
  })
})

describe('what is remembered', () => {
  test('a refusal by the call’s own rules', async () => {
    const ask = once()
    expect((await band.post(unban('Visitor100004'), ask)).body).toMatchObject({ status: 'error' })
    await band.post(ban('Visitor100004'))
    expect((await band.post(unban('Visitor100004'), ask)).body).toEqual({
      status: 'error',
      discord: "**Visitor100004** isn't banned.",
    })
    expect(await bansOf('100004')).toMatchObject([{ lifted_at: null }])
  })

  test('that there is no such user', async () => {
    const ask = once()
    expect((await band.post(ban('Newcomer'), ask)).status).toBe(404)
    band.sandbox.world.addUser({ id: '5000', name: 'Newcomer' })
    band.advance(hourMs)
    const again = await band.post(ban('Newcomer'), ask)
    expect([again.status, again.body]).toEqual([404, expect.objectContaining({ message: "couldn't find user" })])
    expect((await band.post(ban('Newcomer'))).status).toBe(200)
  })

  test('not a failure: the call can be repeated', async () => {
    const ask = once()
    const approve = pathOf('/application/approve', { id: '100005', moderator })
    band.sandbox.fail('roblox', { mode: '500' })
    expect((await band.post(approve, ask)).status).toBe(500)
    band.sandbox.heal()
    band.advance(hourMs)
    expect((await band.post(approve, ask)).status).toBe(200)
    expect((await band.post(approve, ask)).status).toBe(200)
    expect((await band.post(approve)).status).toBe(400)
  })

  test('not a failure of the database, and nothing is changed by one', async () => {
    const ask = once()
    await renameTable('audit_entry', 'away')
    const failed = await band.post(ban('Visitor100006'), ask)
    expect([failed.status, failed.body]).toMatchObject([500, { modifiedCount: 0, upsertedCount: 0 }])
    await renameTable('away', 'audit_entry')
    expect(await bansOf('100006')).toEqual([])
    expect((await band.post(ban('Visitor100006'), ask)).status).toBe(200)
    expect((await band.post(ban('Visitor100006'), ask)).status).toBe(200)
  })

  test('not a refusal by the checks before the call’s rules', async () => {
    const ask = once()
    const limit = { count: 1, perMs: 60_000 }
    const key = await band.createKey({ kind: 'bot', limit })
    const call = ban('Visitor100007')
    expect((await band.post(call, { key: null, ...ask })).status).toBe(401)
    expect((await band.post(call, { key: 'game', ...ask })).status).toBe(403)
    expect((await band.post(pathOf('/ban/add', { reason: 'x' }), ask)).status).toBe(400)
    await band.get('/profile?id=1', { key })
    expect((await band.post(call, { key, ...ask })).status).toBe(429)
    band.advance(60_000)
    expect((await band.post(call, { key, ...ask })).status).toBe(200)
    expect((await band.post(call, ask)).body).toEqual({
      status: 'error',
      discord: '**Visitor100007** is already banned.',
    })
  })
})

describe('a place that the community does not list', () => {
  test('is refused until it is, and then the same shift is taken, once', async () => {
    const games = await startMagicband({ files: { wed: `${communityFile}\nplaces: { "7": { name: Castle } }\n` } })
    const ask = once()
    const call = shift({ server: 'unlisted' })
    expect((await games.post(call, ask)).status).toBe(403)
    await games.restart({ wed: communityFile })
    const replies = [await games.post(call, ask), await games.post(call, ask)]
    expect(replies.map(({ status }) => status)).toEqual([200, 200])
    const shifts = await games.app.database.read.selectFrom('shift').select('server').execute()
    expect(shifts).toEqual([{ server: 'unlisted' }])
    await games.stop()
  })
})

describe('an idempotency key', () => {
  test.each([
    ['reason', { reason: 'another' }],
    ['username', { username: 'Visitor100009' }],
    ['moderator', { moderator: '100000000000000002' }],
    ['optional parameter', { duration: '60' }],
  ])('with another %s is refused', async (_name, more) => {
    const ask = once()
    const first = await band.post(ban('Visitor100008', { reason: _name }), ask)
    const other = await band.post(ban('Visitor100008', { reason: _name, ...more }), ask)
    expect([other.status, other.body]).toEqual([409, { ...reused, discord: expect.any(String) }])
    expect((await band.post(ban('Visitor100008', { reason: _name }), ask)).text).toBe(first.text)
    expect(await bansOf('100009')).toEqual([])
    await band.post(unban('Visitor100008'))
  })

  test('counts the body of an upload as parameters', async () => {
    const ask = once()
    const upload = exampleOf('/application/upload')
    const form = new URLSearchParams(JSON.parse(upload.body ?? '')).toString()
    const first = await make(band, upload, ask)
    // The same answers in another form are the same parameters.
    expect((await make(band, upload, { ...ask, body: form })).text).toBe(first.text)
    const other = await make(band, upload, { ...ask, body: form.replace('Daily', 'Never') })
    expect([other.status, other.body]).toEqual([409, reused])
  })

  test('is known per route and per key', async () => {
    const ask = once()
    const key = await band.createKey({ kind: 'bot' })
    expect((await band.post(ban('Visitor100010'), ask)).status).toBe(200)
    expect((await band.post(unban('Visitor100010'), ask)).status).toBe(200)
    expect((await band.post(ban('Visitor100010'), { key, ...ask })).status).toBe(200)
    expect(await bansOf('100010')).toHaveLength(2)
  })
})

function bansOf(robloxId: string) {
  return band.app.database.read.selectFrom('ban').selectAll().where('roblox_id', '=', robloxId).execute()
}

function shiftsOn(server: string) {
  return band.app.database.read.selectFrom('shift').select('id').where('server', '=', server).execute()
}

function auditEntries() {
  return band.app.database.read.selectFrom('audit_entry').select('id').execute()
}

function renameTable(name: string, to: string): Promise<unknown> {
  return band.app.database.act((trx) => trx.schema.alterTable(name).renameTo(to).execute())
}
