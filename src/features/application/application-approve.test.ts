import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  communityFile,
  findLogLine,
  type Magicband,
  moderator,
  pathOf,
  startMagicband,
} from '../../../test/magicband.ts'
import { findSample, readScrape } from '../../../test/scrape.ts'
import { roleIds } from '../../sandbox/population.ts'
import type { FailureMode } from '../../sandbox/sandbox.ts'

const approve = (id: string) => pathOf('/application/approve', { id, moderator })
const upload = (id: string) => pathOf('/application/upload', { id })
const answers = JSON.stringify({ q1: 'one', q2: 'two', q3: 'three', q4: 'four' })
const ranked = [200, '{"status":"success","message":"successfully ranked user"}']
const notRanked = [500, `{"status":"error","message":"couldn't rank user"}`]
const alreadyTrainee = [400, '{"status":"error","message":"user is already trainee/cast"}']

const student = ['Member', 'University Student']
const rolesOf = (band: Magicband, id: string) => band.sandbox.world.rolesOf(id).map(({ name }) => name)
const changes = (band: Magicband) =>
  band.sandbox
    .requests('robloxApis')
    .filter(({ method }) => method === 'POST')
    .map(({ path, body }) => [path.slice(path.lastIndexOf(':')), JSON.parse(body).role])
const applicationsOf = (band: Magicband, id: string) =>
  band.app.database.read.selectFrom('application').selectAll().where('roblox_id', '=', id).orderBy('id').execute()
const approvalsOf = (band: Magicband, id: string) =>
  band.app.database.read
    .selectFrom('audit_entry')
    .selectAll()
    .where('roblox_id', '=', id)
    .where('act', '=', 'application.approve')
    .execute()

async function send(band: Magicband, id: string) {
  const reply = await band.post(approve(id))
  return [reply.status, reply.text]
}

let band: Magicband
beforeAll(async () => {
  band = await startMagicband()
})
afterAll(() => band.stop())

describe('POST /application/approve refuses', () => {
  test.each([
    ['nothing', {}, 'missing parameter: id'],
    ['a username for an id', { id: 'StudentOne', moderator }, 'invalid parameter: id'],
    ['id 0', { id: '0' }, 'invalid parameter: id'],
    ['no moderator', { id: '1006' }, 'missing parameter: moderator'],
    ['a moderator of 16 digits', { id: '1006', moderator: '1234567890123456' }, 'invalid parameter: moderator'],
  ])('%s', async (_name, values, message) => {
    const reply = await band.post(pathOf('/application/approve', values))
    expect([reply.status, reply.body]).toEqual([400, { status: 'error', message }])
  })

  test.each(['game', 'status'])('a %s key', async (key) => {
    const reply = await band.post(approve('1006'), { key })
    expect([reply.status, reply.body]).toEqual([403, { status: 'error', message: 'access denied' }])
  })

  test('an unknown user', async () => {
    const reply = await band.post(approve('999999999'))
    expect([reply.status, reply.body]).toEqual([
      404,
      {
        status: 'error',
        message: "couldn't find user",
        discord: "We couldn't find the requested user, please ensure you typed it correctly and try again.",
      },
    ])
  })

  test.each(['1001', '1002', '1003', '1004', '172051854', '900'])('%s, who is trainee or above', async (id) => {
    expect(await send(band, id)).toEqual(alreadyTrainee)
    expect(changes(band)).toEqual([])
  })

  test('one who became a trainee a moment ago, since Roblox is always asked', async () => {
    await band.get('/profile?id=100060')
    band.sandbox.world.setRoles('100060', [roleIds.universityStudent])
    expect(await send(band, '100060')).toEqual(alreadyTrainee)
  })
})

