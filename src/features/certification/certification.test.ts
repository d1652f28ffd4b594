import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  communityFile,
  eventually,
  type Magicband,
  moderator,
  pathOf,
  startMagicband,
} from '../../../test/magicband.ts'
import { roleIds } from '../../sandbox/population.ts'
import { sandboxWebhookUrl } from '../../sandbox/world.ts'

const change =
  (verb: string) =>
  (username: string, certification: string, more: Record<string, string> = {}) =>
    pathOf(`/certification/${verb}`, { certification, username, moderator, ...more })
const grant = change('grant')
const revoke = change('revoke')
const unknownUser = {
  status: 'error',
  message: "couldn't find user",
  discord: "We couldn't find the requested user, please ensure you typed it correctly and try again.",
}
const unknownCertification = {
  status: 'error',
  message: 'unknown certification',
  discord: 'There is no such certification; these exist: **char**, **tot**, **mtp**, **btmr**, **rnrc**.',
}
const tooLow =
  '{"status":"error","discord":"The requested user does not meet the rank pre-requisites to receive a certification."}'

let band: Magicband
beforeAll(async () => {
  band = await startMagicband()
})
afterAll(() => band.stop())

const held = (robloxId: string) =>
  band.app.database.read.selectFrom('certification').selectAll().where('roblox_id', '=', robloxId).execute()
const trail = (robloxId: string) =>
  band.app.database.read.selectFrom('audit_entry').selectAll().where('roblox_id', '=', robloxId).orderBy('id').execute()

describe.each(['grant', 'revoke'])('the parameters of POST /certification/%s', (verb) => {
  const given = { certification: 'tot', username: 'CastOne', moderator }

  test.each([
    ['nothing', {}, 'missing parameter: certification'],
    ['no username', { certification: 'tot', moderator }, 'missing parameter: username'],
    ['no moderator', { certification: 'tot', username: 'CastOne' }, 'missing parameter: moderator'],
    ['an empty certification', { ...given, certification: '' }, 'missing parameter: certification'],
    ['a username of 51 characters', { ...given, username: 'x'.repeat(51) }, 'invalid parameter: username'],
    ['a moderator that is a name', { ...given, moderator: 'JTmaveryk' }, 'invalid parameter: moderator'],
    ['a moderator of 21 digits', { ...given, moderator: '1'.repeat(21) }, 'invalid parameter: moderator'],
  ])('refuse %s', async (_name, values, message) => {
    const reply = await band.post(pathOf(`/certification/${verb}`, values))
    expect([reply.status, reply.body]).toEqual([400, { status: 'error', message, discord: expect.any(String) }])
  })

  test('refuse a second username', async () => {
    const reply = await band.post(`${pathOf(`/certification/${verb}`, given)}&username=MemberOne`)
    expect([reply.status, reply.body]).toMatchObject([400, { message: 'invalid parameter: username' }])
  })

  test('need a key of the bot', async () => {
    const reply = await band.post(pathOf(`/certification/${verb}`, given), { key: 'game' })
    expect([reply.status, reply.body]).toMatchObject([403, { status: 'error', message: 'access denied' }])
  })
})

