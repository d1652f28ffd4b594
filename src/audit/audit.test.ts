import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  communityFile,
  eventually,
  findLogLine,
  type Magicband,
  moderator,
  pathOf,
  startMagicband,
} from '../../test/magicband.ts'
import { addJob } from '../jobs/queue.ts'
import type { FailureMode } from '../sandbox/sandbox.ts'
import { sandboxWebhookUrl } from '../sandbox/world.ts'

const file = `${communityFile}  webhooks: { audit: "${sandboxWebhookUrl}" }\n`
const visitor = '**Visitor100001** ([100001](https://www.roblox.com/users/100001/profile))'
const student = '**StudentOne** ([1001](https://www.roblox.com/users/1001/profile))'

let band: Magicband
beforeEach(async () => {
  band = await startMagicband({ files: { wed: file } })
})
afterEach(() => band.stop())

async function act(path: string, values: Record<string, string>): Promise<void> {
  expect((await band.post(pathOf(path, { moderator, ...values }))).status).toBe(200)
}
const ban = (username: string, reason = 'bad boy') => act('/ban/add', { username, reason })

const posts = () => band.sandbox.requests('discord').filter(({ method }) => method === 'POST')
const messages = () => band.sandbox.world.state.webhookMessages
const jobs = () => band.app.database.read.selectFrom('job').selectAll().execute()

/** Waits until no job is due or running, and gives those that are left. */
function settled() {
  return eventually(async () => {
    const all = await jobs()
    const isBusy = all.some((job) => job.locked_by !== null || (job.given_up_at === null && job.run_at <= band.now()))
    return isBusy ? undefined : all
  })
}

/** The fields of an embed, by name. */
function fieldsOf(message: unknown): Record<string, string> {
  const { embeds } = message as { embeds: { fields: { name: string; value: string }[] }[] }
  return Object.fromEntries((embeds[0]?.fields ?? []).map(({ name, value }) => [name, value]))
}

describe('every moderation act is posted', () => {
  test.each([
    ['/ban/add', 'Player banned', { reason: 'bad\\_boy' }, visitor, { username: 'Visitor100001', reason: 'bad_boy' }],
    [
      '/ban/add',
      'Player banned',
      { reason: 'x', ends: '2026\\-01\\-15T12\\:01\\:00.000Z' },
      visitor,
      { username: 'Visitor100001', reason: 'x', duration: '60' },
    ],
    [
      '/certification/grant',
      'Certification granted',
      { certification: 'tot' },
      student,
      { username: 'StudentOne', certification: 'tot' },
    ],
    [
      '/application/approve',
      'Application approved',
      { role: 'University Student', rank: '10' },
      visitor,
      { id: '100001' },
    ],
  ])('%s: %s', async (path, title, details, player, values) => {
    await act(path, values)
    await settled()
    expect(messages()).toMatchObject([
      {
        content: '',
        allowedMentions: { parse: [] },
        embeds: [{ title, timestamp: new Date(band.now()).toISOString() }],
      },
    ])
    expect(fieldsOf(messages()[0])).toEqual({ Player: player, Moderator: `<@${moderator}>`, ...details })
    expect(posts()[0]).toMatchObject({
      path: `${new URL(sandboxWebhookUrl).pathname.replace('/api/', '/api/v10/')}?wait=true`,
      headers: { 'user-agent': expect.stringMatching(/^DiscordBot \(/), 'content-type': 'application/json' },
    })
  })

  test("with the entry's place and the start of its hash, by which the trail can be held against the post", async () => {
    await ban('Visitor100001')
    await ban('Visitor100002')
    await settled()
    const entries = await band.app.database.read
      .selectFrom('audit_entry')
      .select(['sequence', 'hash'])
      .orderBy('sequence')
      .execute()
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2])
    const footers = messages().map(({ embeds }) => (embeds[0] as { footer: unknown }).footer)
    expect(footers).toHaveLength(2)
    for (const { sequence, hash } of entries)
      expect(footers).toContainEqual({ text: `entry ${sequence} · ${hash.slice(0, 16)}` })
  })

  test('without them, where the job was made before they were part of it', async () => {
    const payload = { act: 'ban.add', user: { id: '100001', name: 'Visitor100001' }, moderator, at: band.now() }
    const job = { community: 'wed', id: 'old', task: 'audit.post', payload, runAt: band.now(), now: band.now() }
    await band.app.database.act((trx) => addJob(trx, job))
    expect(await settled()).toEqual([])
    expect(messages()).toMatchObject([{ embeds: [{ title: 'Player banned' }] }])
    expect(messages()[0]?.embeds[0]).not.toHaveProperty('footer')
  })

  test('the taking back of one as well', async () => {
    await ban('Visitor100001')
    await act('/ban/remove', { username: 'Visitor100001', reason: 'good boy' })
    await act('/certification/grant', { username: 'StudentOne', certification: 'tot' })
    await act('/certification/revoke', { username: 'StudentOne', certification: 'tot' })
    await settled()
    const titles = messages().map(({ embeds }) => (embeds[0] as { title: string }).title)
    expect(titles.toSorted()).toEqual([
      'Certification granted',
      'Certification revoked',
      'Player banned',
      'Player unbanned',
    ])
    const unban = messages().find(({ embeds }) => JSON.stringify(embeds).includes('unbanned'))
    expect(fieldsOf(unban)).toMatchObject({ Player: visitor, Moderator: `<@${moderator}>`, reason: 'good boy' })
  })

  test('but no application, and no act that was refused', async () => {
    const body = JSON.stringify({ q1: 'a', q2: 'b', q3: 'c', q4: 'd' })
    await band.post(pathOf('/application/upload', { id: '1001' }), { body })
    await band.post(pathOf('/ban/remove', { username: 'StudentOne', reason: 'x', moderator }))
    expect(await jobs()).toEqual([])
  })
})