describe('POST /application/approve', () => {
  test('ranks a member, records it, and the next look-ups see it', async () => {
    const training = pathOf('/connect', { place: '1', id: '1006', training: 'true' })
    expect((await band.get(training)).body).toMatchObject({ auth: false })
    await band.post(upload('1006'), { body: answers })
    expect(await send(band, '1006')).toEqual(ranked)
    expect(rolesOf(band, '1006')).toEqual(student)
    band.sandbox.forgetRequests()
    expect((await band.get(training)).body).toMatchObject({ auth: true })
    expect((await band.get('/profile?id=1006')).body).toMatchObject({ rank: 'University Student', rankid: 10 })
    expect(band.sandbox.requests('roblox')).toEqual([])
    expect(await applicationsOf(band, '1006')).toMatchObject([
      { state: 'approved', decided_at: band.now(), decided_by: moderator },
    ])
    expect(await approvalsOf(band, '1006')).toMatchObject([
      { moderator, after: '{"role":"University Student","rank":10}' },
    ])
    expect(await send(band, '1006')).toEqual(alreadyTrainee)
  })

  test('accepts the request to join first', async () => {
    band.sandbox.forgetRequests()
    expect(await send(band, '1005')).toEqual(ranked)
    expect(changes(band)).toEqual([
      [':accept', undefined],
      [':assignRole', `groups/1/roles/${roleIds.universityStudent}`],
    ])
    expect(rolesOf(band, '1005')).toEqual(student)
    expect(await applicationsOf(band, '1005')).toEqual([])
  })

  test('ranks once when twenty copies arrive at once', async () => {
    band.sandbox.forgetRequests()
    const replies = await Promise.all(Array.from({ length: 20 }, () => send(band, '100061')))
    expect(replies.filter(([status]) => status === 200)).toEqual([ranked])
    expect(replies.filter(([status]) => status === 400)).toHaveLength(19)
    expect(changes(band)).toHaveLength(1)
    expect(await approvalsOf(band, '100061')).toHaveLength(1)
  })

  test('takes the other roles of the ladder away after it has given the new one', async () => {
    const file = communityFile
      .replace('ladder: [Cast Member]', 'ladder: [applicant, "41112401", Member, Nobody]')
      .replace('role: University Student', `role: "${roleIds.universityStudent}"`)
    const ladder = await startMagicband({ files: { wed: file } })
    ladder.sandbox.world.addRole({ id: '41112400', name: 'Applicant', rank: 5 })
    ladder.sandbox.world.addRole({ id: '41112401', name: 'Reapplicant', rank: 6 })
    ladder.sandbox.world.addRole({ id: '41112402', name: 'Fan', rank: 7 })
    ladder.sandbox.world.setRoles('100062', ['41112400', '41112401', '41112402'])
    expect(await send(ladder, '100062')).toEqual(ranked)
    expect(changes(ladder)).toEqual([
      [':assignRole', `groups/1/roles/${roleIds.universityStudent}`],
      [':unassignRole', 'groups/1/roles/41112400'],
      [':unassignRole', 'groups/1/roles/41112401'],
    ])
    expect(rolesOf(ladder, '100062')).toEqual(['Member', 'Fan', 'University Student'])
    await ladder.stop()
  })
})

