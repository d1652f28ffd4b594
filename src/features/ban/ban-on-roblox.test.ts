import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  communityFile,
  eventually,
  type Magicband,
  moderator,
  pathOf,
  startMagicband,
} from '../../../test/magicband.ts'
import type { FailureMode } from '../../sandbox/sandbox.ts'
import { sandboxIds, sandboxKeys } from '../../sandbox/world.ts'

const file = communityFile.replace(sandboxKeys.openCloud, `${sandboxKeys.openCloud}, universe: ${sandboxIds.universe}`)
const minuteMs = 60_000

let band: Magicband
beforeEach(async () => {
  band = await startMagicband({ files: { wed: file } })
})
afterEach(() => band.stop())

async function ban(username: string, reason = 'bad boy', duration = ''): Promise<void> {
  const reply = await band.post(pathOf('/ban/add', { reason, username, moderator, duration }))
  expect(reply.status).toBe(200)
}

async function unban(username: string): Promise<void> {
  const reply = await band.post(pathOf('/ban/remove', { reason: 'good boy', username, moderator }))
  expect(reply.status).toBe(200)
}

const restrictionOf = (id: string) =>
  band.sandbox.world.state.restrictions.get(`universes/${sandboxIds.universe}/user-restrictions/${id}`)
const updates = () => band.sandbox.requests('robloxApis').filter(({ method }) => method === 'PATCH')
const jobs = () => band.app.database.read.selectFrom('job').selectAll().where('task', '=', 'ban.restrict').execute()

/** Waits until every job is done, or was put off or has failed, and waits for its next try. */
function settled(left = 0) {
  return eventually(async () => {
    const all = await jobs()
    return all.length === left && all.every((job) => job.last_error !== null && job.locked_by === null)
      ? all
      : undefined
  })
}

