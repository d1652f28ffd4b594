import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sandboxKeys } from '../src/sandbox/world.ts'
import {
  breakDatabase,
  communityFile,
  type Magicband,
  moderator,
  pathOf,
  type Reply,
  startMagicband,
} from './magicband.ts'

// Every example answer of the two documents that describe the API, as they stand there, comments included. The answers
// must be these to the letter: the members' order too.

const tower = '5000000001'
/** The community that the examples imply: Roblox, a guest, can be certified; one place asks for a certification. */
const file = `${communityFile
  .replace('minimumRank: 10', 'minimumRank: 0')
  .replace('applications: {', `applications: { paste: pastebin, pastebinKey: ${sandboxKeys.pastebin},`)}
places:
  "1": { name: Hub }
  "${tower}": { name: Tower of Terror, certification: tot }
`
const strictFile = file.replace('minimumRank: 0', 'minimumRank: 10')

/** A record's `_id` is made of the seconds of its birth and eight random bytes: 62f6b211c393da0ce38e5dac. */
const bornAt = 0x62f6b211 * 1000
const recordBytes = Buffer.from('c393da0ce38e5dac', 'hex')

let band: Magicband
let nextBytes: Buffer | undefined
beforeAll(async () => {
  const takeBytes = (count: number) => {
    const bytes = count === 8 ? nextBytes : undefined
    if (bytes !== undefined) nextBytes = undefined
    return bytes ?? randomBytes(count)
  }
  band = await startMagicband({ files: { wed: file }, startsAt: bornAt, randomBytes: takeBytes })
})
afterAll(() => band.stop())

const roblox = { username: 'Roblox', certification: 'tot', moderator }
const join = (id: string) => pathOf('/connect', { place: '1', id, training: 'false', server: 'job' })
const grant = (certification: string) => pathOf('/certification/grant', { ...roblox, certification })
const revoke = pathOf('/certification/revoke', roblox)
const banAdd = pathOf('/ban/add', { reason: 'bad boy', username: 'JTmaveryk', moderator })
const banRemove = pathOf('/ban/remove', { reason: 'good boy', username: 'JTmaveryk', moderator })
const approve = (id: string) => pathOf('/application/approve', { id, moderator })
const log = (place: string) => pathOf('/log', { id: '1', place, duration: '60', training: 'false', server: 'job' })

/** Compares an answer with an example, to the letter but for white space between members and comments. */
function expectExample(reply: Reply, status: number, example: string) {
  const withoutComments = example.replaceAll(/ \/\/ .*$/gm, '')
  expect([reply.status, reply.text]).toEqual([status, JSON.stringify(JSON.parse(withoutComments))])
}

describe('refusals before anything is recorded', () => {
  test('GET /connect, 401', async () => {
    const reply = await band.get(join('1'), { key: 'wrong' })
    const example = `{
    "status": "error",
    "message": "invalid key"
}`
    expectExample(reply, 401, example)
  })

  test('GET /connect, 404', async () => {
    const example = `{
    "status": "error",
    "message": "user doesn't exist"
}`
    expectExample(await band.get(join('999999999')), 404, example)
  })

  test.each([{ id: '999999999' }, { username: 'NobodyAtAll' }, { discord: moderator }])(
    'GET /profile, 404 (%j)',
    async (by: Record<string, string>) => {
      const example = `{
    "status": "error",
    "message": "couldn't find user",
    "discord": "We couldn't find the requested user, please ensure you typed it correctly and try again."
}`
      expectExample(await band.get(pathOf('/profile', by)), 404, example)
    },
  )

  test('POST /certification/grant, 403', async () => {
    await band.restart({ wed: strictFile })
    const example = `{
    "status": "error",
    "discord": "The requested user does not meet the rank pre-requisites to receive a certification."
}`
    expectExample(await band.post(grant('tot')), 403, example)
    await band.restart({ wed: file })
  })

  test('POST /certification/revoke, 400', async () => {
    const example = `{
    "status": "error",
    "discord": "**Roblox** doesn't have the **tot** certification."
}`
    expectExample(await band.post(revoke), 400, example)
  })

  test('POST /log, 400', async () => {
    const example = `{
    "status": "error",
    "message": "invalid certification"
}`
    expectExample(await band.post(log(tower)), 400, example)
  })
})

describe('the first certification and what follows from it', () => {
  test('POST /certification/grant, 200', async () => {
    nextBytes = recordBytes
    const example = `{
    "status": "success",
    "discord": "Successfully granted **Roblox** the **tot** certification."
}`
    expectExample(await band.post(grant('tot')), 200, example)
  })

  test('GET /profile, 200', async () => {
    const first = `{
    "status": "success",
    "id": 1,
    "_id": "62f6b211c393da0ce38e5dac", // if database document exists
    "username": "Roblox",
    "points": 0,
    "rank": "Guest",
    "rankid": 0,
    "cast": false,
    "certifications":["tot"]
}`
    const second = `{
    "status": "success",
    "id": 1,
    "_id": "62f6b211c393da0ce38e5dac", // database container id
    "username": "Roblox",
    "points": 0,
    "rank": "Guest",
    "rankid": 0,
    "cast": false, // cast status (boolean)
    "certifications":["tot"]
}`
    const reply = await band.get(pathOf('/profile', { id: '1' }))
    expectExample(reply, 200, first)
    expectExample(reply, 200, second)
  })

  test('GET /connect, 200', async () => {
    for (const code of ['rnrc', 'mtp', 'char', 'btmr']) await band.post(grant(code))
    const first = `{
    "certifications": "char,tot,mtp,btmr,rnrc",
    "auth": true, // authorization (boolean)
    "clearance": 0 // clearance level (1 - cast member, 2 - senior cast member, 3 - manager+)
}`
    const second = `{
    "certifications": "char,tot,mtp,btmr,rnrc",
    "auth": true, // authorization (boolean)
    "clearance": 0 // clearance level (1 - cast member, 2 - head/lead member, 3 - manager+)
}`
    const reply = await band.get(join('1'))
    expectExample(reply, 200, first)
    expectExample(reply, 200, second)
  })

  test('POST /certification/revoke, 200', async () => {
    const example = `{
    "status": "success",
    "discord": "Successfully revoked **Roblox**'s **tot** certification."
}`
    expectExample(await band.post(revoke), 200, example)
  })
})

describe('bans', () => {
  test('POST /ban/add, 200', async () => {
    const example = `{
    "status": "success",
    "discord": "Successfully banned **JTmaveryk** ([172051854](https://www.roblox.com/users/172051854/profile)) for **bad boy**."
}`
    expectExample(await band.post(banAdd), 200, example)
  })

  test('POST /ban/remove, 200', async () => {
    const example = `{
    "status": "success",
    "discord": "Successfully unbanned **JTmaveryk** ([172051854](https://www.roblox.com/users/172051854/profile)) for **good boy**."
}`
    expectExample(await band.post(banRemove), 200, example)
  })
})

describe('applications', () => {
  test('POST /application/upload, 200: the key of the raw page is told, and success is spelt right', async () => {
    const answers = new URLSearchParams({ q1: 'a', q2: 'b', q3: 'c', q4: 'd' })
    const reply = await band.post(pathOf('/application/upload', { id: '1005' }), { body: answers.toString() })
    const [key] = band.sandbox.world.state.pastes.keys()
    const example = `{
    "status": "success",
    "url": "https://pastebin.com/raw/${key}"
}`
    expectExample(reply, 200, example)
  })

  test('POST /application/approve, 200', async () => {
    const example = `{
    "status": "success",
    "message": "successfully ranked user"
}`
    expectExample(await band.post(approve('1005')), 200, example)
  })

  test('POST /application/approve, 400', async () => {
    const example = `{
    "status": "error",
    "message": "user is already trainee/cast"
}`
    expectExample(await band.post(approve('1002')), 400, example)
  })

  test('POST /application/approve, 500', async () => {
    const example = `{
    "status": "error",
    "message": "couldn't rank user"
}`
    expectExample(await band.post(approve('1')), 500, example)
  })
})

test('POST /log, 200', async () => {
  const example = `{
    "status": "success"
}`
  expectExample(await band.post(log('1')), 200, example)
})

describe('a database that fails', () => {
  let mend: () => Promise<void>
  beforeAll(async () => {
    mend = await breakDatabase(band)
  })
  afterAll(() => mend())

  test.each([
    ['/certification/grant', grant('tot')],
    ['/ban/add', banAdd],
  ])('POST %s, 500', async (_route, path) => {
    const example = `{
    "status": "error",
    "modifiedCount": 0,
    "upsertedCount": 0,
    "discord": "You've encountered a rare database error; if this is a reoccuring issue, please contact \`JTmaveryk#0001\`."
}`
    expectExample(await band.post(path), 500, example)
  })

  test.each([
    ['/certification/revoke', revoke],
    ['/ban/remove', banRemove],
  ])('POST %s, 500', async (_route, path) => {
    const example = `{
    "status": "error",
    "modifiedCount": 0,
    "discord": "You've encountered a rare database error; if this is a reoccuring issue, please contact \`JTmaveryk#0001\`."
}`
    expectExample(await band.post(path), 500, example)
  })

  test('POST /log, 500', async () => {
    const example = `{
    "status": "error",
    "message": "error encountered",
    "modifiedCount": 0
}`
    expectExample(await band.post(log('1')), 500, example)
  })
})
