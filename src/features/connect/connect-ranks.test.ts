import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  communityFile,
  eventually,
  type Magicband,
  moderator,
  muchPatience,
  pathOf,
  type Reply,
  startMagicband,
} from '../../../test/magicband.ts'
import { roleIds } from '../../sandbox/population.ts'
import type { FailureMode } from '../../sandbox/sandbox.ts'

const join = (id: string, training = 'false') => pathOf('/connect', { place: '1', id, training })
const files = {
  'with an Open Cloud key': { wed: communityFile },
  'without an Open Cloud key': { wed: communityFile.replace(', apiKey: sandbox-open-cloud-key', '') },
}
const modes: FailureMode[] = ['refuse', 'lost', 'hang', 'slow', '429', '500', 'html', 'empty', 'truncated']
const minuteMs = 60_000
const dayMs = 86_400_000

/** What a join says of a rank: clearance, the age that it owns up to, and how long it took. */
async function ask(band: Magicband, id: string) {
  const startedAt = performance.now()
  const reply = await band.get(join(id))
  return { ...summary(reply), reply, ms: performance.now() - startedAt }
}

/** The first join that knows the rank: on a slow machine Roblox may take longer to answer than a join waits. */
function eventuallyKnown(band: Magicband, id: string) {
  return eventually(async () => {
    const answer = await ask(band, id)
    return answer.clearance > 0 ? answer : undefined
  }, 15_000)
}

/** What a join says once Roblox has answered; it may take longer than a join waits. */
function eventuallyFresh(band: Magicband, id: string) {
  return eventually(async () => {
    const answer = await ask(band, id)
    return answer.stale === undefined ? answer : undefined
  })
}

function summary({ status, body, headers }: Reply) {
  expect([status, body]).toEqual([
    200,
    { certifications: expect.any(String), auth: true, clearance: expect.any(Number) },
  ])
  return { clearance: (body as { clearance: number }).clearance, stale: headers['x-magicband-stale'] }
}

describe('a remembered rank', () => {
  let band: Magicband
  beforeAll(async () => {
    band = await startMagicband({ patience: muchPatience })
  })
  afterAll(() => band.stop())

  test('is not asked for again before it is older than rankSeconds', async () => {
    await ask(band, '1002')
    band.sandbox.forgetRequests()
    band.advance(minuteMs - 1)
    expect(await ask(band, '1002')).toMatchObject({ clearance: 1, stale: undefined })
    expect(band.sandbox.requests()).toEqual([])
    band.advance(1)
    expect(await ask(band, '1002')).toMatchObject({ clearance: 1, stale: undefined })
    expect(band.sandbox.requests('roblox')).not.toEqual([])
  })

  test('makes way for a promotion at the next join after that', async () => {
    await ask(band, '1006')
    band.sandbox.world.setRoles('1006', [roleIds.castMember])
    expect(await ask(band, '1006')).toMatchObject({ clearance: 0 })
    band.advance(minuteMs)
    expect(await ask(band, '1006')).toMatchObject({ clearance: 1, stale: undefined })
  })

  test('goes with a member who left', async () => {
    await ask(band, '1004')
    band.sandbox.world.removeMember('1004')
    band.advance(minuteMs)
    expect(await ask(band, '1004')).toMatchObject({ clearance: 0, stale: undefined })
  })

  test('that was noted by a clock which ran ahead makes way when that is put back', async () => {
    band.sandbox.world.setRoles('100013', [roleIds.manager])
    band.advance(2 * 60 * minuteMs)
    expect(await ask(band, '100013')).toMatchObject({ clearance: 3 })
    band.advance(-2 * 60 * minuteMs)
    band.sandbox.world.setRoles('100013', [roleIds.castMember])
    for (let times = 0; times < 2; times++) {
      expect(await ask(band, '100013')).toMatchObject({ clearance: 1, stale: undefined })
    }
    band.sandbox.forgetRequests()
    expect(await ask(band, '100013')).toMatchObject({ clearance: 1 })
    expect(band.sandbox.requests()).toEqual([])
  })

  test('is the highest of several roles', async () => {
    const { universityStudent, manager, castMember } = roleIds
    band.sandbox.world.setRoles('100010', [universityStudent, manager, castMember])
    expect(await ask(band, '100010')).toMatchObject({ clearance: 3 })
  })

  test('may come from a role that the group has only just been given', async () => {
    band.sandbox.world.addRole({ id: '41113120', name: 'Lead', rank: 120 })
    band.sandbox.world.setRoles('100011', ['41113120'])
    expect(await ask(band, '100011')).toMatchObject({ clearance: 2 })
  })

  test('is asked for once by twenty joins of one player', async () => {
    const questionsAbout = async (id: number) => {
      band.sandbox.forgetRequests()
      await Promise.all(Array.from({ length: 20 }, () => ask(band, `${id}`)))
      const ranks = band.sandbox.requests('robloxApis').filter(({ path }) => path.includes('/memberships'))
      return { ranks: ranks.length, names: band.sandbox.requests('robloxUsers').length }
    }
    let asked = await questionsAbout(100_120)
    // On a busy machine it may take too long to remember the answer before one of the others comes; but not each time.
    for (let id = 100_121; id < 100_125 && asked.ranks + asked.names > 2; id++) asked = await questionsAbout(id)
    expect(asked).toEqual({ ranks: 1, names: 1 })
  })

  test('is told before it is remembered, where the database takes long to be written', async () => {
    await band.get(join('1006'))
    let finish = (): void => undefined
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    const act = band.app.database.act(async () => {
      await finished
      return { status: 200, body: {} }
    })
    expect(await ask(band, '1003')).toMatchObject({ clearance: 2 })
    expect((await band.get('/profile?id=172051854')).body).toMatchObject({ rank: 'Executive', rankid: 250 })
    finish()
    await act
  })

  test('is asked for once by twenty joins of nobody', async () => {
    band.sandbox.forgetRequests()
    const replies = await Promise.all(Array.from({ length: 20 }, () => band.get(join('999999998'))))
    expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(404))
    // The list without this id, and the question for it alone.
    expect(band.sandbox.requests('robloxUsers')).toHaveLength(2)
  })
})

