import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CommandFolder, makeCommandFolder } from '../../test/command-line.ts'
import { communityFile, pathOf } from '../../test/magicband.ts'
import { serviceVariables } from '../../test/services.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'

let command: CommandFolder
let sandbox: Sandbox
let environment: Record<string, string>
beforeAll(async () => {
  sandbox = await startSandbox({ clock: Date.now })
  command = makeCommandFolder({ wed: communityFile, zoo: communityFile })
  environment = { LOG_LEVEL: 'info', ...serviceVariables(sandbox.addresses) }
  await command.run(['migrate'])
})
afterAll(async () => {
  await command.remove()
  await sandbox.close()
})

const run = (...args: string[]) => command.run(args, environment)
const exportOf = async (player: string) =>
  JSON.parse((await run('export', '--community', 'wed', '--player', player)).stdout)

describe.each(['export', 'erase'])('%s', (name) => {
  test.each([
    ['without a community', ['--player', '1'], 2, '--community'],
    ['without a player', ['--community', 'wed'], 2, '--player'],
    ['with a player that is none', ['--community', 'wed', '--player', 'Roblox'], 2, 'whole number'],
    ['with a community that there is not', ['--community', 'no', '--player', '1'], 1, 'there are: wed, zoo'],
  ])('%s is wrong', async (_case, args, code, message) => {
    const ended = await run(name, ...args)
    expect([ended.code, ended.stdout]).toEqual([code, ''])
    expect(ended.stderr).toContain(message)
  })
})

test('of a player of whom nothing is known, an export says just that', async () => {
  const { tables, ...about } = await exportOf('4')
  expect(about).toEqual({ community: 'wed', player: '4', exportedAt: expect.stringMatching(/^\d{4}-.*Z$/) })
  expect(Object.values(tables).flat()).toEqual([])
})

test('an erasure of a player of whom nothing is known has a receipt, and says so', async () => {
  const { code, stdout, stderr } = await run('erase', '--community', 'wed', '--player', '4')
  expect([code, stderr]).toEqual([0, 'nothing was kept about 4 in wed: is it the right id?\n'])
  expect(JSON.parse(stdout)).toMatchObject({ community: 'wed', removed: { player: 0, shift: 0, ban_kept: 0 } })
})

test('what is exported is erased while the server runs, and the receipt says how much', async () => {
  const bot = (await run('key', 'create', '--community', 'wed', '--kind', 'bot')).stdout.trim()
  const game = (await run('key', 'create', '--community', 'wed', '--kind', 'game')).stdout.trim()
  const server = command.start(['start'], environment)
  const [, address = ''] = await server.written(/"address":"(http:[^"]+)"/)
  const post = (path: string, key: string, more: Record<string, string> = {}) =>
    fetch(address + path, { method: 'POST', headers: { 'x-api-key': key, ...more } })
  const grant = { certification: 'tot', username: 'CastOne', moderator: '100000000000000002' }
  expect((await post(pathOf('/certification/grant', grant), bot, { 'idempotency-key': 'a' })).status).toBe(200)
  const shift = { id: '1002', place: '1', duration: '600', training: '0', server: 'a' }
  expect((await post(pathOf('/log', shift), game)).status).toBe(200)

  const { tables } = await exportOf('1002')
  expect(tables.player).toMatchObject([{ roblox_id: '1002', points: 10 }])
  expect(tables.shift).toMatchObject([{ seconds: 600 }])
  expect(tables.certification).toMatchObject([{ code: 'tot' }])
  expect(tables.audit_entry).toMatchObject([{ act: 'certification.grant' }])
  expect(tables.audit_entry[0]).not.toHaveProperty('salt')
  expect(tables.idempotency).toHaveLength(1)

  const erased = await run('erase', '--community', 'wed', '--player', '1002')
  expect([erased.code, erased.stderr]).toEqual([0, ''])
  expect(JSON.parse(erased.stdout)).toMatchObject({
    id: expect.stringMatching(/^[0-9a-f]{24}$/),
    community: 'wed',
    removed: { player: 1, shift: 1, point_entry: 1, certification: 1, audit_entry: 1, ban_kept: 0 },
  })
  // Only the receipt is left.
  const { erasure, ...left } = (await exportOf('1002')).tables
  expect(Object.values(left).flat()).toEqual([])
  expect(erasure).toMatchObject([{ source: 'command', subject: expect.stringMatching(/^erased:/) }])
  expect(await (await fetch(`${address}/profile?id=1002`, { headers: { 'x-api-key': bot } })).json()).toMatchObject({
    points: 0,
  })
  expect((await run('verify')).code).toBe(0)
  const trail = await run('audit', '--community', 'wed')
  expect(trail.stdout).toContain('player.erase')
  expect(trail.stdout).not.toContain('CastOne')
  server.child.kill('SIGTERM')
  expect((await server.ended).code).toBe(0)
}, 60_000)
