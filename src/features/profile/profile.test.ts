import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { communityFile, type Magicband, moderator, pathOf, startMagicband } from '../../../test/magicband.ts'
import { roleIds } from '../../sandbox/population.ts'
import type { FailureMode } from '../../sandbox/sandbox.ts'

const profile = (values: Record<string, string>) => pathOf('/profile', values)
const notFound = [
  404,
  `{"status":"error","message":"couldn't find user","discord":"We couldn't find the requested user, please ensure you typed it correctly and try again."}`,
]
const hourMs = 3_600_000

let band: Magicband
beforeAll(async () => {
  band = await startMagicband()
})
afterAll(() => band.stop())

describe('the parameters of GET /profile', () => {
  test.each([
    ['none', {}],
    ['none that is not empty', { id: '', username: '', discord: '' }],
    ['an id and a username', { id: '1', username: 'Roblox' }],
    ['an id and a Discord id', { id: '1', discord: moderator }],
    ['all three', { id: '1', username: 'Roblox', discord: moderator }],
    ['two, one of them wrong', { id: 'x', username: 'Roblox' }],
  ])('must be exactly one: %s', async (_name, values) => {
    const reply = await band.get(profile(values))
    const message = 'give one of: id, username, discord'
    expect([reply.status, reply.body]).toEqual([400, { status: 'error', message, discord: expect.any(String) }])
  })

  test.each([
    ['id', '0'],
    ['id', '-1'],
    ['id', '9007199254740992'],
    ['username', 'x'.repeat(51)],
    ['username', 'a\0b'],
    ['discord', '1234567890123456'],
    ['discord', '123456789012345678901'],
    ['discord', '10000000000000000a'],
  ])('refuse the %s %j', async (name, value) => {
    const reply = await band.get(profile({ [name]: value }))
    const message = `invalid parameter: ${name}`
    expect([reply.status, reply.body]).toEqual([400, { status: 'error', message, discord: expect.any(String) }])
  })

  test('refuse an id given twice', async () => {
    const reply = await band.get('/profile?id=1&id=1')
    expect([reply.status, reply.body]).toMatchObject([400, { message: 'invalid parameter: id' }])
  })

  test('take two of which one is empty', async () => {
    expect((await band.get(profile({ id: '1', username: '' }))).status).toBe(200)
  })
})

describe('a profile that is not there', () => {
  test.each([
    ['an id', { id: '999999999' }],
    ['a name', { username: 'NobodyAtAll' }],
    ['a name that is no name at all', { username: 'o o 🚒' }],
    ['a Discord account that is not linked', { discord: '999999999999999999' }],
  ])('is a 404 for %s', async (_name, values) => {
    const reply = await band.get(profile(values))
    expect([reply.status, reply.text]).toEqual(notFound)
  })
})

describe('a profile', () => {
  test.each([
    ['1', 'Roblox', 'Guest', 0, false],
    ['1005', 'PendingOne', 'Guest', 0, false],
    ['1006', 'MemberOne', 'Member', 1, false],
    ['1007', 'BannedOne', 'Member', 1, false],
    ['1001', 'StudentOne', 'University Student', 10, false],
    ['1002', 'CastOne', 'Cast Member', 50, true],
    ['1003', 'SeniorOne', 'Senior Cast Member', 100, true],
    ['1004', 'ManagerOne', 'Manager', 150, true],
    ['172051854', 'JTmaveryk', 'Executive', 250, true],
    ['900', 'SandboxOwner', 'Owner', 255, true],
  ])('of %s (%s) tells the rank, and has no _id before there is a record', async (id, username, rank, rankid, cast) => {
    const whole = { status: 'success', id: Number(id), username, points: 0, rank, rankid, cast, certifications: [] }
    for (const by of [{ id }, { username }]) {
      const reply = await band.get(profile(by))
      expect([reply.status, reply.text]).toEqual([200, JSON.stringify(whole)])
    }
    expect(await band.app.database.read.selectFrom('player').selectAll().execute()).toEqual([])
  })

  test.each([
    ['in any letter case', 'jTMAVERYK', 'JTmaveryk'],
    ['by a previous name', 'jtmaverykold', 'JTmaveryk'],
    ['of a player banned by Roblox itself', 'BannedOne', 'BannedOne'],
  ])('is found %s, under the name of today', async (_name, username, today) => {
    expect((await band.get(profile({ username }))).body).toMatchObject({ username: today })
  })

  test('is found under the new name within an hour of a change', async () => {
    await band.get(profile({ id: '100030' }))
    band.sandbox.world.rename('100030', 'BrandNew')
    expect((await band.get(profile({ username: 'brandnew' }))).body).toMatchObject({ id: 100030, username: 'BrandNew' })
    band.sandbox.world.rename('100030', 'BrandNewer')
    band.advance(hourMs)
    expect((await band.get(profile({ id: '100030' }))).body).toMatchObject({ username: 'BrandNewer' })
    expect((await band.get(profile({ username: 'Visitor100030' }))).body).toMatchObject({ username: 'BrandNewer' })
  })

  test('belongs to whoever has the name now', async () => {
    await band.get(profile({ username: 'Visitor100031' }))
    band.sandbox.world.rename('100031', 'MovedOn')
    band.sandbox.world.rename('100032', 'Visitor100031')
    band.advance(hourMs)
    expect((await band.get(profile({ username: 'visitor100031' }))).body).toMatchObject({ id: 100032 })
  })

  test('has an _id from the first certification on, and the points and certifications', async () => {
    const grant = (certification: string) =>
      band.post(pathOf('/certification/grant', { certification, username: 'CastOne', moderator }))
    await grant('rnrc')
    const { object_id } = await band.app.database.read
      .selectFrom('player')
      .select('object_id')
      .where('roblox_id', '=', '1002')
      .executeTakeFirstOrThrow()
    expect(object_id).toMatch(/^[0-9a-f]{24}$/)
    await grant('char')
    const shift = { id: '1002', place: '1', duration: '3600', training: 'false', server: 's' }
    await band.post(pathOf('/log', shift))
    const reply = await band.get(profile({ id: '1002' }))
    expect(reply.text).toBe(
      `{"status":"success","id":1002,"_id":"${object_id}","username":"CastOne","points":60,"rank":"Cast Member","rankid":50,"cast":true,"certifications":["char","rnrc"]}`,
    )
  })

  test.each([
    ['a ban', '100041', pathOf('/ban/add', { reason: 'x', username: 'Visitor100041', moderator })],
    ['an application', '100042', pathOf('/application/upload', { id: '100042' })],
    ['a shift', '100043', pathOf('/log', { id: '100043', place: '1', duration: '1', training: '0', server: 's' })],
  ])('has an _id after %s', async (_name, id, first) => {
    expect((await band.get(profile({ id }))).body).not.toHaveProperty('_id')
    await band.post(first, { body: JSON.stringify({ q1: 'a', q2: 'b', q3: 'c', q4: 'd' }) })
    expect((await band.get(profile({ id }))).body).toMatchObject({ _id: expect.stringMatching(/^[0-9a-f]{24}$/) })
  })

  test('can be read with a game key too', async () => {
    const reply = await band.get(profile({ id: '1001' }), { key: 'game' })
    expect(reply.body).toMatchObject({ username: 'StudentOne' })
  })
})

