import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { communityFile, eventually, startMagicband } from '../../../test/magicband.ts'
import { type RunningBot, roles, staff, startRunningBot } from '../test/running-bot.ts'

/** What holds for every command: answered in time, only to whoever may, once, and not lost when the bot stops. */
let running: RunningBot
beforeAll(async () => {
  running = await startRunningBot()
})
afterAll(() => running.stop())

const everyCommand: [string, Record<string, string>, string[]][] = [
  ['certify', { username: 'CastOne', certification: 'tot' }, [roles.trainer]],
  ['decertify', { username: 'CastOne', certification: 'tot' }, [roles.trainer, roles.moderator]],
  ['ban', { username: 'CastOne', reason: 'bad boy' }, [roles.moderator]],
  ['unban', { username: 'CastOne', reason: 'good boy' }, [roles.moderator]],
  ['approve', { username: 'PendingOne' }, [roles.moderator]],
]
const trail = () => running.band.app.database.read.selectFrom('audit_entry').select('act').execute()
const noRole = 'You do not have a role that may do this.'

describe('who may use a command', () => {
  test.each(everyCommand)(
    '/%s: nobody without one of its roles, who alone is told so',
    async (command, options, its) => {
      const others = [...staff.filter((role) => !its.includes(role)), '700000000000000009']
      for (const held of [[], others]) {
        const shown = await running.use(command, options, { roles: held })
        expect(shown).toMatchObject({ steps: ['reply'], isPrivate: true, body: { content: noRole } })
      }
      expect(await trail()).toEqual([])
    },
  )

  test.each(everyCommand)('/%s: not from another server, nor in private', async (command, options) => {
    for (const guild of ['200000000000000002', null]) {
      const shown = await running.use(command, options, { roles: staff, guild })
      expect(shown).toMatchObject({ steps: ['reply'], body: { content: noRole } })
    }
    expect(await trail()).toEqual([])
  })

  test('/profile: everyone of the server, where the settings say so, and nobody else', async () => {
    expect((await running.use('profile', { id: '1' }, { roles: [] })).steps).toEqual(['defer', 'edit'])
    expect((await running.use('profile', { id: '1' }, { guild: null })).steps).toEqual(['reply'])
  })

  test.each(everyCommand)('/%s: whoever has one of its roles', async (command, options, its) => {
    for (const role of its.slice(0, 1)) {
      expect((await running.use(command, options, { roles: [role] })).steps).toEqual(['defer', 'edit'])
    }
  })

  test.each(everyCommand)('/%s: nobody, where the settings name no role', async (command, options) => {
    const closed = await startRunningBot({ [`ROLES_${command.toUpperCase()}`]: '' })
    expect((await closed.use(command, options)).body).toMatchObject({ content: noRole })
    await closed.stop()
  })

  test('a command that is no more is told', async () => {
    expect((await running.use('kick', {})).body).toMatchObject({ content: 'This command is no more.' })
    expect((await running.use('constructor', {})).body).toMatchObject({ content: 'This command is no more.' })
  })
})

