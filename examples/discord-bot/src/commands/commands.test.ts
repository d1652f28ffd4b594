import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { moderator, type RunningBot, startRunningBot } from '../../test/running-bot.ts'

/** Each command through a Discord on this machine to a real Magicband, and what that has afterwards. */
let running: RunningBot
beforeAll(async () => {
  running = await startRunningBot()
})
afterAll(() => running.stop())

const read = () => running.band.app.database.read
const pingsNobody = { parse: [] }

type Case = [command: string, options: Record<string, string>, text: string]
const refusals: Case[] = [
  [
    'certify',
    { username: 'CastOne', certification: 'xyz' },
    'There is no such certification; these exist: **char**, **tot**, **mtp**, **btmr**, **rnrc**.',
  ],
  [
    'certify',
    { username: 'NobodyAtAll', certification: 'tot' },
    "We couldn't find the requested user, please ensure you typed it correctly and try again.",
  ],
  [
    'certify',
    { username: 'MemberOne', certification: 'tot' },
    'The requested user does not meet the rank pre-requisites to receive a certification.',
  ],
  ['decertify', { username: 'CastOne', certification: 'tot' }, "**CastOne** doesn't have the **tot** certification."],
  ['unban', { username: 'CastOne', reason: 'good boy' }, "**CastOne** isn't banned."],
  [
    'ban',
    { username: 'CastOne', reason: 'bad boy', duration: 'a while' },
    'Please write a duration like 30m, 12h or 7d, of 3650d at most, or leave it out for a ban without an end.',
  ],
  [
    'ban',
    { username: 'CastOne', reason: 'bad boy', duration: '3651d' },
    'Please write a duration like 30m, 12h or 7d, of 3650d at most, or leave it out for a ban without an end.',
  ],
  [
    'ban',
    { username: 'CastOne', reason: '   ' },
    'Something is missing in what you entered, please fill in everything and try again.',
  ],
  [
    'ban',
    { username: 'CastOne', reason: 'bad boy', duration: '0s' },
    'Something you entered is not valid, please check it and try again.',
  ],
  ['approve', { username: 'CastOne' }, 'This player is a trainee or cast already.'],
  [
    'approve',
    { id: '1' },
    'This player could not be ranked: they may not have asked to join the group, or Roblox is down.',
  ],
  ['approve', {}, 'Please give exactly one of these: a username, an id.'],
  ['approve', { username: 'CastOne', id: '1002' }, 'Please give exactly one of these: a username, an id.'],
  ['profile', {}, 'Please give exactly one of these: a username, a member, an id.'],
  ['profile', { username: 'CastOne', id: '1002' }, 'Please give exactly one of these: a username, a member, an id.'],
  ['profile', { id: 'x' }, 'Something you entered is not valid, please check it and try again.'],
]

describe('a refusal is shown as it is', () => {
  test.each(refusals)('/%s %j', async (command, options, text) => {
    const shown = await running.use(command, options)
    expect(shown.body).toMatchObject({ content: text, allowed_mentions: pingsNobody })
    expect(shown.steps).toEqual(['defer', 'edit'])
    expect(await read().selectFrom('audit_entry').selectAll().execute()).toEqual([])
  })
})

describe('what was done is shown in the words of Magicband, and is done', () => {
  test('/certify and /decertify', async () => {
    const given = { username: 'castone', certification: 'tot' }
    expect((await running.use('certify', { username: ' @castone ', certification: 'tot ' })).body).toMatchObject({
      content: 'Successfully granted **CastOne** the **tot** certification.',
      allowed_mentions: pingsNobody,
    })
    const held = () => read().selectFrom('certification').selectAll().execute()
    expect(await held()).toMatchObject([{ roblox_id: '1002', code: 'tot', granted_by: moderator }])
    expect((await running.use('certify', given)).body.content).toBe(
      '**CastOne** already has the **tot** certification.',
    )
    expect((await running.use('decertify', given)).body.content).toBe(
      "Successfully revoked **CastOne**'s **tot** certification.",
    )
    expect(await held()).toEqual([])
  })

  test.each([
    ['100001', '30m', 1800],
    ['100002', '12 h', 43_200],
    ['100003', '7D', 604_800],
    ['100004', '90s', 90],
  ])('/ban %s for %s, and /unban', async (id, duration, seconds) => {
    const username = `Visitor${id}`
    const link = `**${username}** ([${id}](https://www.roblox.com/users/${id}/profile))`
    const shown = await running.use('ban', { username, reason: '@everyone _bad_ boy', duration })
    expect(shown.body).toMatchObject({
      content: `Successfully banned ${link} for **@\u200beveryone \\_bad\\_ boy**.`,
      allowed_mentions: pingsNobody,
    })
    const ban = () => read().selectFrom('ban').selectAll().where('roblox_id', '=', id).executeTakeFirst()
    expect(await ban()).toMatchObject({
      reason: '@everyone _bad_ boy',
      moderator,
      ends_at: running.band.now() + seconds * 1000,
      lifted_by: null,
    })
    const lifted = await running.use('unban', { username, reason: 'good boy' })
    expect(lifted.body.content).toBe(`Successfully unbanned ${link} for **good boy**.`)
    expect(await ban()).toMatchObject({ lifted_by: moderator, lift_reason: 'good boy' })
  })

  test('/ban without an end, with a sentence that is too long for a message', async () => {
    const reason = '*'.repeat(1000)
    const shown = await running.use('ban', { username: 'Visitor100005', reason })
    const sentence = `Successfully banned **Visitor100005** ([100005](https://www.roblox.com/users/100005/profile)) for **${'\\*'.repeat(1000)}**.`
    expect(shown.body).toMatchObject({ embeds: [{ description: sentence }], allowed_mentions: pingsNobody })
    const [ban] = await read().selectFrom('ban').selectAll().where('roblox_id', '=', '100005').execute()
    expect(ban).toMatchObject({ reason, ends_at: null })
  })

  test.each([
    ['a username', { username: 'PENDINGone' }, 'PendingOne', '1005'],
    ['an id', { id: '1006' }, 'MemberOne', '1006'],
  ])('/approve by %s', async (_name, options, username, id) => {
    const shown = await running.use('approve', options)
    expect(shown.body).toMatchObject({
      content: `Successfully approved **${username}** ([${id}](https://www.roblox.com/users/${id}/profile)).`,
      allowed_mentions: pingsNobody,
    })
    const profile = await running.band.get(`/profile?id=${id}`)
    expect(profile.body).toMatchObject({ rank: 'University Student' })
    const entries = read().selectFrom('audit_entry').selectAll().where('roblox_id', '=', id)
    expect(await entries.execute()).toMatchObject([{ act: 'application.approve', moderator }])
  })
})

