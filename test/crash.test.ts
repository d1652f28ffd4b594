import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../src/database/database.ts'
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.ts'
import type { Fault } from '../src/verify/fault.ts'
import { findFaults } from '../src/verify/verify.ts'
import { type CommandFolder, makeCommandFolder, type Running } from './command-line.ts'
import { communityFile, eventually, moderator, pathOf } from './magicband.ts'
import { serviceVariables } from './services.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

/** `npm run test:crash` asks for more. */
const rounds = Number(process.env.MAGICBAND_CRASH_ROUNDS ?? 3)

/** A write that was sent, and what became of it: its status, or undefined where the server died before it answered. */
type Sent = { path: string; key: string; status: number | undefined }

let commands: CommandFolder
let sandbox: Sandbox
let database: TestDatabase
let environment: Record<string, string>
const keys = { game: '', bot: '' }

beforeAll(async () => {
  sandbox = await startSandbox({ clock: Date.now })
  for (const limit of Object.values(sandbox.world.rateLimits)) limit.limit = 1_000_000
  database = await createTestDatabase({ isOnDisk: true })
  commands = makeCommandFolder({ wed: communityFile })
  environment = {
    DATABASE_URL: database.url,
    LOG_LEVEL: 'info',
    PUBLIC_URL: 'https://band.example',
    ...serviceVariables(sandbox.addresses),
  }
  for (const kind of ['game', 'bot'] as const) {
    keys[kind] = (
      await commands.run(['key', 'create', '--community', 'wed', '--kind', kind], environment)
    ).stdout.trim()
  }
})
afterAll(async () => {
  await commands.remove()
  await sandbox.close()
  await database.remove()
})

async function startServer(): Promise<{ running: Running; address: string }> {
  const running = commands.start(['start'], environment)
  const [, address = ''] = await running.written(/"address":"(http:[^"]+)"/)
  return { running, address }
}

async function post(address: string, path: string, key: string): Promise<number | undefined> {
  const isGame = path.startsWith('/log')
  const headers = { 'x-api-key': isGame ? keys.game : keys.bot, 'idempotency-key': key }
  try {
    return (await fetch(address + path, { method: 'POST', headers })).status
  } catch {
    // The server died under it: whether it happened, the retry has to find out.
    return undefined
  }
}

/** As a client does it: until the answer is no failure. */
async function retry(address: string, { path, key }: Sent): Promise<number | undefined> {
  let status: number | undefined
  for (let tries = 0; tries < 20; tries++) {
    status = await post(address, path, key)
    if (status !== undefined && status < 500) return status
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  return status
}

/** Writes of every kind; those that are retried carry the same idempotency key. */
function nextWrite(round: number, index: number): string {
  const player = String(100_001 + ((round * 331 + index) % 1000))
  const username = `Visitor${player}`
  const kinds = [
    pathOf('/log', { id: player, place: '1', duration: '120', training: '0', server: randomUUID() }),
    pathOf('/log', { id: '1002', place: '1', duration: '60', training: '0', server: randomUUID() }),
    pathOf('/ban/add', { reason: `r${round}-${index}`, username, moderator }),
    pathOf('/ban/remove', { reason: 'x', username, moderator }),
    pathOf('/certification/grant', { certification: 'tot', username: 'CastOne', moderator }),
    pathOf('/certification/revoke', { certification: 'tot', username: 'CastOne', moderator }),
    pathOf('/application/approve', { id: player, moderator }),
  ]
  return kinds[index % kinds.length] ?? ''
}

/** Sends writes over sixteen connections until the server is killed in the middle of them. */
async function loadAndKill(round: number): Promise<Sent[]> {
  const { running, address } = await startServer()
  const sent: Sent[] = []
  let isOver = false
  let index = 0
  const client = async (): Promise<void> => {
    while (!isOver) {
      const write: Sent = { path: nextWrite(round, index++), key: randomUUID(), status: undefined }
      sent.push(write)
      write.status = await post(address, write.path, write.key)
      await fetch(`${address}/connect?place=1&id=1002&training=0`, { headers: { 'x-api-key': keys.game } }).catch(
        () => undefined,
      )
    }
  }
  const clients = Array.from({ length: 16 }, client)
  // In the middle of things, however slow this machine is just now.
  await eventually(() => (sent.filter(({ status }) => status === 200).length >= 10 ? true : undefined), 15_000)
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 500))
  running.child.kill('SIGKILL')
  await running.ended
  isOver = true
  await Promise.all(clients)
  return sent
}

describe('a server that is killed under load', () => {
  test(`has done each write that it answered once, and each retry completes (${rounds} rounds)`, async () => {
    const shifts = new Map<string, number>()
    let answered = 0
    for (let round = 0; round < rounds; round++) {
      const sent = await loadAndKill(round)
      const { running, address } = await startServer()
      answered += sent.filter(({ status }) => status === 200).length
      for (const write of sent) {
        const status = await retry(address, write)
        // What was answered is answered the same again; what wasn't is done now, or was done and is answered now.
        if (write.status !== undefined && write.status < 500)
          expect([write.path, status]).toEqual([write.path, write.status])
        else expect([write.path, [200, 400].includes(status ?? 0)]).toEqual([write.path, true])
        const server = new URL(write.path, address).searchParams.get('server')
        if (server !== null && status === 200)
          shifts.set(server, Number(new URL(write.path, address).searchParams.get('duration')))
      }
      running.child.kill('SIGTERM')
      expect((await running.ended).code).toBe(0)
    }
    expect(answered).toBeGreaterThan(rounds)
    await expectEachShiftOnce(shifts)
    // What the expectations above have proved, in numbers, for whoever runs it by itself.
    process.stderr.write(`${rounds} rounds: ${answered} writes answered, ${shifts.size} shifts, lost 0, doubled 0\n`)
  }, 600_000)
})

async function expectEachShiftOnce(shifts: ReadonlyMap<string, number>): Promise<void> {
  const opened = openDatabase(database.url)
  try {
    const rows = await opened.read.selectFrom('shift').select(['server', 'seconds', 'points']).execute()
    expect(rows).toHaveLength(shifts.size)
    expect(new Map(rows.map((row) => [row.server, row.seconds]))).toEqual(shifts)
    const faults: Fault[] = []
    for await (const fault of findFaults(opened.read)) faults.push(fault)
    expect(faults).toEqual([])
    const { total } = await opened.read
      .selectFrom('player')
      .select((eb) => eb.fn.sum<number | string>('points').as('total'))
      .executeTakeFirstOrThrow()
    expect(Number(total)).toBe(rows.reduce((sum, row) => sum + row.points, 0))
    const broken = await opened.read
      .selectFrom('approval')
      .select('roblox_id')
      .where('assigning_at', 'is', null)
      .execute()
    expect(broken).toEqual([])
  } finally {
    await opened.close()
  }
}