describe('time', () => {
  test('the first answer is there at once while Roblox hangs, and what comes of it later', async () => {
    running.band.sandbox.fail('roblox', { mode: 'hang' })
    const shown = running.discord.use({
      command: 'certify',
      options: { username: 'NeverSeen', certification: 'tot' },
      roles: staff,
    })
    await running.discord.until(shown, (step) => step === 'defer')
    expect(shown.firstAnswerMs).toBeLessThan(3000)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(shown.steps).toEqual(['defer'])
    await running.discord.until(shown, (step) => step === 'edit')
    expect(shown.body.content).toBe('Roblox is not answering at the moment, please try again in a minute.')
    running.band.sandbox.heal()
  })

  test('nothing is done where Discord does not take the first answer: it has told that the bot failed', async () => {
    const before = await trail()
    running.discord.refuseNext(404, 10062)
    const shown = running.discord.use({
      command: 'ban',
      options: { username: 'Visitor100001', reason: 'bad boy' },
      roles: staff,
    })
    const line = await eventually(() => running.log.find((one) => one.includes(shown.id)))
    expect(JSON.parse(line)).toMatchObject({
      level: 'error',
      message: 'an interaction could not be answered: the audit trail says whether it was done',
      code: 10062,
    })
    expect(await trail()).toEqual(before)
  })

  test('Magicband away is told within the time that Discord waits', async () => {
    const gone = await startMagicband()
    await gone.stop()
    const lonely = await startRunningBot({ MAGICBAND_URL: gone.address })
    expect(await lonely.suggest('certify', 'certification', '')).toEqual([])
    const shown = await lonely.use('ban', { username: 'CastOne', reason: 'bad boy' })
    const sentence = 'The server can not be reached, please try again in a minute.'
    // Nobody listens, so nothing was done.
    expect(shown.body.content).toBe(sentence)
    expect((await lonely.use('profile', { id: '1' })).body.content).toBe(sentence)
    await lonely.stop()
  })

  test('what may have been done is told, where the connection broke', async () => {
    const breaking = createServer((request) => request.socket.resetAndDestroy())
    await once(breaking.listen(0, '127.0.0.1'), 'listening')
    const address = breaking.address()
    if (address === null || typeof address === 'string') throw new Error('a server on a TCP port has a port')
    const cutOff = await startRunningBot({ MAGICBAND_URL: `http://127.0.0.1:${address.port}` })
    const told = async (command: string, options: Record<string, string>) =>
      (await cutOff.use(command, options)).body.content
    const sentence = 'The server can not be reached, please try again in a minute.'
    expect(await told('ban', { username: 'CastOne', reason: 'bad boy' })).toBe(
      `${sentence} It may have been done all the same, so look first.`,
    )
    expect(await told('profile', { id: '1' })).toBe(sentence)
    await cutOff.stop()
    breaking.close()
  })
})

describe('an act is done once', () => {
  test.each([
    ['certify', '/certification/grant'],
    ['decertify', '/certification/revoke'],
    ['ban', '/ban/add'],
    ['unban', '/ban/remove'],
    ['approve', '/application/approve'],
  ])('/%s: named by its interaction, by which Magicband knows it when it is asked again', async (command, route) => {
    const [, options] = everyCommand.find(([name]) => name === command) ?? []
    const shown = await running.use(command, options)
    const kept = running.band.app.database.read.selectFrom('idempotency').select('route')
    expect(await kept.where('idempotency_key', '=', `discord-${shown.id}`).execute()).toEqual([{ route }])
  })

  test('though Discord sends it twice', async () => {
    const shown = await running.use('ban', { username: 'Visitor100004', reason: 'bad boy' })
    running.discord.sendAgain(shown)
    await eventually(() => running.log.find((line) => line.includes(shown.id) && line.includes('40060')))
    expect(shown.steps).toEqual(['defer', 'edit'])
    const bans = running.band.app.database.read.selectFrom('ban').selectAll().where('roblox_id', '=', '100004')
    expect(await bans.execute()).toHaveLength(1)
  })
})

test('answers are for all to see where the settings say so, refusals are not', async () => {
  expect((await running.use('profile', { id: '1' })).isPrivate).toBe(true)
  const open = await startRunningBot({ REPLIES: 'public' })
  expect((await open.use('profile', { id: '1' })).isPrivate).toBe(false)
  expect((await open.use('ban', {}, { roles: [] })).isPrivate).toBe(true)
  await open.stop()
})

test('an answer that is longer than Discord takes is shown as far as it goes', async () => {
  const codes = Array.from({ length: 200 }, (_, index) => `a-code-of-thirty-characters-${100 + index}`)
  const file = communityFile.replace(/codes: .*/, `codes: { ${codes.map((code) => `${code}: Name`).join(', ')} }`)
  const other = await startRunningBot({}, { files: { wed: file } })
  const shown = await other.use('certify', { username: 'CastOne', certification: 'none' })
  const [{ description }] = shown.body.embeds as [{ description: string }]
  expect(description).toMatch(/^There is no such certification; these exist: .*…$/)
  expect(description.length).toBe(4096)
  await other.stop()
})

