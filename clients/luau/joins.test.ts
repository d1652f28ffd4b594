import { describe, expect, test } from 'vitest'
import { moderator, pathOf } from '../../test/magicband.ts'
import type { Fault } from './testing/faulty-proxy.ts'
import type { GameServer } from './testing/game-servers.ts'
import { hub, tower, worldOfTests } from './testing/world.ts'

const world = await worldOfTests()

const nothing = { auth: false, clearance: 0, certifications: [], certificationList: [], banned: false }

async function connect(server: GameServer, id: number): Promise<unknown> {
  await server.join(id)
  return server.value(`Magicband.connect(__player(${id}))`)
}

const grant = (username: string, certification: string) =>
  world.band.post(pathOf('/certification/grant', { certification, username, moderator }))

describe('a join is answered with', () => {
  test('clearance and certifications, to look up and in their order', async () => {
    await grant('CastOne', 'tot')
    await grant('CastOne', 'char')
    const server = await world.startServer()
    expect(await connect(server, 1002)).toEqual({
      ok: true,
      auth: true,
      clearance: 1,
      certifications: { tot: true, char: true },
      certificationList: ['char', 'tot'],
      banned: false,
    })
    expect(await server.value('Magicband.getAdmission(__player(1002))')).toMatchObject({ clearance: 1 })
  })

  test('no auth where the rank is too low', async () => {
    const server = await world.startServer({ placeId: tower })
    expect(await connect(server, 100001)).toEqual({ ...nothing, ok: true })
  })

  test('a ban, its reason and its end', async () => {
    await world.band.post(pathOf('/ban/add', { reason: 'bad boy', username: 'CastOne', moderator, duration: '3600' }))
    const server = await world.startServer()
    const expires = new Date(world.band.now() + 3_600_000).toISOString()
    expect(await connect(server, 1002)).toEqual({ ...nothing, ok: true, banned: true, reason: 'bad boy', expires })
  })

  test('all certifications in a training server', async () => {
    const server = await world.startServer({ training: true })
    expect(await connect(server, 1001)).toMatchObject({ certificationList: ['char', 'tot', 'mtp', 'btmr', 'rnrc'] })
  })

  test('the age of a rank that Roblox could not be asked for', async () => {
    const server = await world.startServer()
    await connect(server, 1002)
    world.band.sandbox.fail('roblox', { mode: 'refuse' })
    await server.advance(90)
    expect(await server.value('Magicband.connect(__player(1002))')).toMatchObject({ ok: true, stale: 90 })
  })

  test.each<[string, object, string]>([
    ['a player who is none', {}, "user doesn't exist"],
    ['a place that the community does not list', { placeId: 77 }, 'access denied'],
    ['a wrong key', { secrets: { Magicband: 'mb_game_wrong' } }, 'invalid key'],
    ['no secret', { secrets: {} }, 'there is no key'],
    ['requests that are not allowed', { isHttpEnabled: false }, 'Http requests are not enabled'],
  ])('ok false and the problem, with %s', async (_name, options, problem) => {
    const server = await world.startServer(options)
    expect(await connect(server, 999_999_999)).toEqual({
      ...nothing,
      ok: false,
      problem: expect.stringContaining(problem),
    })
  })
})

