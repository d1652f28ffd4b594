import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  breakDatabase,
  communityFile,
  type Magicband,
  moderator,
  pathOf,
  startMagicband,
} from '../../../test/magicband.ts'

const given = { id: '1006', place: '1', duration: '600', training: 'false', server: 'job-1' }
const log = (values: Record<string, string> = {}) => pathOf('/log', { ...given, ...values })
const success = [200, '{"status":"success"}']

let band: Magicband
beforeAll(async () => {
  band = await startMagicband()
})
afterAll(() => band.stop())

async function send(values: Record<string, string> = {}, to = band) {
  const reply = await to.post(log(values))
  return [reply.status, reply.text]
}

const shiftsOf = (id: string, of = band) =>
  of.app.database.read.selectFrom('shift').selectAll().where('roblox_id', '=', id).orderBy('received_at').execute()
const ledgerOf = (id: string, of = band) =>
  of.app.database.read.selectFrom('point_entry').selectAll().where('roblox_id', '=', id).orderBy('id').execute()

async function pointsOf(id: string, of = band): Promise<number> {
  const { body } = await of.get(pathOf('/profile', { id }))
  return (body as { points: number }).points
}

describe('the parameters of POST /log', () => {
  test.each([
    ['nothing', {}, 'missing parameter: id'],
    ['only an id', { id: '1' }, 'missing parameter: place'],
    ['no duration', { id: '1', place: '1', training: 'x' }, 'missing parameter: duration'],
    ['no training', { id: '1', place: '1', duration: '1' }, 'missing parameter: training'],
    ['no server', { id: '1', place: '1', duration: '1', training: '0' }, 'missing parameter: server'],
    ['an empty server', { ...given, server: '' }, 'missing parameter: server'],
    ['a wrong id before a wrong place', { ...given, id: '1e3', place: 'x' }, 'invalid parameter: id'],
    ['a wrong place before a wrong duration', { ...given, place: '-1', duration: 'x' }, 'invalid parameter: place'],
    ['a negative duration', { ...given, duration: '-1' }, 'invalid parameter: duration'],
    ['a duration with an exponent', { ...given, duration: '1e3' }, 'invalid parameter: duration'],
    ['a duration with a comma', { ...given, duration: '60,5' }, 'invalid parameter: duration'],
    ['a duration over a day', { ...given, duration: '86401' }, 'invalid parameter: duration'],
    ['a duration that is not a number', { ...given, duration: 'NaN' }, 'invalid parameter: duration'],
    ['another word for no', { ...given, training: 'no' }, 'invalid parameter: training'],
    ['a server of 129 characters', { ...given, server: 's'.repeat(129) }, 'invalid parameter: server'],
  ])('refuse %s', async (_name, values, message) => {
    const reply = await band.post(pathOf('/log', values))
    expect([reply.status, reply.body]).toEqual([400, { status: 'error', message }])
  })

  test('need the key of a game server', async () => {
    const reply = await band.post(log(), { key: 'bot' })
    expect([reply.status, reply.body]).toEqual([403, { status: 'error', message: 'access denied' }])
  })

  test('refuse an unknown user', async () => {
    const reply = await band.post(log({ id: '999999999' }))
    expect([reply.status, reply.body]).toEqual([
      404,
      {
        status: 'error',
        message: "couldn't find user",
        discord: "We couldn't find the requested user, please ensure you typed it correctly and try again.",
      },
    ])
    expect(await shiftsOf('999999999')).toEqual([])
  })

  test.each([
    ['0', 0, 0],
    ['59.999', 59, 0],
    ['60', 60, 1],
    ['119.9999999999999999', 119, 1],
    ['000120', 120, 2],
    ['86400', 86_400, 1440],
    ['86400.9', 86_400, 1440],
  ])('take a duration of %s', async (duration, seconds, points) => {
    expect(await send({ id: '100001', duration, server: duration })).toEqual(success)
    const shifts = await shiftsOf('100001')
    expect(shifts.find(({ server }) => server === duration)).toMatchObject({ seconds, points })
  })
})

