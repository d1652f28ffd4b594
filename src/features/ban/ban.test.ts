import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { communityFile, eventually, type Magicband, moderator, startMagicband } from '../../../test/magicband.ts'
import { sandboxIds, sandboxKeys, sandboxWebhookUrl } from '../../sandbox/world.ts'

const add = (username: string, more = '') =>
  `/ban/add?reason=bad%20boy&username=${username}&moderator=${moderator}${more}`
const remove = (username: string) => `/ban/remove?reason=good%20boy&username=${username}&moderator=${moderator}`
const join = (id: string) => `/connect?place=1&id=${id}&training=false`

let band: Magicband
beforeAll(async () => {
  band = await startMagicband()
})
afterAll(() => band.stop())

describe('POST /ban/add', () => {
  test.each([
    ['no reason', `/ban/add?username=MemberOne&moderator=${moderator}`, 'missing parameter: reason'],
    ['an empty reason', `/ban/add?reason=&username=MemberOne&moderator=${moderator}`, 'missing parameter: reason'],
    [
      'a reason of 1,001 characters',
      add('MemberOne').replace('bad%20boy', 'x'.repeat(1001)),
      'invalid parameter: reason',
    ],
    ['a reason with NUL', add('MemberOne').replace('bad%20boy', 'a%00b'), 'invalid parameter: reason'],
    ['no username', `/ban/add?reason=x&moderator=${moderator}`, 'missing parameter: username'],
    ['no moderator', '/ban/add?reason=x&username=MemberOne', 'missing parameter: moderator'],
    [
      'a moderator of 16 digits',
      '/ban/add?reason=x&username=MemberOne&moderator=1234567890123456',
      'invalid parameter: moderator',
    ],
    ['a duration of 0', add('MemberOne', '&duration=0'), 'invalid parameter: duration'],
    ['a duration below one second', add('MemberOne', '&duration=0.9'), 'invalid parameter: duration'],
    ['a duration over ten years', add('MemberOne', '&duration=315360001'), 'invalid parameter: duration'],
    ['a duration that is no number', add('MemberOne', '&duration=1e3'), 'invalid parameter: duration'],
  ])('refuses %s', async (_name, path, message) => {
    const reply = await band.post(path)
    expect([reply.status, reply.body]).toEqual([400, { status: 'error', message, discord: expect.any(String) }])
  })

  test('refuses an unknown user', async () => {
    const reply = await band.post(add('NobodyAtAll'))
    expect([reply.status, reply.body]).toEqual([
      404,
      {
        status: 'error',
        message: "couldn't find user",
        discord: "We couldn't find the requested user, please ensure you typed it correctly and try again.",
      },
    ])
  })

  test('bans, and refuses a second ban', async () => {
    const reply = await band.post(add('memberone'))
    expect([reply.status, reply.body]).toEqual([
      200,
      {
        status: 'success',
        discord:
          'Successfully banned **MemberOne** ([1006](https://www.roblox.com/users/1006/profile)) for **bad boy**.',
      },
    ])
    expect((await band.get(join('1006'))).body).toEqual({
      certifications: '',
      auth: false,
      clearance: 0,
      banned: true,
      reason: 'bad boy',
    })
    const again = await band.post(add('MemberOne'))
    expect([again.status, again.body]).toEqual([400, { status: 'error', discord: '**MemberOne** is already banned.' }])
    expect(await bansOf('1006')).toEqual([
      expect.objectContaining({ reason: 'bad boy', moderator, is_open: 1, ends_at: null }),
    ])
  })

  test('takes a reason of 1,000 astral characters', async () => {
    const reason = '🚒'.repeat(1000)
    const reply = await band.post(
      `/ban/add?reason=${encodeURIComponent(reason)}&username=Visitor100009&moderator=${moderator}`,
    )
    expect(reply.status).toBe(200)
    expect(await bansOf('100009')).toEqual([expect.objectContaining({ reason })])
  })

  test('escapes Markdown and mentions in what Discord shows', async () => {
    const reason = '*x* _y_ `z` [a](http://b) @everyone <@1>\n# big'
    const reply = await band.post(
      `/ban/add?reason=${encodeURIComponent(reason)}&username=Visitor100008&moderator=${moderator}`,
    )
    expect(reply.body).toMatchObject({
      discord: expect.stringMatching(
        /for \*\*\\\*x\\\* \\_y\\_ \\`z\\` \\\[a\\\]\\\(http\\:\/\/b\\\) @\u200beveryone \\<@\u200b1\\> \\# big\*\*\.$/,
      ),
    })
  })

  test('ends a ban by itself, to the moment, and lets the next one begin', async () => {
    await band.post(add('Visitor100001', '&duration=60.9'))
    const expires = new Date(band.now() + 60_000).toISOString()
    expect((await band.get(join('100001'))).body).toMatchObject({ banned: true, expires })
    band.advance(59_999)
    expect((await band.get(join('100001'))).body).toMatchObject({ banned: true })
    band.advance(1)
    expect((await band.get(join('100001'))).body).toEqual({ certifications: '', auth: true, clearance: 0 })
    expect((await band.post(remove('Visitor100001'))).body).toEqual({
      status: 'error',
      discord: "**Visitor100001** isn't banned.",
    })
    expect((await band.post(add('Visitor100001'))).status).toBe(200)
    expect(await bansOf('100001')).toMatchObject([
      { is_open: 0, lifted_at: null },
      { is_open: 1, ends_at: null },
    ])
  })

  test('bans once when twenty copies arrive at once', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => band.post(add('Visitor100002'))))
    expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1)
    expect(await bansOf('100002')).toHaveLength(1)
  })
})