describe('/profile', () => {
  const fieldsOf = (body: Record<string, unknown>) => {
    const [embed] = body.embeds as { fields: { name: string; value: string }[] }[]
    return Object.fromEntries(embed?.fields.map(({ name, value }) => [name, value]) ?? [])
  }

  test('shows a player, by username, by member of the server and by id', async () => {
    await running.use('certify', { username: 'SeniorOne', certification: 'mtp' })
    for (const options of [{ username: 'SENIORone' }, { member: { user: '100000000000001003' } }, { id: '1003' }]) {
      const { body } = await running.use('profile', options, { roles: [] })
      expect(body).toMatchObject({
        embeds: [{ title: 'SeniorOne', url: 'https://www.roblox.com/users/1003/profile' }],
        allowed_mentions: pingsNobody,
      })
      expect(fieldsOf(body)).toEqual({
        Rank: 'Senior Cast Member (100)',
        Points: '0',
        'Roblox id': '1003',
        Certifications: 'Mad Tea Party',
      })
    }
  })

  test('says that a member is not linked', async () => {
    const { body } = await running.use('profile', { member: { user: '999999999999999999' } })
    expect(body.content).toContain("We couldn't find the requested user")
  })

  test('shows names as they are, and no list where there is none', async () => {
    running.band.sandbox.world.addUser({ id: '5001', name: '__a_b__', roleIds: [] })
    const { body } = await running.use('profile', { id: '5001' })
    expect(body).toMatchObject({ embeds: [{ title: '\\_\\_a\\_b\\_\\_' }] })
    expect(fieldsOf(body)).toMatchObject({ Rank: 'Member (1)', Certifications: 'none' })
  })

  test('tells the age of a rank while Roblox is down', async () => {
    running.band.sandbox.fail('roblox', { mode: 'refuse' })
    running.band.advance(3_600_000)
    const { body } = await running.use('profile', { username: 'SeniorOne' })
    expect(body).toMatchObject({ embeds: [{ footer: { text: expect.stringContaining('60 minutes old') } }] })
    const unknown = await running.use('profile', { username: 'NeverSeen' })
    expect(unknown.body.content).toBe('Roblox is not answering at the moment, please try again in a minute.')
    running.band.sandbox.heal()
  })
})

describe('while somebody types the certification', () => {
  const all = [
    { name: 'Characters (char)', value: 'char' },
    { name: 'Tower of Terror (tot)', value: 'tot' },
    { name: 'Mad Tea Party (mtp)', value: 'mtp' },
    { name: 'Big Thunder Mountain Railroad (btmr)', value: 'btmr' },
    { name: "Rock 'n' Roller Coaster (rnrc)", value: 'rnrc' },
  ]

  test.each(['certify', 'decertify'])('/%s offers those that have it in their code or name', async (command) => {
    expect(await running.suggest(command, 'certification', '')).toEqual(all)
    expect(await running.suggest(command, 'certification', ' TEA')).toEqual([all[2]])
    expect(await running.suggest(command, 'certification', 'tmr')).toEqual([all[3]])
    expect(await running.suggest(command, 'certification', 'zzz')).toEqual([])
  })

  test('nothing is offered to whoever may not use the command', async () => {
    expect(await running.suggest('certify', 'certification', '', { roles: [] })).toEqual([])
  })
})
