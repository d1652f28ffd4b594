import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type CommandFolder, makeCommandFolder, type Running } from '../../test/command-line.ts'
import { communityFile, eventually } from '../../test/magicband.ts'
import { serviceVariables } from '../../test/services.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'

let sandbox: Sandbox
let command: CommandFolder
let key: string
beforeAll(async () => {
  sandbox = await startSandbox({ clock: Date.now })
  command = makeCommandFolder({ wed: communityFile })
  key = (await command.run(['key', 'create', '--community', 'wed', '--kind', 'bot'])).stdout.trim()
})
afterEach(() => sandbox.heal())
afterAll(async () => {
  await command.remove()
  await sandbox.close()
})

async function occupyPort(): Promise<Server> {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  return taken
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function startServer(more: Record<string, string> = {}): Promise<{ server: Running; address: string }> {
  const server = command.start(['start'], { ...serviceVariables(sandbox.addresses), ...more })
  const [, address = ''] = await server.written(/"address":"(http[^"]*)"/)
  return { server, address }
}

/** A request that takes as long as Roblox does; each asks for another player, whom nobody knows yet. */
let player = 100_100
const ask = (address: string) => fetch(`${address}/profile?id=${player++}`, { headers: { 'x-api-key': key } })

describe('a signal', () => {
  test('ends an idle server with 0', async () => {
    const { server, address } = await startServer()
    // A connection that is kept open doesn't keep it up.
    await (await fetch(`${address}/health`)).text()
    const sentAt = Date.now()
    server.child.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
    expect(Date.now() - sentAt).toBeLessThan(2000)
  })

  test.each([
    ['SIGTERM', 1],
    // As npm does, which passes on what the terminal has sent to everyone.
    ['SIGINT', 2],
  ] as const)(
    '%s ends the server with 0 after what runs is finished (sent %i times at once)',
    async (signal, times) => {
      const { server, address } = await startServer()
      sandbox.fail('robloxUsers', { mode: 'slow', delayMs: 1200 })
      const answering = ask(address)
      await pause(300)
      for (let sent = 0; sent < times; sent++) {
        server.child.kill(signal)
        await pause(100)
      }
      const reply = await answering
      expect([reply.status, await reply.json()]).toMatchObject([200, { status: 'success' }])
      expect((await server.ended).code).toBe(0)
      await expect(fetch(`${address}/health`)).rejects.toThrow()
    },
  )

  test('ends one with 0 whose log can not be written, and which has served all the same', async () => {
    const taken = await occupyPort()
    const port = portOf(taken)
    taken.close()
    await once(taken, 'close')
    const server = command.start(['start'], {
      ...serviceVariables(sandbox.addresses),
      PORT: String(port),
      MAGICBAND_SHELL: 'exec 2>/dev/full',
    })
    const health = await eventually(() => fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined))
    expect(health.status).toBe(200)
    server.child.kill('SIGTERM')
    expect(await server.ended).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  test('closes the port of the metrics as well', async () => {
    const { server, address } = await startServer({ METRICS_PORT: '0' })
    const [, metrics = ''] = await server.written(/"metricsAddress":"(http:\/\/127\.0\.0\.1:[^"]*)"/)
    expect(await (await fetch(metrics)).text()).toContain('magicband_database_up 1\n')
    // Nobody gets them without a key on the port of the API.
    expect((await fetch(`${address}/metrics`)).status).toBe(401)
    server.child.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
  })

  test('sent again later ends the server at once, though a request hangs', async () => {
    const { server, address } = await startServer()
    sandbox.fail('robloxUsers', { mode: 'hang' })
    const answering = ask(address).then(
      () => 'answered',
      () => 'cut off',
    )
    await pause(300)
    server.child.kill('SIGTERM')
    await pause(700)
    expect(server.child.exitCode).toBe(null)
    const sentAt = Date.now()
    server.child.kill('SIGTERM')
    expect((await server.ended).code).toBe(1)
    expect(Date.now() - sentAt).toBeLessThan(500)
    expect(await answering).toBe('cut off')
  })
})

describe('a port that is taken', () => {
  test.each([
    ['of a server', true],
    ['of the sandbox', false],
  ])('ends the start with 1 and says what to do: %s', async (_name, hasCommunity) => {
    const taken = await occupyPort()
    const port = String(portOf(taken))
    const folder = hasCommunity ? command : makeCommandFolder()
    const ended = await folder.run(['start'], { PORT: port })
    expect([ended.code, ended.stdout]).toEqual([1, ''])
    const lines = ended.stderr
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('{'))
    expect(lines).toEqual([expect.stringMatching(new RegExp(`:${port}: another program has the port; .* set PORT`))])
    taken.close()
    if (!hasCommunity) await folder.remove()
  })
})
