import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CommandFolder, makeCommandFolder } from '../../test/command-line.ts'
import { communityFile, eventually } from '../../test/magicband.ts'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { type Database, openDatabase } from '../database/database.ts'
import { findFaults } from '../verify/verify.ts'

const count = 2000

let command: CommandFolder
let testDatabase: TestDatabase
let database: Database
beforeAll(async () => {
  command = makeCommandFolder({ wed: communityFile })
  testDatabase = await createTestDatabase({ isOnDisk: true })
  database = openDatabase(testDatabase.url)
})
afterAll(async () => {
  await command.remove()
  await database.close()
  await testDatabase.remove()
})

/** What the players are together: their number, their points, and their bans and certifications. */
async function sums() {
  const { read } = database
  const players = await read.selectFrom('player').select(['points', 'object_id']).execute()
  const held = await read.selectFrom('certification').select('code').execute()
  const bans = await read.selectFrom('ban').select('id').execute()
  const points = players.reduce((sum, player) => sum + player.points, 0)
  return { players: players.length, points, certifications: held.length, bans: bans.length }
}

test('an import that is killed in its middle, twice, leaves whole players behind, and is finished by the next', {
  timeout: 60_000,
}, async () => {
  const file = join(command.folder, 'players.json')
  const records = Array.from({ length: count }, (_, index) => ({
    _id: { $oid: (index + 1).toString(16).padStart(24, '0') },
    userId: { $numberLong: String(index + 1) },
    points: { $numberInt: '7' },
    certifications: ['tot'],
    ...(index % 10 === 0 ? { ban: { reason: 'bad' } } : {}),
  }))
  writeFileSync(file, JSON.stringify(records))
  const args = ['import', '--community', 'wed', '--format', 'mongo', file]
  const environment = { DATABASE_URL: testDatabase.url }

  let reached = 0
  for (let round = 0; round < 2; round++) {
    const running = command.start(args, environment)
    await eventually(async () => ((await sums()).players > reached ? true : undefined), 15_000)
    running.child.kill('SIGKILL')
    expect((await running.ended).code).toBe(null)
    const { players, points, certifications } = await sums()
    reached = players
    expect([points, certifications]).toEqual([players * 7, players])
    expect(players).toBeLessThan(count)
  }

  const last = await command.run(args, environment)
  expect(last.code).toBe(0)
  const [, known = ''] = /^players known before: (\d+)\nskipped: 0$/m.exec(last.stdout) ?? []
  // What was being committed when the program was killed may have come after the look.
  expect(Number(known)).toBeGreaterThanOrEqual(reached)
  expect(last.stdout).toContain(`new players: ${count - Number(known)}\n`)
  expect(await sums()).toEqual({ players: count, points: count * 7, certifications: count, bans: count / 10 })
  for await (const fault of findFaults(database.read)) throw new Error(JSON.stringify(fault))
})