describe('POST /certification/grant', () => {
  test.each([
    ['an unknown certification', grant('CastOne', 'xyz'), 400, unknownCertification],
    ['one in capitals', grant('CastOne', 'TOT'), 400, unknownCertification],
    ['a name that objects have by themselves', grant('CastOne', 'constructor'), 400, unknownCertification],
    ['an unknown certification before an unknown user', grant('NobodyAtAll', 'xyz'), 400, unknownCertification],
    ['an unknown user', grant('NobodyAtAll', 'tot'), 404, unknownUser],
  ])('refuses %s', async (_name, path, status, body) => {
    const reply = await band.post(path)
    expect([reply.status, reply.body]).toEqual([status, body])
  })

  test.each(['Roblox', 'PendingOne', 'MemberOne'])('refuses %s, whose rank is too low', async (username) => {
    const reply = await band.post(grant(username, 'tot'))
    expect([reply.status, reply.text]).toEqual([403, tooLow])
  })

  test('refuses one that is held, after one whose rank has become too low', async () => {
    expect((await band.post(grant('SeniorOne', 'tot'))).status).toBe(200)
    const again = await band.post(grant('seniorone', 'tot'))
    expect([again.status, again.text]).toEqual([
      400,
      '{"status":"error","discord":"**SeniorOne** already has the **tot** certification."}',
    ])
    band.sandbox.world.setRoles('1003', [roleIds.member])
    band.advance(60_000)
    const demoted = await band.post(grant('SeniorOne', 'tot'))
    expect([demoted.status, demoted.text]).toEqual([403, tooLow])
    expect(await trail('1003')).toHaveLength(1)
  })

  test('grants from the least rank on, and writes down who did it', async () => {
    const reply = await band.post(grant('studentONE', 'tot'))
    expect([reply.status, reply.text]).toEqual([
      200,
      '{"status":"success","discord":"Successfully granted **StudentOne** the **tot** certification."}',
    ])
    const granted = { community: 'wed', code: 'tot', granted_by: moderator, granted_at: band.now() }
    expect(await held('1001')).toEqual([{ ...granted, roblox_id: '1001' }])
    const [key] = await band.app.database.read.selectFrom('api_key').select('id').where('kind', '=', 'bot').execute()
    expect(await trail('1001')).toEqual([
      expect.objectContaining({
        act: 'certification.grant',
        moderator,
        key_id: key?.id,
        request_id: reply.headers['x-request-id'],
        before: null,
        after: '{"certification":"tot"}',
        created_at: band.now(),
      }),
    ])
  })

  test('grants once when twenty copies arrive at once', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => band.post(grant('ManagerOne', 'mtp'))))
    expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1)
    expect(replies.filter((reply) => reply.status === 400)).toHaveLength(19)
    expect(await held('1004')).toHaveLength(1)
    expect(await trail('1004')).toHaveLength(1)
  })

  test('escapes names that Discord would read as Markdown', async () => {
    band.sandbox.world.addUser({ id: '5001', name: '_under_score_', roleIds: [roleIds.castMember] })
    const reply = await band.post(grant('_under_score_', 'tot'))
    expect(reply.body).toMatchObject({
      discord: 'Successfully granted **\\_under\\_score\\_** the **tot** certification.',
    })
  })
})

describe('POST /certification/revoke', () => {
  test.each([
    ['an unknown certification', revoke('CastOne', 'xyz'), 400, unknownCertification],
    ['an unknown certification before an unknown user', revoke('NobodyAtAll', 'xyz'), 400, unknownCertification],
    ['an unknown user', revoke('NobodyAtAll', 'tot'), 404, unknownUser],
  ])('refuses %s', async (_name, path, status, body) => {
    const reply = await band.post(path)
    expect([reply.status, reply.body]).toEqual([status, body])
  })

  test('refuses one that is not held, whatever the rank', async () => {
    const reply = await band.post(revoke('Roblox', 'tot'))
    expect([reply.status, reply.text]).toEqual([
      400,
      '{"status":"error","discord":"**Roblox** doesn\'t have the **tot** certification."}',
    ])
    expect(await trail('1')).toEqual([])
  })

  test('revokes, also from a player whose rank is too low by now, and writes down who did it', async () => {
    await band.post(grant('CastOne', 'btmr'))
    band.sandbox.world.removeMember('1002')
    band.advance(60_000)
    const reply = await band.post(revoke('CASTone', 'btmr'))
    expect([reply.status, reply.text]).toEqual([
      200,
      '{"status":"success","discord":"Successfully revoked **CastOne**\'s **btmr** certification."}',
    ])
    expect(await held('1002')).toEqual([])
    expect(await trail('1002')).toMatchObject([
      { act: 'certification.grant' },
      { act: 'certification.revoke', moderator, before: '{"certification":"btmr"}', after: null },
    ])
  })

  test('revokes once when twenty copies arrive at once', async () => {
    await band.post(grant('ManagerOne', 'rnrc'))
    const replies = await Promise.all(Array.from({ length: 20 }, () => band.post(revoke('ManagerOne', 'rnrc'))))
    expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1)
  })

  test('revokes one that the community no longer lists, for as long as anyone holds it', async () => {
    await band.post(grant('JTmaveryk', 'mtp'))
    await band.post(grant('JTmaveryk', 'char'))
    await band.restart({ wed: communityFile.replace(/codes: {.*}/, 'codes: { tot: Tower of Terror }') })
    expect((await band.post(grant('StudentOne', 'char'))).body).toMatchObject({ message: 'unknown certification' })
    expect((await band.post(revoke('StudentOne', 'char'))).body).toEqual({
      status: 'error',
      discord: "**StudentOne** doesn't have the **char** certification.",
    })
    expect((await band.post(revoke('JTmaveryk', 'char'))).status).toBe(200)
    const reply = await band.post(revoke('JTmaveryk', 'char'))
    expect([reply.status, reply.body]).toMatchObject([400, { message: 'unknown certification' }])
    await band.restart({ wed: communityFile })
  })
})