describe('a ban on Roblox itself', () => {
  test('has no end where the ban has none, and is lifted with it', async () => {
    await ban('Visitor100001')
    await settled()
    expect(restrictionOf('100001')).toMatchObject({ active: true, displayReason: 'bad boy', excludeAltAccounts: false })
    expect(restrictionOf('100001')).not.toHaveProperty('duration')
    await unban('Visitor100001')
    await settled()
    expect(restrictionOf('100001')).toMatchObject({ active: false })
  })

  test('ends with the ban, however late it is set', async () => {
    band.sandbox.fail('robloxApis', { mode: '500' })
    await ban('Visitor100002', 'bad boy', '3600')
    await settled(1)
    band.sandbox.heal()
    band.advance(10 * minuteMs)
    await settled()
    expect(restrictionOf('100002')).toMatchObject({ active: true, duration: '3000s' })
  })

  test('is not set any more where the ban is over by then', async () => {
    band.sandbox.fail('robloxApis', { mode: '500' })
    await ban('Visitor100003', 'bad boy', '60')
    await settled(1)
    band.sandbox.heal()
    band.advance(2 * minuteMs)
    await settled()
    expect(restrictionOf('100003')).toMatchObject({ active: false })
  })

  test.each(['refuse', 'lost', '429', '500', 'empty'] as FailureMode[])(
    'is set later when Roblox fails, while the ban holds here at once (%s)',
    async (mode) => {
      band.sandbox.fail('robloxApis', { mode })
      await ban('Visitor100004')
      const join = await band.get(pathOf('/connect', { place: '1', id: '100004', training: 'false' }))
      expect(join.body).toMatchObject({ auth: false, banned: true })
      const [job] = await settled(1)
      expect(job).toMatchObject({
        attempts: mode === '429' ? 0 : 1,
        given_up_at: null,
        last_error: expect.stringContaining('roblox'),
      })
      band.sandbox.heal()
      band.advance(minuteMs)
      await settled()
      expect(restrictionOf('100004')).toMatchObject({ active: true })
    },
  )

  test('is what holds in the end, after bans and unbans while Roblox was away', async () => {
    band.sandbox.fail('robloxApis', { mode: 'refuse' })
    await ban('Visitor100005', 'first')
    await unban('Visitor100005')
    await ban('Visitor100005', 'second')
    await ban('Visitor100006')
    await unban('Visitor100006')
    await settled(5)
    band.sandbox.heal()
    // Roblox takes two changes a minute of one player, and the circuit breaker lets one through at first.
    await eventually(async () => {
      band.advance(500)
      return (await jobs()).length === 0 ? true : undefined
    })
    expect(restrictionOf('100005')).toMatchObject({ active: true, displayReason: 'second' })
    expect(restrictionOf('100006')).toMatchObject({ active: false })
  })

  test('waits as long as Roblox says when it is changed more than twice a minute', async () => {
    await ban('Visitor100007', 'first')
    await settled()
    await unban('Visitor100007')
    await settled()
    await ban('Visitor100007', 'second')
    await settled(1)
    expect(restrictionOf('100007')).toMatchObject({ active: false })
    const asked = updates().length
    band.advance(minuteMs - 1)
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(updates()).toHaveLength(asked)
    band.advance(1)
    await settled()
    expect(restrictionOf('100007')).toMatchObject({ active: true, displayReason: 'second' })
    expect(updates()).toHaveLength(asked + 1)
  })

  test('is set again where the ban changed while Roblox took its time', async () => {
    band.sandbox.fail('robloxApis', { mode: 'slow', delayMs: 1500, times: 1 })
    await ban('Visitor100008')
    await eventually(() => updates()[0])
    await unban('Visitor100008')
    // The second job is done before the first one hears of its own success.
    const [first] = await settled(1)
    expect(first?.last_error).toContain('the ban has changed meanwhile')
    band.advance(minuteMs)
    await settled()
    expect(restrictionOf('100008')).toMatchObject({ active: false })
    expect(updates()).toHaveLength(3)
  })

  test('that answers were lost for is known to Roblox as one change', async () => {
    band.sandbox.fail('robloxApis', { mode: 'lost', times: 1 })
    await ban('Visitor100009')
    await settled()
    const keys = updates().map(({ path }) => new URLSearchParams(path.split('?')[1]).get('idempotencyKey.key'))
    expect(keys).toEqual([keys[0], keys[0]])
    expect(keys[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(band.sandbox.world.state.restrictionLogs).toHaveLength(1)
  })
})

test('the reasons on Roblox are within its limits and rules', async () => {
  const name = `Moderator ${moderator}: `
  const reasons: [string, string, string][] = [
    ['x'.repeat(1000), 'x'.repeat(400), name + 'x'.repeat(1000 - name.length)],
    // Cut in the middle of a character.
    [`x${'🚒'.repeat(999)}`, `x${'🚒'.repeat(199)}\ufffd`, `${name}x${'🚒'.repeat(480)}`],
    ['see https://example.com/a?b=c for more', 'see (link) for more', `${name}see https://example.com/a?b=c for more`],
    ['www.example.com and discord.gg/abc.', '(link) and (link)', `${name}www.example.com and discord.gg/abc.`],
    ['bad @boy', 'bad boy', `${name}bad @boy`],
    ['he/she said 1.5/2 e.g. no. Ever', 'he/she said 1.5/2 e.g. no. Ever', `${name}he/she said 1.5/2 e.g. no. Ever`],
  ]
  for (const [index, [reason]] of reasons.entries()) await ban(`Visitor${100_020 + index}`, reason)
  await settled()
  for (const [index, [, displayReason, privateReason]] of reasons.entries()) {
    const restriction = restrictionOf(String(100_020 + index))
    expect(restriction).toMatchObject({ active: true, displayReason })
    expect(restriction?.privateReason.slice(0, privateReason.length)).toBe(privateReason)
    expect(restriction?.privateReason.length).toBeLessThanOrEqual(1000)
  }
})

test('a community without a universe leaves Roblox alone', async () => {
  await band.restart({ wed: communityFile })
  await ban('Visitor100011')
  expect(await jobs()).toEqual([])
})

test('a job of a community that names no universe any more is given up', async () => {
  band.sandbox.fail('robloxApis', { mode: '500' })
  await ban('Visitor100012')
  await settled(1)
  await band.restart({ wed: communityFile })
  band.advance(minuteMs)
  const [job] = await eventually(async () => {
    const all = await jobs()
    return all.some(({ given_up_at }) => given_up_at !== null) ? all : undefined
  })
  expect(job?.last_error).toBe('the community names no universe or no key any more')
})