describe.concurrent.each(Object.entries(files))('while Roblox is down, %s', (_name, file) => {
  test.each(modes)('the last known rank is used, however old (%s)', async (mode) => {
    const band = await startMagicband({ files: file })
    await eventuallyKnown(band, '1002')
    band.sandbox.world.setRoles('1002', [roleIds.manager])
    band.sandbox.fail('roblox', { mode, delayMs: 1500 })
    band.advance(75_400)
    const stale = await ask(band, '1002')
    expect(stale).toMatchObject({ clearance: 1, stale: '75' })
    if (mode !== 'slow') {
      band.advance(dayMs)
      expect(await ask(band, '1002')).toMatchObject({ clearance: 1, stale: String(86_400 + 75) })
    }
    band.sandbox.heal()
    band.advance(minuteMs)
    expect(await eventuallyFresh(band, '1002')).toMatchObject({ clearance: 3 })
    await band.stop()
  })

  test.each(modes)('a player never seen before has rank 0, which is not remembered (%s)', async (mode) => {
    const band = await startMagicband({ files: file })
    band.sandbox.fail('roblox', { mode, delayMs: 8000 })
    const unknown = await ask(band, '1002')
    expect(unknown).toMatchObject({ clearance: 0, stale: undefined })
    expect(unknown.ms).toBeLessThan(6000)
    band.sandbox.heal()
    // The longest rest of a service that failed, and less than the age at which a remembered rank is asked for again.
    band.advance(31_000)
    expect(await eventuallyKnown(band, '1002')).toMatchObject({ clearance: 1, stale: undefined })
    await band.stop()
  })

  test('bans and certifications are as the database has them', async () => {
    const band = await startMagicband({ files: file })
    await eventuallyKnown(band, '1002')
    await band.post(pathOf('/certification/grant', { certification: 'tot', username: 'CastOne', moderator }))
    await band.post(pathOf('/ban/add', { reason: 'bad boy', username: 'SeniorOne', moderator }))
    await band.app.database.act((trx) => trx.deleteFrom('membership').execute())
    band.sandbox.fail('roblox', { mode: 'refuse' })
    const cast = await band.get(join('1002'))
    expect(cast.body).toEqual({ certifications: 'tot', auth: true, clearance: 0 })
    const training = await band.get(join('1002', 'true'))
    expect(training.body).toEqual({ certifications: 'tot', auth: false, clearance: 0 })
    const banned = await band.get(join('1003'))
    expect(banned.body).toMatchObject({ auth: false, banned: true, reason: 'bad boy' })
    await band.stop()
  })
})

describe.concurrent('while only Open Cloud fails', () => {
  test.each(modes)('ranks come from the public API (%s)', async (mode) => {
    const band = await startMagicband()
    band.sandbox.fail('robloxApis', { mode, delayMs: 8000 })
    expect(await eventuallyKnown(band, '1004')).toMatchObject({ clearance: 3, stale: undefined })
    await band.stop()
  })

  test.each(['empty', '500'] as const)(
    'a member is neither demoted by it nor kept after leaving (%s)',
    async (mode) => {
      const band = await startMagicband()
      await Promise.all(['1002', '1004'].map((id) => eventuallyKnown(band, id)))
      band.sandbox.world.removeMember('1002')
      band.sandbox.fail('robloxApis', { mode })
      band.advance(minuteMs)
      expect(await eventuallyFresh(band, '1002')).toMatchObject({ clearance: 0 })
      expect(await eventuallyFresh(band, '1004')).toMatchObject({ clearance: 3 })
      await band.stop()
    },
  )

  test('a key that Roblox no longer takes is a line in the log that says what to do, once until it changes', async () => {
    const band = await startMagicband({ patience: muchPatience })
    const { world } = band.sandbox
    const told = () =>
      band.log
        .filter((line) => line.includes('check roblox.apiKey'))
        .map((line) => JSON.parse(line))
        .map(({ level, community, status }) => [level, community, status])
    const askAll = async () => {
      band.advance(minuteMs)
      for (const { clearance } of await Promise.all(['1003', '1004', '900'].map((id) => ask(band, id))))
        expect(clearance).toBeGreaterThan(0)
    }
    world.keyIsEnabled = false
    await askAll()
    await askAll()
    expect(told()).toEqual([[40, 'wed', 401]])
    for (const isEnabled of [true, false]) {
      world.keyIsEnabled = isEnabled
      await askAll()
    }
    expect(told().slice(1)).toEqual([[40, 'wed', 401]])
    await band.stop()
  })
})

test('ranks do not need Open Cloud where the community has no key for it', async () => {
  const band = await startMagicband({ files: files['without an Open Cloud key'], patience: muchPatience })
  expect(await ask(band, '1003')).toMatchObject({ clearance: 2 })
  expect(band.sandbox.requests('robloxApis')).toEqual([])
  band.sandbox.world.removeMember('1003')
  band.advance(minuteMs)
  expect(await ask(band, '1003')).toMatchObject({ clearance: 0 })
  await band.stop()
})
