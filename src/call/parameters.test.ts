import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleCalls } from '../../test/example-calls.ts'
import { type Magicband, moderator, pathOf, startMagicband } from '../../test/magicband.ts'

let band: Magicband
beforeAll(async () => {
  band = await startMagicband()
})
afterAll(() => band.stop())

const ban = (more: Record<string, string>) =>
  pathOf('/ban/add', { reason: 'x', username: 'CastOne', moderator, ...more })
const connect = (more: Record<string, string>) => pathOf('/connect', { place: '1', id: '1002', training: '0', ...more })
const shift = { id: '1002', place: '1', duration: '600', training: '0', server: 'job-1' }
const log = (more: Record<string, string>) => pathOf('/log', { ...shift, ...more })
const refusal = (message: string) => [400, expect.objectContaining({ status: 'error', message })]

describe('the first parameter at fault is named, in the order in which the call lists them', () => {
  const optional = ['server', 'duration']
  const withParameters = exampleCalls.filter(({ path }) => path !== '/profile' && path !== '/status')
  test.each(withParameters)('$method $path', async (call) => {
    const given = Object.entries(call.query)
    for (const [index, [name, value]] of given.entries()) {
      const right = given.slice(0, index).map(([one, text]): [string, string] => [one, text])
      const ask = async (...more: [string, string][]) => {
        const query = new URLSearchParams([...right, ...more])
        const { status, body } = await band.request(call.method, `${call.path}?${query}`)
        return [status, body]
      }
      const rest = given.slice(index + 1).map(([one]): [string, string] => [one, ''])
      // Everything after it is missing as well, or given twice as well.
      if (!(optional.includes(name) && call.path !== '/log')) {
        expect(await ask()).toEqual(refusal(`missing parameter: ${name}`))
        expect(await ask([name, ''], ...rest)).toEqual(refusal(`missing parameter: ${name}`))
      }
      const twice = given.slice(index).flatMap((one): [string, string][] => [one, one])
      expect(await ask(...twice)).toEqual(refusal(`invalid parameter: ${name}`))
      expect(await ask([name, value], [name, ''])).toEqual(refusal(`invalid parameter: ${name}`))
    }
  })

  test.each([
    ['none', '/profile'],
    ['an empty one', '/profile?id='],
    ['two', '/profile?id=1&username=Roblox'],
    ['two, one of them invalid', '/profile?id=x&discord=100000000000000001'],
    ['three', '/profile?id=1&username=Roblox&discord=100000000000000001'],
  ])('GET /profile with %s of its three', async (_name, path) => {
    const { status, body } = await band.get(path)
    expect([status, body]).toEqual(refusal('give one of: id, username, discord'))
  })

  test.each(['id=1&id=1', 'id=x', 'id=1&id='])('GET /profile with one that is invalid: %s', async (query) => {
    const { status, body } = await band.get(`/profile?${query}`)
    expect([status, body]).toEqual(refusal('invalid parameter: id'))
  })

  test('an empty one beside a right one is missing, and so is none of several', async () => {
    expect((await band.get('/profile?id=&username=roblox&discord=')).body).toMatchObject({ id: 1 })
  })
})

describe('refused', () => {
  const whole = ['-1', '1.0', '1.5', '1e3', '0x1', '+1', ' 1', '1 ', '1,000', '١', '１', 'NaN', 'null', '1\0', '']
  test.each([
    ...[...whole, '0', '9007199254740992', '1'.repeat(400), '00', 'abc'].map((text) => [
      'id',
      connect({ id: text }),
      text,
    ]),
    ...[...whole, '9007199254740992', '-0'].map((text) => ['place', connect({ place: text }), text]),
    ...['yes', '2', '01', '', 'truе', 'true ', 'constructor', '__proto__', 'toString', 'null'].map((text) => [
      'training',
      connect({ training: text }),
      text,
    ]),
    ...['x'.repeat(129), '🚒'.repeat(129), 'a\0b'].map((text) => ['server', connect({ server: text }), text]),
    ...['-1', '-0.5', '86401', '1e3', '.5', '5.', '1,5', 'NaN', 'Infinity', '0x10', '9'.repeat(400), ''].map((text) => [
      'duration',
      log({ duration: text }),
      text,
    ]),
    ...[
      '1'.repeat(16),
      '1'.repeat(21),
      '-30171566640123085',
      '3.017156664012308e17',
      `${moderator} `,
      '١'.repeat(18),
      '',
    ].map((text) => ['moderator', ban({ moderator: text }), text]),
    ...['x'.repeat(51), '🚒'.repeat(51), 'a\0b', ''].map((text) => ['username', ban({ username: text }), text]),
    ...['x'.repeat(1001), '🚒'.repeat(1001), '\0', ''].map((text) => ['reason', ban({ reason: text }), text]),
    ...['0', '0.99', '315360001', '-5', '1e3'].map((text) => ['duration', ban({ duration: text }), text]),
  ])('%s (%#)', async (name = '', path = '', text) => {
    const reply = await band.request(path.startsWith('/connect') ? 'GET' : 'POST', path)
    const fault = text === '' ? 'missing' : 'invalid'
    expect([reply.status, reply.body]).toEqual(refusal(`${fault} parameter: ${name}`))
  })
})