test('a long name is offered as far as it goes, with its whole code', async () => {
  const file = communityFile.replace(/codes: .*/, `codes: { tot: "${'🚒'.repeat(60)}" }`)
  const other = await startRunningBot({}, { files: { wed: file } })
  expect(await other.suggest('certify', 'certification', '')).toEqual([
    { name: `${'🚒'.repeat(46)}… (tot)`, value: 'tot' },
  ])
  await other.stop()
})

describe('the connection', () => {
  test('that is lost is made again', async () => {
    const other = await startRunningBot()
    other.discord.gateway.disconnect(1012)
    await eventually(() => (other.discord.gateway.sessions === 2 ? true : undefined), 15_000)
    expect((await other.use('profile', { id: '1' })).steps).toEqual(['defer', 'edit'])
    await other.stop()
  })

  test('that stops lets what is being done come to its end', async () => {
    const other = await startRunningBot()
    other.band.sandbox.fail('roblox', { mode: 'slow', delayMs: 700 })
    const shown = other.discord.use({
      command: 'ban',
      options: { username: 'Visitor100003', reason: 'bad boy' },
      roles: staff,
    })
    await other.discord.until(shown, (step) => step === 'defer')
    await other.bot.stop()
    expect(shown.steps).toEqual(['defer', 'edit'])
    expect(shown.body.content).toContain('Successfully banned **Visitor100003**')
    expect(other.discord.gateway.connections).toBe(0)
    await other.stop()
  })
})

describe('the log', () => {
  test('says of each command what became of it, and nothing of what was typed', async () => {
    const from = running.log.length
    await running.use('ban', { username: 'Visitor100009', reason: 'something private' })
    await running.use('ban', { username: 'Visitor100009', reason: 'something private' })
    const lines = running.log.slice(from).map((line) => JSON.parse(line))
    expect(lines).toMatchObject([
      { level: 'info', message: 'answered', command: 'ban', interaction: expect.any(String) },
      { level: 'info', message: 'refused or failed', command: 'ban', code: 'already-banned', status: 400 },
    ])
    expect(lines[1].requestId).toMatch(/^[0-9a-f-]{36}$/)
    expect(running.log.join('')).not.toMatch(/private|Visitor/)
  })

  test.each<[string, Record<string, string>, string]>([
    ['a key that is wrong', { MAGICBAND_KEY: 'not-a-key' }, 'key-invalid'],
    ['a Magicband that is not there', { MAGICBAND_URL: 'http://127.0.0.1:1' }, 'unreachable'],
  ])('warns of %s, at the start and at each command, and says what to check', async (_name, more, code) => {
    const other = await startRunningBot(more)
    await other.use('ban', { username: 'CastOne', reason: 'bad boy' })
    const warnings = other.log.map((line) => JSON.parse(line)).filter(({ level }) => level === 'warn')
    const message = expect.stringContaining('check MAGICBAND_URL, MAGICBAND_KEY')
    expect(warnings).toMatchObject([
      { code, message },
      { code, message, command: 'ban' },
    ])
    await other.stop()
  })

  test('warns of nothing where the key is for less than the bot can do', async () => {
    const band = await startMagicband()
    const key = await band.createKey({ kind: 'bot', scopes: ['ban'] })
    const other = await startRunningBot({ MAGICBAND_URL: band.address, MAGICBAND_KEY: key })
    expect(other.log.join('')).not.toContain('warn')
    expect(other.log.join('')).toContain("the certifications can't be read: the key lacks the scope")
    // What it is not for is told when it is asked for.
    await other.use('certify', { username: 'CastOne', certification: 'tot' })
    expect(JSON.parse(other.log.at(-1) ?? '')).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('the key lacks the scope'),
      code: 'access-denied',
    })
    await other.stop()
    await band.stop()
  })
})
