import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../src/database/database.ts'
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.ts'
import type { Fault } from '../src/verify/fault.ts'
import { findFaults } from '../src/verify/verify.ts'
import { type CommandFolder, makeCommandFolder } from './command-line.ts'
import { communityFile, pathOf } from './magicband.ts'
import { serviceVariables } from './services.ts'

let commands: CommandFolder
let sandbox: Sandbox
let environment: Record<string, string>
beforeAll(async () => {
  sandbox = await startSandbox({ clock: Date.now })
  commands = makeCommandFolder({ wed: communityFile }, { isOnDisk: true })
  environment = {
    LOG_LEVEL: 'info',
    PUBLIC_URL: 'https://band.example',
    ...serviceVariables(sandbox.addresses),
  }
})
afterAll(async () => {
  await commands.remove()
  await sandbox.close()
})

test('a disk that is full makes writes fail as documented, and joins go on; with room again, so do writes', async () => {
  const created = await commands.run(['key', 'create', '--community', 'wed', '--kind', 'game'], environment)
  const key = { 'x-api-key': created.stdout.trim() }
  const body = JSON.stringify({ q1: 'x'.repeat(9000), q2: 'b', q3: 'c', q4: 'd' })
  const upload = async (address: string, id: string) => {
    const reply = await fetch(address + pathOf('/application/upload', { id }), { method: 'POST', headers: key, body })
    return { status: reply.status, text: await reply.text() }
  }
  const join = (address: string, id: string) =>
    fetch(address + pathOf('/connect', { place: '1', id, training: '0' }), { headers: key }).then((reply) =>
      reply.json(),
    )

  // A process whose files may not grow beyond 1.5 MiB has a full disk of its own.
  const full = commands.start(['start'], { ...environment, MAGICBAND_SHELL: 'ulimit -f 3072' })
  const [, address = ''] = await full.written(/"address":"(http:[^"]+)"/)
  const kept: string[] = []
  let failure: { status: number; text: string } | undefined
  for (let index = 0; index < 300 && failure === undefined; index++) {
    const id = String(100_001 + index)
    const reply = await upload(address, id)
    if (reply.status === 200) kept.push(id)
    else failure = reply
  }
  expect(failure).toEqual({ status: 500, text: '{"status":"error","message":"error encountered"}' })
  // Known, and never seen before: what Roblox says counts, though it can't be remembered.
  expect(await join(address, kept[0] ?? '')).toMatchObject({ auth: true })
  expect(await join(address, '1004')).toMatchObject({ auth: true, clearance: 3 })
  full.child.kill('SIGKILL')
  await full.ended

  const again = commands.start(['start'], environment)
  const [, there = ''] = await again.written(/"address":"(http:[^"]+)"/)
  expect((await upload(there, '100900')).status).toBe(200)
  again.child.kill('SIGTERM')
  await again.ended
  const database = openDatabase(commands.databaseUrl)
  const rows = await database.read.selectFrom('application').select('roblox_id').orderBy('roblox_id').execute()
  expect(rows.map((row) => row.roblox_id)).toEqual([...kept, '100900'])
  const faults: Fault[] = []
  for await (const fault of findFaults(database.read)) faults.push(fault)
  expect(faults).toEqual([])
  await database.close()
}, 60_000)