describe('taken', () => {
  test.each(['true', 'TRUE', 'tRuE', '1'])('training %s as true', async (training) => {
    // In a training server a trainee is given every certification.
    expect((await band.get(connect({ training }))).body).toMatchObject({ certifications: 'char,tot,mtp,btmr,rnrc' })
  })

  test.each(['false', 'FALSE', 'False', '0'])('training %s as false', async (training) => {
    expect((await band.get(connect({ training }))).body).toMatchObject({ certifications: '', auth: true })
  })

  test.each([
    ['0', 0],
    ['0.999', 0],
    ['59.99999999999999999', 59],
    ['007', 7],
    ['86400', 86400],
    ['86400.999', 86400],
  ])('a duration of %s as %i whole seconds', async (duration, seconds) => {
    expect((await band.post(log({ duration, server: `for ${duration}` }))).status).toBe(200)
    expect(await shiftsOn(`for ${duration}`)).toMatchObject([{ seconds }])
  })

  test('ids with leading zeros, as if without them', async () => {
    const reply = await band.post(log({ id: '0001002', place: '00095', server: 'zeros' }))
    expect(reply.status).toBe(200)
    expect(await shiftsOn('zeros')).toMatchObject([{ roblox_id: '1002', place: '95' }])
    expect((await band.get('/profile?id=000000000000000000000001002')).body).toMatchObject({ id: 1002 })
  })

  test.each(['0', '000', '9007199254740991'])('a place of %s', async (place) => {
    expect((await band.get(connect({ place }))).status).toBe(200)
  })

  test('the greatest id there is', async () => {
    const reply = await band.get(connect({ id: '9007199254740991' }))
    expect([reply.status, reply.body]).toEqual([404, { status: 'error', message: "user doesn't exist" }])
  })

  test.each(['x'.repeat(128), '🚒'.repeat(128), ' ', '\n'])('a server of any characters (%#)', async (server) => {
    expect((await band.post(log({ server }))).status).toBe(200)
    expect(await shiftsOn(server)).toHaveLength(1)
  })

  test.each([
    ['of 17 digits', '12345678901234567', 'Visitor100001'],
    ['of 20 digits', '18446744073709551615', 'Visitor100002'],
    ['beyond 2^53, as no number would keep it', '301715666401230851', 'Visitor100003'],
    ['with leading zeros', '00000000000000001', 'Visitor100004'],
  ])('a moderator %s, digit by digit', async (_name, id, username) => {
    expect((await band.post(ban({ username, moderator: id }))).status).toBe(200)
    const robloxId = username.replace('Visitor', '')
    const { read } = band.app.database
    const bans = await read.selectFrom('ban').select('moderator').where('roblox_id', '=', robloxId).execute()
    const entries = await read.selectFrom('audit_entry').select('moderator').where('roblox_id', '=', robloxId).execute()
    expect([...bans, ...entries]).toEqual([{ moderator: id }, { moderator: id }])
  })

  test.each(['memberone', 'MEMBERONE', 'mEmBeRoNe', 'MemberOne'])('the username %s', async (username) => {
    expect((await band.get(pathOf('/profile', { username }))).body).toMatchObject({ id: 1006, username: 'MemberOne' })
  })

  test('unknown parameters', async () => {
    expect((await band.post(`${log({ server: 'unknown' })}&banana=1&reason=&username=a&username=b`)).status).toBe(200)
  })
})

function shiftsOn(server: string) {
  const query = band.app.database.read.selectFrom('shift').select(['roblox_id', 'place', 'seconds'])
  return query.where('server', '=', server).execute()
}