describe('a shift', () => {
  test('is kept, paid and in the profile when it is answered', async () => {
    expect(await send({ id: '1002', place: '4895128840', duration: '3661.5', server: '🚒'.repeat(128) })).toEqual(
      success,
    )
    expect(await pointsOf('1002')).toBe(61)
    const [shift] = await shiftsOf('1002')
    expect(shift).toEqual({
      community: 'wed',
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      key_id: expect.stringMatching(/^[0-9a-f]{24}$/),
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      roblox_id: '1002',
      place: '4895128840',
      server: '🚒'.repeat(128),
      seconds: 3661,
      training: 0,
      points: 61,
      received_at: band.now(),
    })
    expect(await ledgerOf('1002')).toEqual([
      expect.objectContaining({ amount: 61, reason: 'shift', shift_id: shift?.id, created_at: band.now() }),
    ])
  })

  test('that earns nothing is kept without an entry in the ledger', async () => {
    expect(await send({ id: '1003', duration: '59' })).toEqual(success)
    expect(await shiftsOf('1003')).toMatchObject([{ seconds: 59, points: 0 }])
    expect(await ledgerOf('1003')).toEqual([])
    expect((await band.get('/profile?id=1003')).body).toMatchObject({ points: 0, _id: expect.any(String) })
  })

  test('of a banned player is kept like any other', async () => {
    await band.post(pathOf('/ban/add', { reason: 'bad boy', username: 'ManagerOne', moderator }))
    expect(await send({ id: '1004' })).toEqual(success)
    expect(await pointsOf('1004')).toBe(10)
  })

  test.each(['point_entry', 'shift', 'player'] as const)(
    'is neither kept nor paid when %s can not be written, and can be sent again',
    async (table) => {
      const id = { point_entry: '100010', shift: '100011', player: '100012' }[table]
      await band.get(pathOf('/connect', { place: '1', id, training: 'false' }))
      const mend = await breakDatabase(band, [table])
      expect(await send({ id })).toEqual([500, '{"status":"error","message":"error encountered","modifiedCount":0}'])
      await mend()
      expect([await shiftsOf(id), await ledgerOf(id)]).toEqual([[], []])
      expect((await band.get(pathOf('/profile', { id }))).body).not.toHaveProperty('_id')
      expect(await send({ id })).toEqual(success)
      expect([await pointsOf(id), (await ledgerOf(id)).length]).toEqual([10, 1])
    },
  )
})

describe('points', () => {
  type Rule = { secondsPerPoint?: number; minimumSeconds?: number; trainingMultiplier?: number }
  const rules: [Rule, number, number, number][] = [
    // Rule, seconds, points for work, points in training.
    [{}, 59, 0, 0],
    [{}, 60, 1, 1],
    [{}, 3599, 59, 59],
    [{ minimumSeconds: 300 }, 299, 0, 0],
    [{ minimumSeconds: 300 }, 300, 5, 5],
    [{ minimumSeconds: 0 }, 59, 0, 0],
    [{ minimumSeconds: 0, secondsPerPoint: 1 }, 1, 1, 1],
    [{ secondsPerPoint: 7 }, 60, 8, 8],
    [{ secondsPerPoint: 3600 }, 3599, 0, 0],
    [{ secondsPerPoint: 0.5 }, 61, 122, 122],
    [{ secondsPerPoint: 1.1 }, 66, 60, 60],
    [{ trainingMultiplier: 0 }, 600, 10, 0],
    [{ trainingMultiplier: 2 }, 600, 10, 20],
    [{ trainingMultiplier: 0.5 }, 659, 10, 5],
    [{ trainingMultiplier: 0.5 }, 660, 11, 5],
    [{ trainingMultiplier: 1.5 }, 180, 3, 4],
    [{ trainingMultiplier: 0.29, secondsPerPoint: 1 }, 100, 100, 29],
    [{ trainingMultiplier: 4.35, secondsPerPoint: 1 }, 100, 100, 435],
    [{ trainingMultiplier: 2, secondsPerPoint: 60 }, 90, 1, 2],
  ]

  test.concurrent.each(rules)(
    'by %j for %i seconds are %i, and %i in training',
    async (rule, seconds, work, inTraining) => {
      const paid = await startMagicband({ files: { wed: `${communityFile}points: ${JSON.stringify(rule)}\n` } })
      await send({ id: '1001', duration: String(seconds) }, paid)
      await send({ id: '1002', duration: String(seconds), training: 'true' }, paid)
      expect([await pointsOf('1001', paid), await pointsOf('1002', paid)]).toEqual([work, inTraining])
      expect(await shiftsOf('1002', paid)).toMatchObject([{ training: 1, points: inTraining }])
      await paid.stop()
    },
  )

  test('of 500 shifts at once add up exactly', async () => {
    const ids = ['100020', '100021']
    const shifts = Array.from({ length: 500 }, (_, index) => ({
      id: ids[index % 2] ?? '',
      duration: String(60 + index),
      server: `job-${index % 7}`,
    }))
    const sum = (id: string) =>
      shifts.filter((one) => one.id === id).reduce((total, one) => total + Math.floor(Number(one.duration) / 60), 0)
    const replies = await Promise.all(shifts.map((shift) => send(shift)))
    expect(replies.filter(([status]) => status !== 200)).toEqual([])
    for (const id of ids) {
      const entries = await ledgerOf(id)
      expect(entries).toHaveLength(250)
      expect(entries.reduce((total, { amount }) => total + amount, 0)).toBe(sum(id))
      expect(await pointsOf(id)).toBe(sum(id))
    }
  })
})