describe('a message keeps to the limits of Discord', () => {
  test.each([
    ['1,000 characters that are escaped', '*'.repeat(1000), '\\*'.repeat(512)],
    ['1,000 characters beyond the first plane', '🚒'.repeat(1000), '🚒'.repeat(512)],
    ['marks that turn the writing', '\u202ebad\u2066 boy', 'bad boy'],
    ['mentions', '@everyone <@1>', '@\u200beveryone \\<@\u200b1\\>'],
    ['line breaks', '# a\n# b', '\\# a \\# b'],
  ])('with a reason of %s', async (_name, reason, expected) => {
    await ban('Visitor100001', reason)
    expect(await settled()).toEqual([])
    expect(fieldsOf(messages()[0]).reason).toBe(expected)
  })

  test('and leaves out a reason of spaces, which Discord would refuse', async () => {
    await ban('Visitor100001', '   ')
    expect(await settled()).toEqual([])
    expect(fieldsOf(messages()[0])).toEqual({ Player: visitor, Moderator: `<@${moderator}>` })
  })
})

describe('while Discord does not take messages', () => {
  test.each(['refuse', '429', '500', 'html'] as FailureMode[])('they are posted later (%s)', async (mode) => {
    band.sandbox.fail('discord', { mode })
    await ban('Visitor100001')
    // A limit that is spent is no try.
    expect(await settled()).toMatchObject([{ attempts: mode === '429' ? 0 : 1, given_up_at: null }])
    band.sandbox.heal()
    band.advance(3000)
    expect(await settled()).toEqual([])
    expect(messages()).toHaveLength(1)
  })

  test('it is left alone for as long as it says', async () => {
    band.sandbox.fail('discord', { mode: '429', retryAfterSeconds: 60 })
    await ban('Visitor100001')
    await settled()
    await ban('Visitor100002')
    expect(await settled()).toHaveLength(2)
    band.sandbox.heal()
    band.advance(59_999)
    expect(await settled()).toHaveLength(2)
    expect(posts()).toHaveLength(1)
    band.advance(1)
    expect(await settled()).toEqual([])
    expect(messages()).toHaveLength(2)
  })

  test('it is not asked a sixth time in two seconds, and is asked right after them', async () => {
    for (let player = 100_001; player <= 100_005; player++) {
      await ban(`Visitor${player}`)
      expect(await settled()).toEqual([])
    }
    await ban('Visitor100006')
    expect(await settled()).toHaveLength(1)
    expect(posts()).toHaveLength(5)
    band.advance(3000)
    expect(await settled()).toEqual([])
    expect([posts().length, messages().length]).toEqual([6, 6])
  })

  test('what goes over its limit of five in two seconds goes a moment later', async () => {
    for (let player = 100_001; player <= 100_012; player++) await ban(`Visitor${player}`)
    await eventually(async () => {
      await settled()
      band.advance(1000)
      return (await jobs()).length === 0 ? true : undefined
    })
    expect(messages()).toHaveLength(12)
    expect(band.now() - Date.parse(messages()[0]?.receivedAt ?? '')).toBeLessThan(60_000)
  })
})

describe('a webhook that is gone', () => {
  test.each([
    ['was deleted (404)', true, file],
    ['has another token (401, 50027)', false, file.replace('sandbox-webhook-token', 'wrong-webhook-token')],
  ])('since it %s is not asked again, and the log says what to do', async (_name, isDeleted, community) => {
    await band.restart({ wed: community })
    band.sandbox.world.webhookIsDeleted = isDeleted
    await ban('Visitor100001')
    expect(await settled()).toMatchObject([
      { attempts: 1, last_error: expect.stringContaining('create a new webhook') },
    ])
    // It is said after the row tells.
    expect(await eventually(() => findLogLine(band, 'was given up'))).toMatchObject({ level: 50, community: 'wed' })
    for (let player = 100_002; player <= 100_011; player++) await ban(`Visitor${player}`)
    const given = await settled()
    expect([given.length, given.every((job) => job.given_up_at !== null), posts().length]).toEqual([11, true, 1])
    // An hour later one more may see whether it is back.
    band.advance(3_600_000)
    await ban('Visitor100012')
    await settled()
    expect(posts()).toHaveLength(2)
    expect(band.log.join()).not.toContain('webhook-token')
  })

  test('is a job that is given up where the community names none any more', async () => {
    band.sandbox.fail('discord', { mode: '500' })
    await ban('Visitor100001')
    await settled()
    await band.restart({ wed: communityFile })
    band.advance(3000)
    expect(await settled()).toMatchObject([{ last_error: 'the community has no audit webhook any more' }])
  })
})
