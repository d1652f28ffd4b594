import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { communityFile, findLogLine, type Magicband, pathOf, startMagicband } from '../../../test/magicband.ts'
import type { SandboxService } from '../../sandbox/sandbox.ts'

/** Linked in Bloxlink and in RoVer: to StudentOne. */
const linked = '100000000000001001'
const stranger = '555555555555555555'
const hourMs = 3_600_000
const minuteMs = 60_000

const ask = (discord: string) => band.get(pathOf('/profile', { discord }))
const asked = () => (['bloxlink', 'rover'] as SandboxService[]).map((service) => band.sandbox.requests(service).length)

let band: Magicband
beforeEach(async () => {
  band = await startMagicband()
})
afterEach(() => band.stop())

function link(discordId: string, robloxId: string) {
  const row = { community: 'wed', discord_id: discordId, source: 'table', roblox_id: robloxId, asked_at: band.now() }
  return band.app.database.act((trx) => trx.insertInto('discord_link').values(row).execute())
}

describe('GET /profile by a Discord id', () => {
  test('asks the sources in the order of the community, and no further than the first that knows', async () => {
    expect((await ask(linked)).body).toMatchObject({ id: 1001, username: 'StudentOne' })
    expect(asked()).toEqual([1, 0])
  })

  test('asks the next source where one knows nobody', async () => {
    band.sandbox.world.unlinkDiscord({ discordId: linked, in: 'bloxlink' })
    expect((await ask(linked)).body).toMatchObject({ id: 1001 })
    expect(asked()).toEqual([1, 1])
  })

  test('believes its own table first', async () => {
    await link(linked, '1004')
    expect((await ask(linked)).body).toMatchObject({ id: 1004, username: 'ManagerOne' })
    expect(asked()).toEqual([0, 0])
  })

  test('believes what another source says first where the community wants that', async () => {
    await band.restart({ wed: communityFile.replace('[table, bloxlink, rover]', '[rover, table]') })
    band.sandbox.world.linkDiscord({ discordId: linked, robloxId: '1002', in: 'rover' })
    await link(linked, '1004')
    await link(stranger, '1004')
    expect((await ask(linked)).body).toMatchObject({ id: 1002 })
    expect((await ask(stranger)).body).toMatchObject({ id: 1004 })
    expect(asked()).toEqual([0, 2])
  })

  test('does not take the links of another community', async () => {
    const row = { community: 'other', discord_id: stranger, source: 'table', roblox_id: '1004', asked_at: band.now() }
    await band.app.database.act((trx) => trx.insertInto('discord_link').values(row).execute())
    expect((await ask(stranger)).status).toBe(404)
  })

  test('keeps all twenty digits', async () => {
    await link('12345678901234567890', '1004')
    await link('12345678901234567891', '1003')
    expect((await ask('12345678901234567891')).body).toMatchObject({ id: 1003 })
  })

  test('says that nobody was found where the linked account is gone', async () => {
    await link(stranger, '999999999')
    expect((await ask(stranger)).status).toBe(404)
  })
})

describe('a link', () => {
  test('is remembered for hours', async () => {
    await ask(linked)
    band.sandbox.world.linkDiscord({ discordId: linked, robloxId: '1002' })
    band.advance(6 * hourMs - 1)
    expect((await ask(linked)).body).toMatchObject({ id: 1001 })
    expect(asked()).toEqual([1, 0])
    band.advance(1)
    expect((await ask(linked)).body).toMatchObject({ id: 1002 })
    expect(asked()).toEqual([2, 0])
  })

  test('that nobody knows is remembered for minutes', async () => {
    expect((await ask(stranger)).status).toBe(404)
    band.sandbox.world.linkDiscord({ discordId: stranger, robloxId: '1002' })
    band.advance(5 * minuteMs - 1)
    expect((await ask(stranger)).status).toBe(404)
    expect(asked()).toEqual([1, 1])
    band.advance(1)
    expect((await ask(stranger)).body).toMatchObject({ id: 1002 })
  })
})

describe('a source that fails', () => {
  test('because its quota is used up lets the next one answer', async () => {
    band.sandbox.world.bloxlinkQuotaLeft = 0
    expect((await ask(linked)).body).toMatchObject({ id: 1001 })
    expect(asked()).toEqual([1, 1])
    expect((await ask('100000000000001002')).body).toMatchObject({ id: 1002 })
    // It is left alone for a while.
    expect(asked()).toEqual([1, 2])
  })

  test('makes a 503 of what would be nobody, since it might have known', async () => {
    band.sandbox.fail('bloxlink', { mode: '500' })
    const reply = await ask(stranger)
    const message = 'roblox is unavailable'
    const discord = expect.stringContaining('please use the Roblox name instead')
    expect([reply.status, reply.body]).toEqual([503, { status: 'error', message, discord }])
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0)
  })

  test('because its key is wrong is a line in the log that says what to do', async () => {
    await band.restart({ wed: communityFile.replace('sandbox-bloxlink-key', 'wrong-key') })
    expect((await ask(linked)).body).toMatchObject({ id: 1001 })
    expect(findLogLine(band, 'source of Discord links')).toMatchObject({
      source: 'bloxlink',
      status: 401,
      msg: expect.stringContaining('check its key'),
    })
    expect(band.log.join()).not.toContain('wrong-key')
  })
})

test('without any source nobody is linked', async () => {
  const none = communityFile.replace('links: [table, bloxlink, rover]', 'links: []')
  await band.restart({ wed: none })
  expect((await ask(linked)).status).toBe(404)
  expect(asked()).toEqual([0, 0])
})
