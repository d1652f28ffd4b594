import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  communityFile,
  eventually,
  type Magicband,
  moderator,
  pathOf,
  startMagicband,
} from '../../../test/magicband.ts'
import type { FailureMode } from '../../sandbox/sandbox.ts'

const given = { id: '1006', place: '1', duration: '600', training: 'false', server: 'job-1' }
const log = (values: Record<string, string> = {}) => pathOf('/log', { ...given, ...values })
const success = [200, '{"status":"success"}']

async function send(band: Magicband, values: Record<string, string> = {}) {
  const reply = await band.post(log(values))
  return [reply.status, reply.text]
}

const shiftsOf = (band: Magicband, id: string) =>
  band.app.database.read.selectFrom('shift').selectAll().where('roblox_id', '=', id).orderBy('received_at').execute()

async function pointsOf(band: Magicband, id: string): Promise<number> {
  const { body } = await band.get(pathOf('/profile', { id }))
  return (body as { points: number }).points
}

describe('the same shift sent again', () => {
  let band: Magicband
  let player = 100_000
  let id = ''
  beforeAll(async () => {
    band = await startMagicband()
  })
  beforeEach(() => {
    player++
    id = String(player)
  })
  afterAll(() => band.stop())

  test.each([
    ['60', 60_000],
    ['60.9', 60_000],
    ['599', 599_000],
    ['600', 600_000],
    ['86400', 600_000],
  ])('within its time, of %s seconds, is no other shift', async (duration, windowMs) => {
    expect(await send(band, { id, duration })).toEqual(success)
    band.advance(windowMs - 1)
    expect(await send(band, { id, duration })).toEqual(success)
    expect(await shiftsOf(band, id)).toHaveLength(1)
    // The time counts from the first, not from the repeat.
    band.advance(1)
    expect(await send(band, { id, duration })).toEqual(success)
    expect(await shiftsOf(band, id)).toHaveLength(2)
    expect(await pointsOf(band, id)).toBe(2 * Math.floor(Number(duration) / 60))
    band.advance(windowMs - 1)
    await send(band, { id, duration })
    expect(await shiftsOf(band, id)).toHaveLength(2)
  })

  test('is the same however its numbers and words are written', async () => {
    await send(band, { id, duration: '600', training: 'true' })
    for (const same of [
      { duration: '600.9' },
      { duration: '0600' },
      { place: '01' },
      { id: `0${id}` },
      { training: 'TRUE' },
      { training: '1' },
    ])
      expect(await send(band, { id, training: 'true', ...same })).toEqual(success)
    expect(await shiftsOf(band, id)).toHaveLength(1)
  })

  test.each([
    ['place', { place: '2' }],
    ['server', { server: 'job-2' }],
    ['server, but for letter case', { server: 'JOB-1' }],
    ['training', { training: 'true' }],
    ['duration', { duration: '601' }],
  ])('with another %s is another shift', async (_name, other) => {
    await send(band, { id })
    await send(band, { id, ...other })
    expect(await shiftsOf(band, id)).toHaveLength(2)
  })

  test('by another player is another shift', async () => {
    const colleague = String(player + 500)
    await send(band, { id })
    await send(band, { id: colleague })
    expect([await pointsOf(band, id), await pointsOf(band, colleague)]).toEqual([10, 10])
  })

  test('whose members run together alike is another shift', async () => {
    await send(band, { id, place: '1', server: '2x' })
    await send(band, { id, place: '12', server: 'x' })
    expect(await shiftsOf(band, id)).toHaveLength(2)
  })

  test.each(['0', '0.9'])('of a duration of %s is another shift each time', async (duration) => {
    await send(band, { id, duration })
    await send(band, { id, duration })
    expect(await shiftsOf(band, id)).toHaveLength(2)
  })

  test('twenty times at once is one shift', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => send(band, { id })))
    for (const reply of replies) expect(reply).toEqual(success)
    expect(await shiftsOf(band, id)).toHaveLength(1)
    expect(await pointsOf(band, id)).toBe(10)
  })

  test('after a restart is still no other shift', async () => {
    await send(band, { id })
    await band.restart()
    await send(band, { id })
    expect(await shiftsOf(band, id)).toHaveLength(1)
  })

  test('in another community is a shift of its own', async () => {
    const other = communityFile.replace('WED Imagineering', 'Other')
    const both = await startMagicband({ files: { wed: communityFile, other } })
    for (const slug of ['wed', 'other']) await both.post(log({ id }), { key: both.keys[slug]?.game ?? '' })
    expect((await shiftsOf(both, id)).map(({ community }) => community).toSorted()).toEqual(['other', 'wed'])
    await both.stop()
  })
})

