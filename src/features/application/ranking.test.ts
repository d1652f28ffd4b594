import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  breakDatabase,
  communityFile,
  eventually,
  findLogLine,
  type Magicband,
  moderator,
  pathOf,
  startMagicband,
} from '../../../test/magicband.ts'
import { roleIds } from '../../sandbox/population.ts'

const approve = (id: string) => pathOf('/application/approve', { id, moderator })
const ranked = [200, '{"status":"success","message":"successfully ranked user"}']
const notRanked = [500, `{"status":"error","message":"couldn't rank user"}`]
const alreadyTrainee = [400, '{"status":"error","message":"user is already trainee/cast"}']
const applicant = { id: '41112400', name: 'Applicant', rank: 5 }
const guest = { id: '41112401', name: 'Guest Star', rank: 6 }

let band: Magicband
beforeEach(async () => {
  const file = communityFile.replace('ladder: [Cast Member]', `ladder: [${applicant.name}, ${guest.name}]`)
  band = await startMagicband({ files: { wed: file } })
  band.sandbox.world.addRole(applicant)
  band.sandbox.world.addRole(guest)
})
afterEach(() => band.stop())

const send = async (to: Pick<Magicband, 'post'>, id: string) => {
  const { status, text } = await to.post(approve(id))
  return [status, text]
}
const rolesOf = (id: string) => band.sandbox.world.rolesOf(id).map(({ name }) => name)
const changes = (verb: string) => band.sandbox.requests('robloxApis').filter(({ path }) => path.endsWith(`:${verb}`))
const approvalsOf = (id: string) =>
  band.app.database.read
    .selectFrom('audit_entry')
    .selectAll()
    .where('roblox_id', '=', id)
    .where('act', '=', 'application.approve')
    .execute()
const jobs = () => band.app.database.read.selectFrom('job').selectAll().execute()
const rankOf = async (id: string) => (await band.get(pathOf('/profile', { id }))).body

async function apply(id: string): Promise<void> {
  const body = JSON.stringify({ q1: 'one', q2: 'two', q3: 'three', q4: 'four' })
  expect((await band.post(pathOf('/application/upload', { id }), { body })).status).toBe(200)
}

const applicationsOf = (id: string) =>
  band.app.database.read.selectFrom('application').select(['state']).where('roblox_id', '=', id).execute()

describe('two instances that approve a player at once', () => {
  test.each([1, 2, 3])('rank once, and record it once (%i)', async (round) => {
    const another = await band.startAnother()
    const id = String(100_010 + round)
    await apply(id)
    const answers = await Promise.all([send(band, id), send(another, id), send(band, id), send(another, id)])
    expect(answers.filter(([status]) => status === 200)).toEqual([ranked])
    expect(answers.filter(([status]) => status === 400)).toEqual(Array(3).fill(alreadyTrainee))
    expect(changes('assignRole')).toHaveLength(1)
    expect(rolesOf(id)).toEqual(['Member', 'University Student'])
    expect([await approvalsOf(id), await applicationsOf(id)]).toMatchObject([[{ moderator }], [{ state: 'approved' }]])
    await another.stop()
  })

  test('rank two players side by side', async () => {
    const another = await band.startAnother()
    expect(await Promise.all([send(band, '100020'), send(another, '100021')])).toEqual([ranked, ranked])
    await another.stop()
  })
})

describe('roles of the ladder that can not be taken away at once', () => {
  test.each(['unassignRole', 'everything'])(
    'are no reason to refuse, and a job takes them later (%s)',
    async (what) => {
      const { world } = band.sandbox
      const { assignRole, unassignRole } = world.rateLimits
      world.setRoles('100030', [applicant.id, guest.id])
      world.rateLimits.unassignRole = { limit: 0, seconds: 40 }
      expect(await send(band, '100030')).toEqual(ranked)
      expect(rolesOf('100030')).toEqual(['Member', 'Applicant', 'Guest Star', 'University Student'])
      expect(await rankOf('100030')).toMatchObject({ rank: 'University Student', rankid: 10 })
      expect(findLogLine(band, 'could not be taken away')).toMatchObject({ level: 40, reqId: expect.any(String) })
      expect(band.log.join()).not.toContain('100030')
      // Once it has said how long it wants to be left alone, nobody asks again before.
      expect(changes('unassignRole')).toHaveLength(1)

      if (what === 'everything') band.sandbox.fail('roblox', { mode: '500' })
      await eventually(async () => ((await jobs()).some(({ last_error }) => last_error !== null) ? true : undefined))
      band.sandbox.heal()
      Object.assign(world.rateLimits, { assignRole, unassignRole })
      band.advance(41_000)
      await eventually(async () => ((await jobs()).length === 0 ? true : undefined))
      expect(rolesOf('100030')).toEqual(['Member', 'University Student'])
      expect(await approvalsOf('100030')).toHaveLength(1)
    },
  )

  test('are left to the job together when Roblox goes down between them', async () => {
    band.sandbox.world.setRoles('100032', [applicant.id, guest.id])
    await band.get(pathOf('/profile', { id: '100032' }))
    band.sandbox.fail('robloxApis', { mode: 'slow', delayMs: 300 })
    const answer = send(band, '100032')
    await eventually(() => changes('assignRole')[0])
    band.sandbox.fail('robloxApis', { mode: '500' })
    expect(await answer).toEqual(ranked)
    // The first one was tried twice, and nobody waited for the second.
    const [first, again, ...more] = changes('unassignRole').map(({ body }) => body)
    expect([first, more]).toEqual([again, []])
    await eventually(async () => ((await jobs()).some(({ last_error }) => last_error !== null) ? true : undefined))
    band.sandbox.heal()
    band.advance(31_000)
    await eventually(async () => ((await jobs()).length === 0 ? true : undefined))
    expect(rolesOf('100032')).toEqual(['Member', 'University Student'])
  })

  test('are for people to take away after six hours, since somebody may have given them again', async () => {
    const { world } = band.sandbox
    world.setRoles('100031', [applicant.id])
    world.rateLimits.unassignRole = { limit: 0, seconds: 40 }
    expect(await send(band, '100031')).toEqual(ranked)
    await eventually(async () => ((await jobs()).some(({ last_error }) => last_error !== null) ? true : undefined))
    band.advance(6 * 3_600_000 + 1)
    const [job] = await eventually(async () => {
      const all = await jobs()
      return all.some(({ given_up_at }) => given_up_at !== null) ? all : undefined
    })
    expect(job?.last_error).toBe(`take the roles ${applicant.id} away from user 100031 by hand`)
    expect(changes('unassignRole')).toHaveLength(1)
    await eventually(() => findLogLine(band, 'was given up'))
    expect(band.log.join()).not.toContain('100031')
  })
})

