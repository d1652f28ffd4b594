import { chmodSync, closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../src/database/database.ts'
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.ts'
import type { Fault } from '../src/verify/fault.ts'
import { findFaults } from '../src/verify/verify.ts'
import { type CommandFolder, findPlainShell, makeCommandFolder } from './command-line.ts'
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

  const watcher = await commands.run(['key', 'create', '--community', 'wed', '--kind', 'status'], environment)
  const databaseStatus = async (address: string): Promise<unknown> => {
    const reply = await fetch(`${address}/status`, { headers: { 'x-api-key': watcher.stdout.trim() } })
    const { database } = (await reply.json()) as { database: { status: string } }
    return [reply.status, database.status]
  }

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
  expect(await databaseStatus(address)).toEqual([200, 'degraded'])
  // Known, and never seen before: what Roblox says counts, though it can't be remembered.
  expect(await join(address, kept[0] ?? '')).toMatchObject({ auth: true })
  expect(await join(address, '1004')).toMatchObject({ auth: true, clearance: 3 })
  full.child.kill('SIGKILL')
  await full.ended

  const again = commands.start(['start'], environment)
  const [, there = ''] = await again.written(/"address":"(http:[^"]+)"/)
  expect((await upload(there, '100900')).status).toBe(200)
  expect(await databaseStatus(there)).toEqual([200, 'ok'])
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

test('a file with damage in it is told, takes no more writes, and its backup takes its place', async () => {
  const backup = `${commands.folder}/before.gz`
  expect(await commands.run(['backup', backup], environment)).toMatchObject({ code: 0 })
  const file = commands.databaseUrl.replace('sqlite:', '')
  damageTable(file, 'ban')
  const created = await commands.run(['key', 'create', '--community', 'wed', '--kind', 'game'], environment)
  const key = { 'x-api-key': created.stdout.trim() }
  const server = commands.start(['start'], environment)
  const [, address = ''] = await server.written(/"address":"(http:[^"]+)"/)
  const ask = async (path: string, method = 'GET') => (await fetch(address + path, { method, headers: key })).status
  const log = pathOf('/log', { id: '1004', place: '1', duration: '600', training: 'false', server: 'job-1' })

  // Nothing has read what is damaged.
  expect([await ask('/health'), await ask(log, 'POST')]).toEqual([200, 200])
  expect(await ask(pathOf('/connect', { place: '1', id: '1004', training: '0' }))).toBe(500)
  expect([await ask('/health'), await ask(log, 'POST')]).toEqual([503, 500])
  await server.written(/"level":60,.*"the database file is damaged, and every write is refused from now on: /)
  server.child.kill('SIGTERM')
  await server.ended

  const verified = await commands.run(['verify'], environment)
  expect(verified).toMatchObject({ code: 1, stderr: expect.stringContaining('restore a backup into a new one') })
  expect(verified.stdout).toMatch(/^the file: .*ree/)
  const advice = 'database disk image is malformed: if DATABASE_URL names the right file, it is damaged; keep it'
  expect(await commands.run(['backup', `${commands.folder}/after.gz`], environment)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(advice),
  })
  const elsewhere = { ...environment, DATABASE_URL: `sqlite:${commands.folder}/new.db` }
  expect(await commands.run(['restore', backup], elsewhere)).toMatchObject({ code: 0 })
  expect(await commands.run(['verify'], elsewhere)).toMatchObject({ code: 0, stdout: '' })

  writeFileSync(file, 'no database'.repeat(1000))
  for (const command of ['doctor', 'verify', 'start'])
    expect(Object.values(await commands.run([command], environment)).join()).toMatch(
      /not a database\).*: if DATABASE_URL/,
    )
}, 60_000)

const plainShell = findPlainShell()
test.skipIf(plainShell === undefined)(
  'a file that may not be written is read by what only reads, and not served',
  async () => {
    const readOnly = makeCommandFolder({ wed: communityFile })
    await readOnly.run(['migrate'])
    const file = readOnly.databaseUrl.replace('sqlite:', '')
    // SQLite's own files beside it are there as long as somebody has it open.
    const holder = openDatabase(readOnly.databaseUrl)
    await holder.migrate()
    for (const each of [file, `${file}-wal`, `${file}-shm`]) chmodSync(each, 0o444)
    const as = { ...environment, MAGICBAND_SHELL: plainShell ?? '' }
    const refusal = 'the disk could not keep what was written (EACCES): mend it, or the rights to it, and start again'
    expect(await readOnly.run(['start'], as)).toMatchObject({ code: 1, stderr: expect.stringContaining(refusal) })
    const create = ['key', 'create', '--community', 'wed', '--kind', 'bot']
    expect(await readOnly.run(create, as)).toMatchObject({ code: 1, stderr: `${refusal}\n` })
    expect((await readOnly.run(['doctor'], as)).stdout).toContain(`problem  database: ${refusal}`)
    expect(await readOnly.run(['verify'], as)).toMatchObject({ code: 0 })
    expect(await readOnly.run(['backup', `${commands.folder}/read-only.gz`], as)).toMatchObject({ code: 0 })
    await holder.close()
    await readOnly.remove()
  },
)

/** Writes over the first pages of a table and of its indices. */
function damageTable(file: string, table: string): void {
  const connection = new DatabaseSync(file)
  const roots = connection.prepare('select rootpage from sqlite_schema where tbl_name = ?').all(table)
  const { page_size: size } = connection.prepare('pragma page_size').get() ?? {}
  connection.close()
  const page = Buffer.alloc(Number(size), 0xab)
  const handle = openSync(file, 'r+')
  for (const { rootpage } of roots) writeSync(handle, page, 0, page.length, (Number(rootpage) - 1) * page.length)
  closeSync(handle)
}