describe('the place of a shift', () => {
  let band: Magicband
  const places = `
places:
  "1": { name: Hub }
  "5000000001": { name: Tower of Terror, certification: tot, minimumRank: 200 }
`
  beforeAll(async () => {
    band = await startMagicband({ files: { wed: communityFile + places } })
  })
  afterAll(() => band.stop())

  test.each([
    ['is not listed', log({ place: '2' }), {}],
    ['is not listed, before the player is looked up', log({ place: '2', id: '999999999' }), {}],
    ['is not where Roblox says the call comes from', log(), { 'roblox-id': '2' }],
  ])('is refused when it %s', async (_name, path, headers) => {
    const reply = await band.post(path, { headers })
    expect([reply.status, reply.text]).toEqual([403, '{"status":"error","message":"access denied"}'])
  })

  test.each(['1', '001', '0', 'garbage'])('is taken with roblox-id %s', async (robloxId) => {
    expect((await band.post(log(), { headers: { 'roblox-id': robloxId } })).status).toBe(200)
  })

  test('may ask for a certification, though not in a training server', async () => {
    const tower = { id: '1002', place: '5000000001' }
    const refusal = [400, '{"status":"error","message":"invalid certification"}']
    expect(await send(band, tower)).toEqual(refusal)
    const unknown = await band.post(log({ ...tower, id: '999999999' }))
    expect([unknown.status, unknown.body]).toMatchObject([404, { message: "couldn't find user" }])
    expect(await shiftsOf(band, '1002')).toEqual([])
    expect(await send(band, { ...tower, training: 'true' })).toEqual(success)
    await band.post(pathOf('/certification/grant', { certification: 'char', username: 'CastOne', moderator }))
    expect(await send(band, tower)).toEqual(refusal)
    await band.post(pathOf('/certification/grant', { certification: 'tot', username: 'CastOne', moderator }))
    // The least rank of a place is for joins only.
    expect(await send(band, tower)).toEqual(success)
    expect(await shiftsOf(band, '1002')).toHaveLength(2)
  })
})

describe.concurrent('a shift while Roblox is down', () => {
  const modes: FailureMode[] = ['refuse', 'hang', '429', '500', 'html', 'empty', 'truncated']
  test.each(modes)('is kept, and the name of a player never seen is filled in later (%s)', async (mode) => {
    const down = await startMagicband()
    await down.get('/profile?id=1002')
    down.sandbox.fail('roblox', { mode })
    const replies = await Promise.all([send(down, { id: '1002' }), send(down, { id: '1003' })])
    expect(replies).toEqual([success, success])
    expect(await shiftsOf(down, '1003')).toMatchObject([{ points: 10 }])
    const names = () =>
      down.app.database.read.selectFrom('roblox_user').select('name').where('roblox_id', '=', '1003').execute()
    expect(await names()).toEqual([])
    const jobs = await down.app.database.read.selectFrom('job').select(['task', 'payload']).execute()
    expect(jobs).toEqual([{ task: 'player.learn', payload: '{"robloxId":"1003"}' }])
    down.sandbox.heal()
    const learnt = await eventually(async () => {
      down.advance(60_000)
      return (await names())[0]
    }, 8000)
    expect(learnt).toEqual({ name: 'SeniorOne' })
    down.sandbox.fail('roblox', { mode: 'refuse' })
    expect((await down.get('/profile?username=seniorone')).body).toMatchObject({ id: 1003, points: 10 })
    await down.stop()
  })

  test('of somebody who turns out not to exist stays, and the job is given up with its reason', async () => {
    const down = await startMagicband()
    down.sandbox.fail('roblox', { mode: 'refuse' })
    expect(await send(down, { id: '999999999' })).toEqual(success)
    down.sandbox.heal()
    const job = await eventually(async () => {
      down.advance(60_000)
      return down.app.database.read
        .selectFrom('job')
        .selectAll()
        .where('given_up_at', 'is not', null)
        .executeTakeFirst()
    })
    expect(job.last_error).toContain('Roblox knows no user with the id')
    expect(await shiftsOf(down, '999999999')).toHaveLength(1)
    await down.stop()
  })
})