describe('while Magicband is out of order', () => {
  test.each<[string, Fault]>([
    ['hangs', 'hang'],
    ['cuts the connection', 'cut'],
    ['answers 500', { status: 500, body: '{"status":"error","message":"error encountered"}' }],
    ['answers a page', { status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Parked</h1>' }],
    ['answers what is no admission', { status: 200, body: '{"status":"success"}' }],
    ['answers 429 for long', { status: 429, headers: { 'retry-after': '900' }, body: '{}' }],
  ])('and %s, a join is ok false within some ten seconds', async (_name, fault) => {
    world.proxy.fault = () => fault
    const server = await world.startServer()
    const from = server.now
    expect(await connect(server, 1002)).toEqual({ ...nothing, ok: false, problem: expect.any(String) })
    expect(server.now - from).toBeLessThan(12)
    expect(server.texts('warn').length).toBeLessThanOrEqual(1)
  })

  test('a join that is asked for again gets through, and what was known of a player stays', async () => {
    const server = await world.startServer()
    let count = 0
    world.proxy.fault = ({ path }) => (path === '/connect' && ++count <= 2 ? 'cut' : undefined)
    expect(await connect(server, 1002)).toMatchObject({ ok: true })
    await world.proxy.close()
    expect(await server.value('Magicband.connect(__player(1002))')).toMatchObject({ ok: false })
    expect(await server.value('Magicband.getAdmission(__player(1002))')).toMatchObject({ ok: true, clearance: 1 })
  })
})

describe('requests', () => {
  test('have the key in a header alone, ids in digits, and texts encoded', async () => {
    const server = await world.startServer({ jobId: 'a job/with & signs', placeId: hub })
    await connect(server, 9007199254740991)
    const [request] = world.proxy.to('/connect')
    expect(request?.headers['x-api-key']).toBe(world.band.keys.wed?.game)
    expect(Object.fromEntries(request?.query ?? [])).toEqual({
      id: '9007199254740991',
      place: `${hub}`,
      training: 'false',
      server: 'a job/with & signs',
    })
  })

  test('of one player at once are one', async () => {
    const server = await world.startServer()
    await server.join(1002)
    const answers = await server.value(`(function()
      local answers = {}
      for index = 1, 5 do
        task.spawn(function() answers[index] = Magicband.connect(__player(1002)).clearance end)
      end
      repeat task.wait() until #answers == 5
      return answers
    end)()`)
    expect(answers).toEqual([1, 1, 1, 1, 1])
    expect(world.proxy.to('/connect')).toHaveLength(1)
  })

  test('of a player who left and came back within it are one, and known of who came back', async () => {
    world.proxy.fault = () => ({ delay: 3 })
    const server = await world.startServer()
    await server.join(1002)
    await server.run('task.spawn(Magicband.connect, __player(1002))')
    await server.advance(1)
    await server.leave(1002)
    await server.join(1002)
    expect(await server.value('Magicband.connect(__player(1002))')).toMatchObject({ ok: true, clearance: 1 })
    expect(await server.value('Magicband.getAdmission(__player(1002))')).toMatchObject({ ok: true, clearance: 1 })
    expect(world.proxy.to('/connect')).toHaveLength(1)
  })

  test.each<[string, Fault | undefined, number]>([
    ['is well', undefined, 190],
    ['answers 500', { status: 500, body: '{"status":"error","message":"error encountered"}' }, 0],
    ['hangs', 'hang', 0],
  ])('of 190 players at once while Magicband %s are all over within fifteen seconds', async (_name, fault, known) => {
    world.proxy.fault = () => fault
    const server = await world.startServer()
    await server.run(`
      slowest, known = 0, 0
      for id = 100001, 100190 do
        __join(id, "Visitor")
        task.spawn(function()
          local from = os.clock()
          local isKnown = Magicband.connect(__player(id)).ok
          known += if isKnown then 1 else 0
          slowest = math.max(slowest, os.clock() - from)
        end)
      end`)
    await server.advance(60)
    const [slowest, answered] = await server.run('return slowest, known')
    expect(slowest).toBeGreaterThan(1)
    expect(slowest).toBeLessThanOrEqual(15)
    expect(answered).toBe(known)
  })

  test.each<[string, string]>([
    ['is cancelled', 'thread = task.spawn(Magicband.connect, __player(1002)) task.delay(1, task.cancel, thread)'],
    [
      'is of a script that is destroyed',
      '__runScript("tool", function() Magicband.connect(__player(1002)) end) task.delay(1, __destroyScript, "tool")',
    ],
  ])('are answered to others though the thread that asked first %s', async (_name, script) => {
    world.proxy.fault = () => ({ delay: 3 })
    const server = await world.startServer()
    await server.join(1002)
    await server.run(script)
    await server.advance(2)
    expect(await server.value('Magicband.connect(__player(1002))')).toMatchObject({ ok: true })
    expect(world.proxy.to('/connect')).toHaveLength(1)
  })

  test('take no longer where the start comes late', async () => {
    world.proxy.fault = () => 'hang'
    const server = await world.startServer({ isStarted: false })
    await server.join(1002)
    await server.run(`task.delay(9, Magicband.start, { url = "${world.proxy.address}" })`)
    const from = server.now
    expect(await server.value('Magicband.connect(__player(1002))')).toMatchObject({ ok: false })
    expect(server.now - from).toBeGreaterThan(10)
    expect(server.now - from).toBeLessThanOrEqual(15)
  })

  test('wait for the start of the module', async () => {
    const server = await world.startServer({ isStarted: false })
    await server.join(1002)
    await server.run(`task.delay(3, Magicband.start, { url = "${world.proxy.address}//" })`)
    expect(await server.value('Magicband.connect(__player(1002))')).toMatchObject({ ok: true })
    expect(await server.run(`return Magicband.startShift(__player(1002))`)).toEqual([true])
  })

  test('are refused without a start, in words', async () => {
    const server = await world.startServer({ isStarted: false })
    const problem = 'nothing has called Magicband.start'
    expect(await connect(server, 1002)).toEqual({ ...nothing, ok: false, problem })
    expect(await server.run('return Magicband.startShift(__player(1002))')).toEqual([false])
    expect(await server.value('Magicband.upload(__player(1002), {})')).toEqual({ ok: false, problem })
    expect(server.texts('warn')).toEqual([`[Magicband] ${problem}`])
    for (const options of ['{}', '{ url = "band.example.com" }', 'nil'])
      expect((await server.run(`return pcall(Magicband.start, ${options})`))[0]).toBe(false)
  })
})

describe('in Studio', () => {
  test('without a JobId and data stores it works with a local secret, for players who are real', async () => {
    const server = await world.startServer({ isStudio: true, jobId: '', hasDataStores: false })
    expect(await connect(server, 1002)).toMatchObject({ ok: true })
    expect(await connect(server, -1)).toEqual({ ...nothing, ok: false, problem: 'no Roblox user' })
    expect(await server.run('return Magicband.startShift(__player(-1)), Magicband.startShift(__player(1002))')).toEqual(
      [false, true],
    )
    await server.advance(100)
    expect(await server.shutDown()).toBeLessThan(1)
    expect(await world.shifts()).toEqual([
      expect.objectContaining({ seconds: 100, server: expect.stringMatching(/^studio-/) }),
    ])
    expect(server.texts('warn')).toEqual([])
  })

  test('without anything it says so once, and goes on', async () => {
    const server = await world.startServer({ isStudio: true, jobId: '', secrets: {}, isHttpEnabled: false })
    for (const id of [1001, 1002, 1003]) await connect(server, id)
    await server.run('Magicband.startShift(__player(1002))')
    await server.advance(3600)
    expect(await server.shutDown()).toBeLessThan(6)
    expect(server.texts('warn')).toEqual([
      expect.stringContaining('the secret "Magicband" can\'t be read'),
      expect.stringContaining("Magicband can't be used for /connect: there is no key"),
      expect.stringContaining("Magicband can't be used for /log: there is no key"),
      expect.stringContaining("isn't known to be sent or written down: player 1002, 3600 seconds"),
    ])
    expect(world.stores.requests).toEqual([])
  })
})

describe('an application', () => {
  const answers = '{ "One", "Zwei \\u{1F3A2}", "\\"three\\"", "four\\n" }'

  test('is uploaded, and its page can be read', async () => {
    const server = await world.startServer()
    await server.join(1006)
    const upload = await server.value(`Magicband.upload(__player(1006), ${answers})`)
    expect(upload).toEqual({ ok: true, url: expect.stringMatching(/^https:\/\/band\.example\/pastes\//) })
    const url = (upload as { url: string }).url
    const page = await world.band.get(new URL(url).pathname, { key: null })
    for (const text of ['One', 'Zwei 🎢', '"three"', 'four']) expect(page.text).toContain(text)
  })

  test('whose answer gets lost is one application', async () => {
    const server = await world.startServer()
    await server.join(1006)
    let count = 0
    world.proxy.fault = ({ path }) => (path === '/application/upload' && ++count === 1 ? 'lost' : undefined)
    expect(await server.value(`Magicband.upload(__player(1006), ${answers})`)).toMatchObject({ ok: true })
    const { read } = world.band.app.database
    expect(await read.selectFrom('paste').select('id').execute()).toHaveLength(1)
  })

  test.each([
    ['with an answer missing', '{ "One", "", "Three", "Four" }', 'missing parameter: q2'],
    ['with text that is none', '{ "\\xff", "2", "3", "4" }', 'UTF-8'],
  ])('%s is refused, and why', async (_name, list, problem) => {
    const server = await world.startServer()
    await server.join(1006)
    const upload = await server.value(`Magicband.upload(__player(1006), ${list})`)
    expect(upload).toEqual({ ok: false, problem: expect.stringContaining(problem) })
  })
})
