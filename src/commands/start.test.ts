import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CommandFolder, makeCommandFolder, type Running } from '../../test/command-line.ts'
import { communityFile, pathOf } from '../../test/magicband.ts'
import { serviceVariables } from '../../test/services.ts'
import { openDatabase } from '../database/database.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'

const execute = promisify(execFile)

/** The example community, on the services of a sandbox that runs in this process. */
let sandbox: Sandbox
let services: Record<string, string>
beforeAll(async () => {
  sandbox = await startSandbox({ clock: Date.now })
  services = serviceVariables(sandbox.addresses)
})
afterAll(() => sandbox.close())

async function addressOf(server: Running): Promise<string> {
  const [, address = ''] = await server.written(/(http:\/\/127\.0\.0\.1:\d+)/)
  return address
}

async function createKey(command: CommandFolder, kind: string): Promise<string> {
  return (await command.run(['key', 'create', '--community', 'wed', '--kind', kind])).stdout.trim()
}

describe('the sandbox, which a newcomer starts', () => {
  let command: CommandFolder
  let server: Running
  beforeAll(async () => {
    command = makeCommandFolder()
    // On any address: the sandbox listens on this machine only, whatever HOST says.
    server = command.start(['start'], { HOST: '0.0.0.0' })
    await server.written(/Ctrl-C/, 10_000)
  })
  afterAll(() => command.remove())

  test('says within ten seconds what to do, and nothing goes wrong', async () => {
    expect(server.stdout()).toContain('sandbox-game   sandbox-bot   sandbox-status')
    expect(await addressOf(server)).toMatch(/^http:\/\/127\.0\.0\.1:/)
    expect(server.stderr()).toBe('')
  })

  test('prints curl lines that work, one for each call', async () => {
    const lines = [...server.stdout().matchAll(/# (\w+)\n\s+(curl .*)\n/g)].map(([, name = '', line = '']) => ({
      name,
      line,
    }))
    expect(lines.map(({ name }) => name)).toEqual([
      'connect',
      'profile',
      'grant',
      'revoke',
      'ban',
      'unban',
      'upload',
      'approve',
      'log',
      'status',
      'health',
    ])
    const answers: Record<string, unknown> = {}
    for (const { name, line } of lines) {
      const { stdout } = await execute('sh', ['-c', line])
      answers[name] = JSON.parse(stdout)
    }
    const success = expect.objectContaining({ status: 'success' })
    expect(answers).toEqual({
      connect: { certifications: '', auth: true, clearance: 1 },
      profile: expect.objectContaining({ status: 'success', id: 172051854, rank: 'Executive' }),
      grant: success,
      revoke: success,
      ban: success,
      unban: success,
      upload: success,
      approve: success,
      log: { status: 'success' },
      status: expect.objectContaining({ status: 'ok' }),
      health: { status: 'ok' },
    })
  })

  test('prints curl lines that break and mend Roblox', async () => {
    const [fail = '', heal = ''] = [...server.stdout().matchAll(/curl -X POST '[^']*\/(?:fail|heal)[^']*'/g)].map(
      ([line]) => line,
    )
    const ask = async () =>
      (await fetch(`${await addressOf(server)}/profile?username=SeniorOne&key=sandbox-bot`)).status
    await execute('sh', ['-c', fail])
    expect(await ask()).toBe(503)
    await execute('sh', ['-c', heal])
    expect(await ask()).toBe(200)
  })

  test('gives a page to read for an upload', async () => {
    const address = await addressOf(server)
    const body = 'q1=a&q2=b&q3=c&q4=the+last+answer'
    const upload = await fetch(`${address}/application/upload?id=1006&key=sandbox-game`, { method: 'POST', body })
    const { url } = (await upload.json()) as { url: string }
    expect(url).toMatch(/^http:\/\/localhost:\d+\/pastes\//)
    expect(await (await fetch(url.replace('localhost', '127.0.0.1'))).text()).toContain('the last answer')
  })

  test('keeps its data for the next start', async () => {
    server.child.kill('SIGINT')
    expect((await server.ended).code).toBe(0)
    const next = command.start(['start'])
    await next.written(/Ctrl-C/)
    const address = await addressOf(next)
    const profileOf = async (id: string) => (await fetch(`${address}/profile?id=${id}&key=sandbox-bot`)).json()
    expect(await profileOf('1002')).toMatchObject({ points: 60 })
    expect(await profileOf('1005')).toMatchObject({ rank: 'University Student', rankid: 10 })
  })
})

describe('a server', () => {
  let command: CommandFolder
  beforeAll(() => {
    command = makeCommandFolder({ wed: communityFile })
  })
  afterAll(() => command.remove())

  test('knows a key at once that another process creates, and refuses it within a second of its revocation', async () => {
    const server = command.start(['start'], services)
    const address = await addressOf(server)
    const key = await createKey(command, 'bot')
    const ask = async () => (await fetch(`${address}/profile?id=1`, { headers: { 'x-api-key': key } })).status
    expect(await ask()).toBe(200)
    const [id = ''] = (await command.run(['key', 'list'])).stdout.split(' ')
    let endedAt = Number.POSITIVE_INFINITY
    const revoking = command.run(['key', 'revoke', id]).then(() => {
      endedAt = Date.now()
    })
    // It is busy with this key all the while.
    let lastAcceptedAt = 0
    while (Date.now() < endedAt + 1200) {
      if ((await ask()) === 200) lastAcceptedAt = Date.now()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await revoking
    expect(lastAcceptedAt).toBeGreaterThan(0)
    expect(lastAcceptedAt - endedAt).toBeLessThan(1000)
    expect(await ask()).toBe(401)
    server.child.kill('SIGTERM')
    await server.ended
    expect(server.stderr()).not.toContain(key.slice(0, 24))
  })

  test('that is killed has every shift that it answered, each paid once', async () => {
    const key = await createKey(command, 'game')
    const server = command.start(['start'], services)
    const address = await addressOf(server)
    const answered: string[] = []
    const shifts = Array.from({ length: 300 }, async (_, index) => {
      const shift = { id: '1002', place: '1', duration: '600', training: 'false', server: `job ${index}` }
      const reply = await fetch(address + pathOf('/log', shift), { method: 'POST', headers: { 'x-api-key': key } })
      if (reply.status === 200 && (await reply.text()) === '{"status":"success"}') answered.push(shift.server)
      if (answered.length === 40) server.child.kill('SIGKILL')
    })
    await Promise.allSettled(shifts)
    await server.ended
    expect(answered.length).toBeGreaterThanOrEqual(40)

    const next = command.start(['start'], services)
    const ask = `${await addressOf(next)}/profile?id=1002&key=${key}`
    const { points } = (await (await fetch(ask)).json()) as { points: number }
    const database = openDatabase(command.databaseUrl)
    const kept = await database.read.selectFrom('shift').select('server').execute()
    await database.close()
    expect(kept.map((row) => row.server)).toEqual(expect.arrayContaining(answered))
    expect(new Set(kept.map((row) => row.server)).size).toBe(kept.length)
    expect(points).toBe(kept.length * 10)
  })
})