describe('POST /ban/remove', () => {
  test('refuses a player who is not banned', async () => {
    const reply = await band.post(remove('Visitor100003'))
    expect([reply.status, reply.body]).toEqual([400, { status: 'error', discord: "**Visitor100003** isn't banned." }])
  })

  test('unbans, and keeps the ban in the history', async () => {
    await band.post(add('Visitor100004'))
    const reply = await band.post(remove('Visitor100004'))
    expect([reply.status, reply.body]).toEqual([
      200,
      {
        status: 'success',
        discord:
          'Successfully unbanned **Visitor100004** ([100004](https://www.roblox.com/users/100004/profile)) for **good boy**.',
      },
    ])
    expect((await band.get(join('100004'))).body).toEqual({ certifications: '', auth: true, clearance: 0 })
    expect(await bansOf('100004')).toEqual([
      expect.objectContaining({
        reason: 'bad boy',
        lifted_by: moderator,
        lift_reason: 'good boy',
        lifted_at: band.now(),
      }),
    ])
  })
})

describe('what else a ban does', () => {
  let linked: Magicband
  beforeAll(async () => {
    const file = communityFile
      .replace('sandbox-open-cloud-key', `${sandboxKeys.openCloud}, universe: ${sandboxIds.universe}`)
      .concat(`  webhooks: { audit: "${sandboxWebhookUrl}" }\n`)
    linked = await startMagicband({ files: { wed: file } })
  })
  afterAll(() => linked.stop())

  test('Roblox itself keeps the player out, and Discord hears of it', async () => {
    await linked.post(add('Visitor100005', '&duration=3600'))
    const restriction = await eventually(() =>
      linked.sandbox.requests('robloxApis').find((request) => request.method === 'PATCH'),
    )
    expect(restriction.path).toContain('/user-restrictions/100005?updateMask=game_join_restriction')
    expect(JSON.parse(restriction.body)).toMatchObject({
      gameJoinRestriction: { active: true, duration: '3600s', displayReason: 'bad boy' },
    })
    const post = await eventually(() => linked.sandbox.requests('discord').find((request) => request.method === 'POST'))
    expect(JSON.parse(post.body)).toMatchObject({
      allowed_mentions: { parse: [] },
      embeds: [
        { title: 'Player banned', fields: expect.arrayContaining([{ name: 'Moderator', value: `<@${moderator}>` }]) },
      ],
    })
  })

  test('it holds at once though Roblox and Discord are down', async () => {
    linked.sandbox.fail('all', { mode: '500' })
    // The name is known from before.
    const reply = await linked.post(remove('Visitor100005'))
    expect(reply.status).toBe(200)
    linked.sandbox.heal()
  })
})

function bansOf(robloxId: string) {
  return band.app.database.read
    .selectFrom('ban')
    .selectAll()
    .where('roblox_id', '=', robloxId)
    .orderBy('banned_at')
    .execute()
}
