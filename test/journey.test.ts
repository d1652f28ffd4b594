import { expect, test } from 'vitest'
import { communityFile, moderator, pathOf, startMagicband } from './magicband.ts'

const hub = '4895128840'
const tower = '5000000001'
const places = `
places:
  "${hub}": { name: Hub }
  "${tower}": { name: Tower of Terror, certification: tot, minimumRank: 10 }
points: { secondsPerPoint: 60, minimumSeconds: 60, trainingMultiplier: 0.5 }
`

test('a player applies, is approved, trains, is certified, works, is banned and comes back', async () => {
  const band = await startMagicband({ files: { wed: communityFile + places } })
  const player = { id: '1005', username: 'PendingOne' }
  const answers = { q1: 'I am friendly', q2: 'Weekends', q3: 'Rides', q4: 'No' }
  const join = async (place: string, training = 'false') => {
    const reply = await band.get(pathOf('/connect', { place, id: player.id, training, server: 'job' }))
    expect(reply.status).toBe(200)
    return reply.body
  }
  const work = async (place: string, duration: string, training = 'false') => {
    const reply = await band.post(pathOf('/log', { id: player.id, place, duration, training, server: 'job' }))
    return [reply.status, reply.body]
  }
  const profile = async () => (await band.get(pathOf('/profile', { username: player.username }))).body
  const moderate = async (route: string, more: Record<string, string>) => {
    const reply = await band.post(pathOf(route, { username: player.username, moderator, ...more }))
    return [reply.status, reply.body]
  }

  // A guest: anyone may be in the hub, nobody below trainee in the tower.
  expect(await join(hub)).toEqual({ certifications: '', auth: true, clearance: 0 })
  expect(await join(tower)).toEqual({ certifications: '', auth: false, clearance: 0 })
  expect(await profile()).toMatchObject({ rank: 'Guest', rankid: 0, points: 0 })
  expect(await profile()).not.toHaveProperty('_id')

  // Applies; a moderator reads the application from outside, and approves.
  const upload = await band.post(pathOf('/application/upload', { id: player.id }), { body: JSON.stringify(answers) })
  const { url } = upload.body as { url: string }
  expect((await band.get(new URL(url).pathname, { key: null })).text).toContain('I am friendly')
  const approval = await band.post(pathOf('/application/approve', { id: player.id, moderator }))
  expect(approval.body).toEqual({ status: 'success', message: 'successfully ranked user' })

  // Trains with every certification to practise with, and is paid half.
  const everything = 'char,tot,mtp,btmr,rnrc'
  expect(await join(tower, 'true')).toEqual({ certifications: everything, auth: true, clearance: 0 })
  expect(await work(tower, '1260', 'true')).toEqual([200, { status: 'success' }])
  expect(await profile()).toMatchObject({ rank: 'University Student', points: 10, cast: false })

  // Can't work at the tower before the certification; can with it.
  band.advance(3_600_000)
  expect(await work(tower, '3600')).toEqual([400, { status: 'error', message: 'invalid certification' }])
  expect(await moderate('/certification/grant', { certification: 'tot' })).toEqual([
    200,
    { status: 'success', discord: 'Successfully granted **PendingOne** the **tot** certification.' },
  ])
  expect(await join(tower)).toEqual({ certifications: 'tot', auth: true, clearance: 0 })
  expect(await work(tower, '3600')).toEqual([200, { status: 'success' }])
  expect(await work(tower, '3600')).toEqual([200, { status: 'success' }])
  expect(await profile()).toMatchObject({ points: 70, certifications: ['tot'] })

  // Is banned, which hides everything and takes nothing.
  expect(await moderate('/ban/add', { reason: 'bad boy' })).toMatchObject([200, { status: 'success' }])
  expect(await join(hub)).toEqual({ certifications: '', auth: false, clearance: 0, banned: true, reason: 'bad boy' })
  expect(await profile()).toMatchObject({ points: 70, certifications: ['tot'] })

  // Comes back, also after a restart, and while Roblox is down.
  expect(await moderate('/ban/remove', { reason: 'good boy' })).toMatchObject([200, { status: 'success' }])
  await band.restart()
  band.sandbox.fail('roblox', { mode: 'refuse' })
  expect(await join(tower)).toEqual({ certifications: 'tot', auth: true, clearance: 0 })

  const acts = await band.app.database.read.selectFrom('audit_entry').select('act').execute()
  expect(acts.map(({ act }) => act).toSorted()).toEqual([
    'application.approve',
    'application.upload',
    'ban.add',
    'ban.remove',
    'certification.grant',
  ])
  await band.stop()
})
