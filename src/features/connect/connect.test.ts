import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { communityFile, type Magicband, moderator, pathOf, startMagicband } from '../../../test/magicband.ts'
import { roleIds } from '../../sandbox/population.ts'

const join = (values: Record<string, string> = {}) =>
  pathOf('/connect', { place: '4895128840', id: '1006', training: 'false', ...values })
const everything = 'char,tot,mtp,btmr,rnrc'

let band: Magicband
let placed: Magicband
beforeAll(async () => {
  band = await startMagicband()
  placed = await startMagicband({ files: { wed: communityFile + places } })
})
afterAll(() => Promise.all([band.stop(), placed.stop()]))

const places = `
places:
  "4895128840": { name: Hub }
  "5000000001": { name: Backstage, minimumRank: 100 }
  "0": { name: Studio }
`

async function grant(to: Magicband, username: string, ...codes: string[]) {
  for (const certification of codes) {
    const reply = await to.post(pathOf('/certification/grant', { certification, username, moderator }))
    expect(reply.status).toBe(200)
  }
}

describe('the parameters of GET /connect', () => {
  test.each([
    ['nothing', {}, 'missing parameter: place'],
    ['only a place', { place: '1' }, 'missing parameter: id'],
    ['no training', { place: '1', id: '1' }, 'missing parameter: training'],
    ['an empty place', { place: '', id: 'x', training: 'x' }, 'missing parameter: place'],
    ['a wrong place before a wrong id', { place: 'x', id: 'x', training: 'x' }, 'invalid parameter: place'],
    ['a wrong id before a wrong training', { place: '1', id: 'x', training: 'x' }, 'invalid parameter: id'],
    ['a place below 0', { place: '-1', id: '1', training: 'true' }, 'invalid parameter: place'],
    ['a place with a fraction', { place: '1.0', id: '1', training: 'true' }, 'invalid parameter: place'],
    ['a place of 2^53', { place: '9007199254740992', id: '1', training: 'true' }, 'invalid parameter: place'],
    ['id 0', { place: '1', id: '0', training: 'true' }, 'invalid parameter: id'],
    ['an id of 2^53', { place: '1', id: '9007199254740992', training: 'true' }, 'invalid parameter: id'],
    ['an id with a sign', { place: '1', id: '+1', training: 'true' }, 'invalid parameter: id'],
    ['an id in Arabic digits', { place: '1', id: '١', training: 'true' }, 'invalid parameter: id'],
    ['another word for yes', { place: '1', id: '1', training: 'yes' }, 'invalid parameter: training'],
    ['a long server', { place: '1', id: '1', training: '0', server: 's'.repeat(129) }, 'invalid parameter: server'],
  ])('refuse %s', async (_name, values, message) => {
    const reply = await band.get(pathOf('/connect', values))
    expect([reply.status, reply.text]).toEqual([400, JSON.stringify({ status: 'error', message })])
  })

  test.each(['place', 'id', 'training', 'server'])('refuse a second %s', async (name) => {
    const reply = await band.get(`${join({ server: 's' })}&${name}=1`)
    expect([reply.status, reply.body]).toEqual([400, { status: 'error', message: `invalid parameter: ${name}` }])
  })

  test.each([
    ['place 0', { place: '0' }],
    ['the greatest place', { place: '9007199254740991' }],
    ['leading zeros', { place: '0004895128840', id: '0001006' }],
    ['False', { training: 'False' }],
    ['0', { training: '0' }],
    ['an empty server', { server: '' }],
    ['a server of 128 astral characters', { server: '🚒'.repeat(128) }],
    ['a parameter that nobody knows', { admin: 'true' }],
  ])('take %s', async (_name, values) => {
    const reply = await band.get(join(values))
    expect([reply.status, reply.text]).toEqual([200, '{"certifications":"","auth":true,"clearance":0}'])
  })

  test.each(['true', 'TRUE', '1'])('take training=%s for a training server', async (training) => {
    expect((await band.get(join({ training }))).body).toMatchObject({ auth: false })
  })
})

describe('the place of a join', () => {
  const refusal = [403, '{"status":"error","message":"access denied"}']

  test('must be one that the community lists', async () => {
    const reply = await placed.get(join({ place: '4895128841' }))
    expect([reply.status, reply.text]).toEqual(refusal)
    expect((await placed.get(join())).status).toBe(200)
    expect((await placed.get(join({ place: '0' }))).status).toBe(200)
  })

  test('is checked before the player', async () => {
    const reply = await placed.get(join({ place: '7', id: '999999999' }))
    expect([reply.status, reply.text]).toEqual(refusal)
  })

  test.each(['4895128841', '1', '99999999999999999999', '48951288400'])('is not where %s is', async (robloxId) => {
    for (const community of [band, placed]) {
      const reply = await community.get(join(), { headers: { 'roblox-id': robloxId } })
      expect([reply.status, reply.text]).toEqual(refusal)
    }
  })

  test.each(['4895128840', '004895128840', '0', '000', '', 'garbage', '4895128841x'])(
    'may be where %j is',
    async (robloxId) => {
      for (const community of [band, placed]) {
        const reply = await community.get(join(), { headers: { 'roblox-id': robloxId } })
        expect(reply.status).toBe(200)
      }
    },
  )
})

