import { describe, expect, test } from 'vitest'
import type { FailureMode } from '../src/sandbox/sandbox.ts'
import { sandboxKeys, sandboxWebhookUrl } from '../src/sandbox/world.ts'
import { communityFile, eventually, type Magicband, moderator, pathOf, startMagicband } from './magicband.ts'

const modes: FailureMode[] = ['refuse', 'lost', 'hang', 'slow', '429', '500', 'html', 'empty', 'truncated']
const body = JSON.stringify({ q1: 'a', q2: 'b', q3: 'c', q4: 'd' })
const file = communityFile
  .replace('applications: {', `applications: { paste: pastebin, pastebinKey: ${sandboxKeys.pastebin},`)
  .concat(`  webhooks: { audit: "${sandboxWebhookUrl}" }\n`)

const shift = { place: '1', duration: '60', training: 'false', server: 's' }
const certification = { certification: 'tot', moderator }
const ban = { reason: 'bad boy', moderator }

/** Sends a call, with the time that it took; what it answers is text, since its wording counts. */
async function send(band: Magicband, [method, path]: readonly [string, string]) {
  const startedAt = performance.now()
  const reply = await band.request(method, path, method === 'POST' ? { body } : {})
  return { ...reply, path, ms: performance.now() - startedAt }
}

const sentence = 'Roblox is not answering at the moment, please try again in a minute.'
const unavailable = JSON.stringify({ status: 'error', message: 'roblox is unavailable' })
const unavailableToBot = JSON.stringify({ status: 'error', message: 'roblox is unavailable', discord: sentence })

/** Each call about a player whom nobody has asked for yet, with its answer while Roblox is down. */
function callsAboutStranger(id: string, username: string): [string, string, number, string][] {
  return [
    ['GET', pathOf('/profile', { id }), 503, unavailableToBot],
    ['GET', pathOf('/profile', { username }), 503, unavailableToBot],
    ['POST', pathOf('/certification/grant', { ...certification, username }), 503, unavailableToBot],
    ['POST', pathOf('/certification/revoke', { ...certification, username }), 503, unavailableToBot],
    ['POST', pathOf('/ban/add', { ...ban, username }), 503, unavailableToBot],
    ['POST', pathOf('/ban/remove', { ...ban, username }), 503, unavailableToBot],
    ['POST', pathOf('/application/upload', { id }), 503, unavailable],
    [
      'POST',
      pathOf('/application/approve', { id, moderator }),
      500,
      `{"status":"error","message":"couldn't rank user"}`,
    ],
    ['POST', pathOf('/log', { ...shift, id }), 200, '{"status":"success"}'],
  ]
}

/** Each call about a cast member who was seen before, in an order in which all of them are right. */
const callsAboutKnown: [string, string][] = [
  ['POST', pathOf('/certification/grant', { ...certification, username: 'CastOne' })],
  ['POST', pathOf('/certification/revoke', { ...certification, username: 'CastOne' })],
  ['POST', pathOf('/ban/add', { ...ban, username: 'CastOne' })],
  ['POST', pathOf('/ban/remove', { ...ban, username: 'CastOne' })],
  ['POST', pathOf('/application/upload', { id: '1002' })],
  ['POST', pathOf('/log', { ...shift, id: '1002' })],
  ['GET', pathOf('/profile', { id: '1002' })],
  ['GET', pathOf('/profile', { username: 'castone' })],
]

describe.concurrent('while Roblox is down', () => {
  test.each(modes.filter((mode) => mode !== 'slow'))('every call answers as the contract has it (%s)', async (mode) => {
    const band = await startMagicband({ files: { wed: file } })
    await band.get(pathOf('/profile', { id: '1002' }))
    band.advance(61_000)
    band.sandbox.fail('roblox', { mode })

    const strangers = callsAboutStranger('1003', 'SeniorOne')
    const answers = await Promise.all(strangers.map(([method, path]) => send(band, [method, path])))
    for (const [index, [, path, status, text]] of strangers.entries()) {
      const answer = answers[index]
      expect([path, answer?.status, answer?.text]).toEqual([path, status, text])
      if (status === 503) expect(Number(answer?.headers['retry-after'])).toBeGreaterThan(0)
      expect(answer?.ms).toBeLessThan(8000)
    }
    for (const call of callsAboutKnown) {
      const { status, headers, path } = await send(band, call)
      expect([path, status]).toEqual([path, 200])
      if (/profile|grant/.test(path)) expect([path, headers['x-magicband-stale']]).toEqual([path, '61'])
    }
    // Of the shift alone there is anything, and nobody was taken for unknown.
    const { read } = band.app.database
    const kept = await read.selectFrom('audit_entry').selectAll().where('roblox_id', '=', '1003').execute()
    expect([kept, await read.selectFrom('ban').selectAll().where('roblox_id', '=', '1003').execute()]).toEqual([[], []])

    band.sandbox.heal()
    band.advance(31_000)
    await eventually(async () => {
      const reply = await band.get(pathOf('/profile', { id: '1003' }))
      return reply.status === 200 && reply.text.includes('"points":1,') ? reply : undefined
    })
    const statuses = []
    for (const [method, path] of strangers) statuses.push((await send(band, [method, path])).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 200, 400, 200])
    await band.stop()
  })
})

describe.concurrent('while Pastebin and Discord are down', () => {
  test.each(modes)('nothing is refused or waits for them, but an upload for Pastebin (%s)', async (mode) => {
    const band = await startMagicband({ files: { wed: file } })
    await Promise.all(['StudentOne', 'CastOne'].map((username) => band.get(pathOf('/profile', { username }))))
    band.sandbox.fail('discord', { mode, delayMs: 500 })
    band.sandbox.fail('pastebin', { mode, delayMs: 500 })
    const uploading = send(band, ['POST', pathOf('/application/upload', { id: '1001' })])
    const banned = await send(band, ['POST', pathOf('/ban/add', { ...ban, username: 'CastOne' })])
    expect(banned.status).toBe(200)
    expect(banned.ms).toBeLessThan(2000)
    const upload = await uploading
    const host = mode === 'slow' ? 'https://pastebin.com/raw/' : 'https://band.example/pastes/'
    expect([upload.status, upload.text]).toEqual([200, expect.stringContaining(host)])
    expect(upload.ms).toBeLessThan(13_000)

    // With 2xx Discord has said that it has the message.
    if (mode === 'empty' || mode === 'truncated') return band.stop()
    await eventually(() => band.sandbox.requests('discord').find(({ method }) => method === 'POST'))
    band.sandbox.heal()
    const posted = await eventually(() => {
      band.advance(1000)
      return band.sandbox.world.state.webhookMessages[0]
    }, 15_000)
    expect(JSON.stringify(posted.embeds)).toContain('Player banned')
    await band.stop()
  })
})
