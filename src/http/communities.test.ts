import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { communityFile, type Magicband, moderator, pathOf, startMagicband } from '../../test/magicband.ts'

/** Two communities on one server and one Roblox group; a key sees its own community and nothing of the other. */
let band: Magicband
let zoo: Record<'game' | 'bot' | 'status', string>
beforeAll(async () => {
  const other = communityFile
    .replace('name: WED Imagineering', 'name: Zoo')
    .replace('codes: { char: Characters,', 'codes: { lion: Lions,')
  band = await startMagicband({ files: { wed: communityFile, zoo: other } })
  zoo = band.keys.zoo ?? { game: '', bot: '', status: '' }
})
afterAll(() => band.stop())

const username = 'CastOne'
const connect = pathOf('/connect', { place: '1', id: '1002', training: 'false' })
const profile = pathOf('/profile', { username })
const act = (path: string, more: Record<string, string>) => pathOf(path, { username, moderator, ...more })

describe('what one community does', () => {
  test('a ban holds there only', async () => {
    const ban = act('/ban/add', { reason: 'bad boy' })
    expect((await band.post(ban)).status).toBe(200)
    expect((await band.get(connect)).body).toMatchObject({ banned: true })
    expect((await band.get(connect, { key: zoo.game })).body).toEqual({ certifications: '', auth: true, clearance: 1 })
    const unban = act('/ban/remove', { reason: 'good boy' })
    expect((await band.post(unban, { key: zoo.bot })).body).toEqual({
      status: 'error',
      discord: "**CastOne** isn't banned.",
    })
    expect((await band.post(ban, { key: zoo.bot })).status).toBe(200)
    expect((await band.post(unban)).status).toBe(200)
    expect((await band.get(connect, { key: zoo.game })).body).toMatchObject({ banned: true })
    expect((await band.get(connect)).body).not.toHaveProperty('banned')
    await band.post(unban, { key: zoo.bot })
  })

  test('a certification is held there only', async () => {
    const grant = act('/certification/grant', { certification: 'tot' })
    const revoke = act('/certification/revoke', { certification: 'tot' })
    expect((await band.post(grant)).status).toBe(200)
    expect((await band.get(connect)).body).toMatchObject({ certifications: 'tot' })
    expect((await band.get(connect, { key: zoo.game })).body).toMatchObject({ certifications: '' })
    expect((await band.post(revoke, { key: zoo.bot })).status).toBe(400)
    expect((await band.post(grant, { key: zoo.bot })).status).toBe(200)
    expect((await band.post(revoke, { key: zoo.bot })).status).toBe(200)
    expect((await band.get(profile)).body).toMatchObject({ certifications: ['tot'] })
  })

  test('its certifications exist there only', async () => {
    const grant = act('/certification/grant', { certification: 'lion' })
    expect((await band.post(grant)).body).toMatchObject({ message: 'unknown certification' })
    expect((await band.post(grant, { key: zoo.bot })).status).toBe(200)
    // Held by somebody of the zoo, it is still unknown here.
    const revoke = act('/certification/revoke', { certification: 'lion' })
    expect((await band.post(revoke)).body).toMatchObject({ message: 'unknown certification' })
  })

  test('points are paid there only', async () => {
    const shift = { id: '1003', place: '1', duration: '600', training: 'false', server: 'job-1' }
    expect((await band.post(pathOf('/log', shift))).status).toBe(200)
    const of = async (key: string) => (await band.get('/profile?id=1003', { key })).body
    expect([await of('bot'), await of(zoo.bot)]).toMatchObject([{ points: 10 }, { points: 0 }])
    // The same shift reported to the other community is no repeat.
    expect((await band.post(pathOf('/log', shift), { key: zoo.game })).status).toBe(200)
    expect([await of('bot'), await of(zoo.bot)]).toMatchObject([{ points: 10 }, { points: 10 }])
  })

  test('a record is another one in each', async () => {
    const [here, there] = [await band.get('/profile?id=1003'), await band.get('/profile?id=1003', { key: zoo.bot })]
    const ids = [here, there].map(({ body }) => (body as { _id: string })._id)
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f]{24}$/), expect.stringMatching(/^[0-9a-f]{24}$/)])
    expect(ids[0]).not.toBe(ids[1])
  })

  test('an idempotency key is remembered there only', async () => {
    const ask = { headers: { 'idempotency-key': 'same' } }
    const ban = pathOf('/ban/add', { reason: 'x', username: 'Visitor100007', moderator })
    expect((await band.post(ban, ask)).status).toBe(200)
    expect((await band.post(ban, { key: zoo.bot, ...ask })).status).toBe(200)
    const rows = await band.app.database.read
      .selectFrom('ban')
      .select('community')
      .where('roblox_id', '=', '100007')
      .execute()
    expect(rows.map((row) => row.community).toSorted()).toEqual(['wed', 'zoo'])
  })
})