describe('a player whom Roblox does not know', () => {
  test('is a 404, remembered for a minute', async () => {
    const reply = await band.get(join({ id: '999999999' }))
    expect([reply.status, reply.text]).toEqual([404, `{"status":"error","message":"user doesn't exist"}`])
    band.sandbox.world.addUser({ id: '999999999', name: 'JustBorn' })
    band.advance(59_999)
    expect((await band.get(join({ id: '999999999' }))).status).toBe(404)
    band.advance(1)
    expect((await band.get(join({ id: '999999999' }))).status).toBe(200)
  })

  test('leaves nothing behind', async () => {
    await band.get(join({ id: '888888888' }))
    const users = band.app.database.read.selectFrom('roblox_user').selectAll().where('roblox_id', '=', '888888888')
    expect(await users.execute()).toEqual([])
  })
})

describe('auth and clearance', () => {
  test.each([
    ['1', 'Roblox, outside the group', 0, false],
    ['1005', 'PendingOne, outside the group', 0, false],
    ['1006', 'MemberOne', 0, false],
    ['100001', 'a visitor', 0, false],
    ['1001', 'StudentOne', 0, true],
    ['1002', 'CastOne', 1, true],
    ['1003', 'SeniorOne', 2, true],
    ['1004', 'ManagerOne', 3, true],
    ['172051854', 'JTmaveryk', 3, true],
    ['900', 'the owner of the group', 3, true],
  ])('of %s (%s)', async (id, _name, clearance, isTrainee) => {
    const somewhere = await band.get(join({ id }))
    expect(somewhere.text).toBe(JSON.stringify({ certifications: '', auth: true, clearance }))
    const training = await band.get(join({ id, training: 'true' }))
    const trainee = { certifications: everything, auth: true, clearance }
    expect(training.body).toEqual(isTrainee ? trainee : { certifications: '', auth: false, clearance: 0 })
    const backstage = await placed.get(join({ id, place: '5000000001' }))
    const isSenior = clearance >= 2
    expect(backstage.body).toEqual({ certifications: '', auth: isSenior, clearance: isSenior ? clearance : 0 })
    const trainingBackstage = await placed.get(join({ id, place: '5000000001', training: 'true' }))
    expect(trainingBackstage.body).toEqual(training.body)
  })

  test('follow as many levels as the community lists', async () => {
    const file = communityFile.replace('clearance: [50, 100, 150]', 'clearance: [10, 50, 100, 150, 250, 255]')
    const levels = await startMagicband({ files: { wed: file } })
    const found = []
    for (const id of ['1', '1001', '1004', '172051854', '900']) found.push((await levels.get(join({ id }))).body)
    expect(found).toMatchObject([0, 1, 4, 5, 6].map((clearance) => ({ clearance })))
    await levels.stop()
  })
})

describe('certifications', () => {
  test('are those held, in the order of the community', async () => {
    await grant(band, 'CastOne', 'rnrc', 'char', 'mtp')
    const reply = await band.get(join({ id: '1002' }))
    expect(reply.text).toBe('{"certifications":"char,mtp,rnrc","auth":true,"clearance":1}')
  })

  test('are those held also without auth', async () => {
    await grant(placed, 'StudentOne', 'tot')
    const backstage = await placed.get(join({ id: '1001', place: '5000000001' }))
    expect(backstage.text).toBe('{"certifications":"tot","auth":false,"clearance":0}')
    placed.sandbox.world.setRoles('1001', [roleIds.member])
    placed.advance(60_000)
    const training = await placed.get(join({ id: '1001', training: 'true' }))
    expect(training.text).toBe('{"certifications":"tot","auth":false,"clearance":0}')
  })

  test('stay held when the community no longer lists them, after the listed ones', async () => {
    await grant(band, 'SeniorOne', 'char', 'tot', 'mtp', 'btmr')
    const fewer = communityFile.replace(/codes: {.*}/, 'codes: { mtp: Mad Tea Party, char: Characters }')
    await band.restart({ wed: fewer })
    const reply = await band.get(join({ id: '1003' }))
    expect(reply.body).toMatchObject({ certifications: 'mtp,char,btmr,tot' })
    const training = await band.get(join({ id: '1003', training: 'true' }))
    expect(training.body).toMatchObject({ certifications: 'mtp,char' })
    await band.restart({ wed: communityFile })
  })
})

describe('a banned player', () => {
  const ban = (username: string, more: Record<string, string>) =>
    band.post(pathOf('/ban/add', { reason: 'bad boy', username, moderator, ...more }))

  test.each(['true', 'false'])('gets nothing but the reason (training=%s)', async (training) => {
    await grant(band, 'ManagerOne', training === 'true' ? 'tot' : 'char')
    await ban('ManagerOne', {})
    const reply = await band.get(join({ id: '1004', training }))
    expect([reply.status, reply.text]).toEqual([
      200,
      '{"certifications":"","auth":false,"clearance":0,"banned":true,"reason":"bad boy"}',
    ])
    await band.post(pathOf('/ban/remove', { reason: 'good boy', username: 'ManagerOne', moderator }))
  })

  test('is told when the ban ends', async () => {
    await ban('Visitor100020', { duration: '3600' })
    const expires = new Date(band.now() + 3_600_000).toISOString()
    const reply = await band.get(join({ id: '100020' }))
    expect(reply.text).toBe(
      `{"certifications":"","auth":false,"clearance":0,"banned":true,"reason":"bad boy","expires":"${expires}"}`,
    )
  })

  test('is told the reason as it was given, without Discord escapes', async () => {
    await ban('Visitor100021', { reason: '*x* "y" @everyone\n<z>' })
    expect((await band.get(join({ id: '100021' }))).body).toMatchObject({ reason: '*x* "y" @everyone\n<z>' })
  })
})