test('a community without certifications says so', async () => {
  const none = await startMagicband({ files: { wed: communityFile.replace(/certifications:\n.*\n.*\n/, '') } })
  const reply = await none.post(grant('CastOne', 'tot'))
  expect([reply.status, reply.body]).toEqual([
    400,
    { status: 'error', message: 'unknown certification', discord: 'This community has no certifications.' },
  ])
  await none.stop()
})

describe('certifications while Roblox is down', () => {
  let down: Magicband
  beforeAll(async () => {
    down = await startMagicband({ files: { wed: `${communityFile}  webhooks: { audit: "${sandboxWebhookUrl}" }\n` } })
    await down.post(revoke('MemberOne', 'tot'))
    await down.post(revoke('StudentOne', 'tot'))
    await down.get('/profile?username=CastOne')
    await down.get('/profile?username=Visitor100001')
    down.sandbox.fail('all', { mode: 'refuse' })
    down.advance(3_600_000)
  })
  afterAll(() => down.stop())

  test('a rank that nobody knows is no ground to refuse a grant for: 503', async () => {
    const reply = await down.post(grant('StudentOne', 'tot'))
    const message = 'roblox is unavailable'
    expect([reply.status, reply.body]).toEqual([503, { status: 'error', message, discord: expect.any(String) }])
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0)
  })

  test('a rank that is remembered decides, and its age is told', async () => {
    const tooLowOnce = await down.post(grant('Visitor100001', 'tot'))
    expect([tooLowOnce.status, tooLowOnce.headers['x-magicband-stale']]).toEqual([403, '3600'])
    const granted = await down.post(grant('CastOne', 'tot'))
    expect([granted.status, granted.headers['x-magicband-stale']]).toEqual([200, '3600'])
  })

  test('a revocation needs the name only', async () => {
    expect((await down.post(revoke('CastOne', 'tot'))).status).toBe(200)
    const reply = await down.post(revoke('NeverSeen', 'tot'))
    expect([reply.status, reply.body]).toMatchObject([503, { message: 'roblox is unavailable' }])
  })

  test('Discord hears of both acts when it is back', async () => {
    down.sandbox.heal()
    const messages = await eventually(() => {
      down.advance(10_000)
      const sent = down.sandbox.world.state.webhookMessages
      return sent.length >= 2 ? sent : undefined
    })
    const titles = messages.flatMap(({ embeds }) => embeds.map((embed) => (embed as { title: string }).title))
    expect(titles.toSorted()).toEqual(['Certification granted', 'Certification revoked'])
  })
})