describe.concurrent('a profile while Roblox is down', () => {
  const modes: FailureMode[] = ['refuse', '429', '500', 'html', 'empty', 'truncated']
  test.each(modes)('is a 503 when nothing is remembered (%s)', async (mode) => {
    const down = await startMagicband()
    // Somebody else is known: without anybody, an empty list of names could only be believed.
    await down.get(profile({ id: '1004' }))
    down.sandbox.fail('roblox', { mode, retryAfterSeconds: 7 })
    const replies = await Promise.all([{ id: '1001' }, { username: 'StudentOne' }].map((by) => down.get(profile(by))))
    for (const reply of replies) {
      const message = 'roblox is unavailable'
      expect([reply.status, reply.body]).toEqual([503, { status: 'error', message, discord: expect.any(String) }])
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0)
      if (mode === '429') expect(reply.headers['retry-after']).toBe('7')
    }
    await down.stop()
  })

  test('is what is remembered, with the age of the rank', async () => {
    const down = await startMagicband()
    await down.get(profile({ id: '1002' }))
    down.sandbox.world.rename('1002', 'Renamed')
    down.sandbox.world.setRoles('1002', [roleIds.manager])
    down.sandbox.fail('roblox', { mode: 'refuse' })
    down.advance(30 * 24 * hourMs)
    for (const by of [{ id: '1002' }, { username: 'castone' }]) {
      const reply = await down.get(profile(by))
      expect([reply.status, reply.body]).toMatchObject([200, { username: 'CastOne', rankid: 50, cast: true }])
      expect(reply.headers['x-magicband-stale']).toBe(String(30 * 24 * 3600))
    }
    await down.stop()
  })

  test('does not lose its name to an empty answer', async () => {
    const down = await startMagicband()
    await down.get(profile({ id: '1002' }))
    down.sandbox.fail('roblox', { mode: 'empty' })
    down.advance(hourMs)
    expect((await down.get(profile({ username: 'CastOne' }))).body).toMatchObject({ id: 1002, rankid: 50 })
    await down.stop()
  })

  test('waits two seconds for a rank that is old, and takes it then', async () => {
    const slow = await startMagicband()
    await slow.get(profile({ id: '1002' }))
    slow.sandbox.world.setRoles('1002', [roleIds.manager])
    slow.sandbox.fail('robloxApis', { mode: 'slow', delayMs: 500 })
    slow.advance(60_000)
    const reply = await slow.get(profile({ id: '1002' }))
    expect([reply.body, reply.headers['x-magicband-stale']]).toMatchObject([{ rankid: 150 }, undefined])
    await slow.stop()
  })
})

test('the rank of a community without an Open Cloud key is the public one', async () => {
  const file = communityFile.replace(', apiKey: sandbox-open-cloud-key', '')
  const plain = await startMagicband({ files: { wed: file } })
  expect((await plain.get(profile({ id: '1003' }))).body).toMatchObject({ rank: 'Senior Cast Member', rankid: 100 })
  await plain.stop()
})