describe('POST /application/approve fails, records nothing, and can be repeated,', () => {
  /** It is told in one line that says what to do, and counted by itself: nothing that wakes somebody. */
  async function expectNoFault(failed: Magicband, times: number) {
    expect(failed.log.map((line) => JSON.parse(line).level).filter((level) => level >= 50)).toEqual([])
    expect(failed.log.filter((line) => line.includes('could not be ranked'))).toHaveLength(times)
    const samples = readScrape((await failed.get('/metrics', { key: 'status' })).text)
    const refusals = (problem: string) => findSample(samples, 'magicband_http_refusals_total', { problem })
    expect([refusals('not-ranked'), refusals('call-failed'), refusals('failure')]).toEqual([
      times,
      undefined,
      undefined,
    ])
  }

  async function expectNothingRecorded(failed: Magicband, id: string) {
    expect(await approvalsOf(failed, id)).toEqual([])
    for (const application of await applicationsOf(failed, id)) expect(application).toMatchObject({ state: 'open' })
  }

  test('when the player is not in the group and has not asked to join it', async () => {
    await band.post(upload('1'), { body: answers })
    expect(await send(band, '1')).toEqual(notRanked)
    await expectNoFault(band, 1)
    expect(findLogLine(band, 'could not be ranked')).toMatchObject({ msg: expect.stringContaining('ask the player') })
    expect(await applicationsOf(band, '1')).toHaveLength(1)
    await expectNothingRecorded(band, '1')
    band.sandbox.world.addJoinRequest('1')
    expect(await send(band, '1')).toEqual(ranked)
    expect(await applicationsOf(band, '1')).toMatchObject([{ state: 'approved' }])
  })

  test('when Roblox refuses after the request to join was accepted', async () => {
    band.sandbox.world.addUser({ id: '5002', name: 'Halfway' })
    band.sandbox.world.addJoinRequest('5002')
    band.sandbox.world.keyOwnerRank = 5
    expect(await send(band, '5002')).toEqual(notRanked)
    expect(rolesOf(band, '5002')).toEqual(['Member'])
    expect(findLogLine(band, 'could not be ranked')).toMatchObject({
      status: 403,
      msg: expect.stringContaining('group:write'),
    })
    await expectNothingRecorded(band, '5002')
    band.sandbox.world.keyOwnerRank = 254
    expect(await send(band, '5002')).toEqual(ranked)
    expect(rolesOf(band, '5002')).toEqual(student)
  })

  test.each([
    ['a role that the group does not have', 'role: Studnet', 'Guest, Member, University Student'],
    ['the role of the owner', 'role: Owner', 'names no role'],
    ['the role of those outside', 'role: Guest', 'names no role'],
  ])('when the community file names %s', async (_name, role, advice) => {
    const file = communityFile.replace('role: University Student', role)
    const wrong = await startMagicband({ files: { wed: file } })
    expect(await send(wrong, '1006')).toEqual(notRanked)
    const line = findLogLine(wrong, 'could not be ranked')
    expect(line).toMatchObject({ level: 40, community: 'wed', reqId: expect.any(String) })
    for (const word of ['applications.role', ...advice.split(', ')])
      expect(line).toMatchObject({ msg: expect.stringContaining(word) })
    expect(changes(wrong)).toEqual([])
    await expectNothingRecorded(wrong, '1006')
    await expectNoFault(wrong, 1)
    await wrong.stop()
  })

  test('when the community has no Open Cloud key, unless the player is a trainee already', async () => {
    const file = communityFile.replace(', apiKey: sandbox-open-cloud-key', '')
    const keyless = await startMagicband({ files: { wed: file } })
    expect(await send(keyless, '1006')).toEqual(notRanked)
    expect(findLogLine(keyless, 'could not be ranked')).toMatchObject({
      msg: expect.stringContaining('set roblox.apiKey'),
    })
    expect(await send(keyless, '1001')).toEqual(alreadyTrainee)
    await expectNoFault(keyless, 1)
    await keyless.stop()
  })

  test('when Roblox knows no such key', async () => {
    const file = communityFile.replace('sandbox-open-cloud-key', 'ended-open-cloud-key')
    const ended = await startMagicband({ files: { wed: file } })
    expect(await send(ended, '1006')).toEqual(notRanked)
    expect(findLogLine(ended, 'could not be ranked')).toMatchObject({
      msg: expect.stringContaining('renew roblox.apiKey'),
    })
    expect(ended.log.join()).not.toContain('ended-open-cloud-key')
    await expectNoFault(ended, 1)
    await ended.stop()
  })

  const modes: FailureMode[] = ['refuse', 'lost', '429', '500', 'html', 'empty', 'truncated']
  test.concurrent.each(modes)('when Roblox is down (%s)', async (mode) => {
    const down = await startMagicband()
    await down.post(upload('1006'), { body: answers })
    down.sandbox.fail('roblox', { mode })
    expect(await Promise.all(['1006', '1005'].map((id) => send(down, id)))).toEqual([notRanked, notRanked])
    await expectNothingRecorded(down, '1006')
    await expectNoFault(down, 2)
    down.sandbox.heal()
    down.advance(31_000)
    expect(await send(down, '1006')).toEqual(ranked)
    expect(await applicationsOf(down, '1006')).toMatchObject([{ state: 'approved' }])
    await down.stop()
  })
})