describe('an approval that broke off after the role was given', () => {
  async function breakOff(id: string): Promise<void> {
    await apply(id)
    const mend = await breakDatabase(band, ['audit_entry'])
    expect(await send(band, id)).toEqual(notRanked)
    await mend()
    expect(rolesOf(id)).toEqual(['Member', 'University Student'])
    expect([await approvalsOf(id), await applicationsOf(id)]).toEqual([[], [{ state: 'open' }]])
  }

  test('is not left half done: a job takes the other roles, though nobody approves again', async () => {
    band.sandbox.world.setRoles('100047', [applicant.id])
    band.sandbox.world.rateLimits.unassignRole = { limit: 0, seconds: 1 }
    const mend = await breakDatabase(band, ['audit_entry'])
    expect(await send(band, '100047')).toEqual(notRanked)
    await mend()
    expect(rolesOf('100047')).toEqual(['Member', 'Applicant', 'University Student'])
    band.sandbox.world.rateLimits.unassignRole = { limit: 1000, seconds: 60 }
    band.advance(61_000)
    await eventually(async () => ((await jobs()).length === 0 ? true : undefined))
    expect(rolesOf('100047')).toEqual(['Member', 'University Student'])
    expect(await approvalsOf('100047')).toEqual([])
  })

  test('is completed by the next one, on any instance, and only once', async () => {
    await breakOff('100040')
    const another = await band.startAnother()
    expect(await send(another, '100040')).toEqual(ranked)
    await another.stop()
    expect([await approvalsOf('100040'), await applicationsOf('100040')]).toMatchObject([
      [{ moderator }],
      [{ state: 'approved' }],
    ])
    expect(await send(band, '100040')).toEqual(alreadyTrainee)
    expect(await approvalsOf('100040')).toHaveLength(1)
  })

  test('is over when somebody has promoted the player since', async () => {
    await breakOff('100041')
    band.sandbox.world.setRoles('100041', [roleIds.castMember])
    expect(await send(band, '100041')).toEqual(alreadyTrainee)
    // And it stays over, whatever rank the player has later.
    band.sandbox.world.setRoles('100041', [roleIds.universityStudent])
    expect(await send(band, '100041')).toEqual(alreadyTrainee)
    expect(await approvalsOf('100041')).toEqual([])
  })

  test('is over after a day', async () => {
    await breakOff('100042')
    band.advance(24 * 3_600_000 + 1)
    expect(await send(band, '100042')).toEqual(alreadyTrainee)
  })

  test('because its instance died is completed as soon as the other has to be dead', async () => {
    await apply('100043')
    band.sandbox.world.setRoles('100043', [roleIds.universityStudent])
    const left = { community: 'wed', roblox_id: '100043', holder: 'gone', assigning_at: band.now() }
    await band.app.database.act((trx) =>
      trx
        .insertInto('approval')
        .values({ ...left, held_until: band.now() + 10_000 })
        .execute(),
    )
    const answer = send(band, '100043')
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(await approvalsOf('100043')).toEqual([])
    band.advance(10_000)
    expect(await answer).toEqual(ranked)
    expect(await applicationsOf('100043')).toEqual([{ state: 'approved' }])
  })

  test('before the role was given leaves a player who gets it elsewhere alone', async () => {
    band.sandbox.world.keyOwnerRank = 5
    expect(await send(band, '100044')).toEqual(notRanked)
    // The giving was tried, so that nobody can know; a higher role tells.
    band.sandbox.world.setRoles('100044', [roleIds.seniorCastMember])
    expect(await send(band, '100044')).toEqual(alreadyTrainee)
  })
})

describe('a role that the key may not give', () => {
  test.each([
    [
      'since its owner is below it',
      () => {
        band.sandbox.world.keyOwnerRank = 10
      },
    ],
    [
      'since it lacks the scope',
      () => {
        band.sandbox.world.keyScopes = ['group:read']
      },
    ],
    [
      'to its own owner',
      () => {
        band.sandbox.world.keyOwnerId = '100050'
      },
    ],
  ])('is refused, and the log says what to do: %s', async (_name, prepare) => {
    prepare()
    expect(await send(band, '100050')).toEqual(notRanked)
    const line = findLogLine(band, 'could not be ranked')
    expect(line).toMatchObject({ level: 40, community: 'wed', reqId: expect.any(String), status: 403 })
    expect(band.log.join()).not.toContain('100050')
    expect(line).toMatchObject({ answer: expect.stringContaining('PERMISSION_DENIED') })
    for (const advice of ['scope group:write', 'its owner a role', 'above the role to give'])
      expect(line).toMatchObject({ msg: expect.stringContaining(advice) })
    expect([rolesOf('100050'), await approvalsOf('100050')]).toEqual([['Member'], []])
  })
})
