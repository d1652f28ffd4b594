import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Fault } from '../src/verify/fault.ts'
import { findFaults } from '../src/verify/verify.ts'
import { type CommandFolder, makeCommandFolder } from './command-line.ts'
import { communityFile, type Magicband, moderator, pathOf, startMagicband } from './magicband.ts'

let band: Magicband
let commands: CommandFolder
beforeAll(async () => {
  band = await startMagicband()
  commands = makeCommandFolder({ wed: communityFile })
})
afterAll(async () => {
  await band.stop()
  await commands.remove()
})

const run = (...args: string[]) => commands.run(args, { DATABASE_URL: band.databaseUrl })
const work = (id: string, seconds: number, server = 'job') =>
  band.post(pathOf('/log', { id, place: '1', duration: String(seconds), training: '0', server }))

async function pointsOf(id: string): Promise<number> {
  const row = await band.app.database.read
    .selectFrom('player')
    .select('points')
    .where('roblox_id', '=', id)
    .executeTakeFirstOrThrow()
  return row.points
}

function entriesOf(id: string) {
  return band.app.database.read
    .selectFrom('point_entry')
    .select(['id', 'amount', 'reason', 'reverses'])
    .where('roblox_id', '=', id)
    .orderBy('created_at')
    .orderBy('amount')
    .execute()
}

async function faults(): Promise<Fault[]> {
  const found: Fault[] = []
  for await (const fault of findFaults(band.app.database.read)) found.push(fault)
  return found
}

describe('points adjust', () => {
  test.each([
    ['no player', ['--by', '5', '--reason', 'x'], 2],
    ['no amount', ['--player', '1002', '--reason', 'x'], 2],
    ['nothing to add', ['--player', '1002', '--by', '0', '--reason', 'x'], 2],
    ['half a point', ['--player', '1002', '--by', '0.5', '--reason', 'x'], 2],
    ['no reason', ['--player', '1002', '--by', '5'], 2],
    ['a player without a record', ['--player', '1003', '--by', '5', '--reason', 'x'], 1],
    ['another community', ['--community', 'other', '--player', '1002', '--by', '5', '--reason', 'x'], 1],
  ])('refuses %s', async (_name, args, code) => {
    await work('1002', 60, 'first')
    const before = await entriesOf('1002')
    expect((await run('points', 'adjust', ...args)).code).toBe(code)
    expect(await entriesOf('1002')).toEqual(before)
  })

  test('adds and takes by entries, and the profile shows the sum', async () => {
    await work('100001', 3600)
    const added = await run('points', 'adjust', '--player', '100001', '--by', '30', '--reason', 'helped at the gate')
    expect([added.code, added.stdout]).toEqual([0, expect.stringMatching(/^[0-9a-f]{24}\n$/)])
    await run('points', 'adjust', '--player', '100001', '--by', '-15', '--reason', 'left early')
    const amounts = (await entriesOf('100001')).map(({ amount, reason }) => [amount, reason])
    expect(amounts.toSorted()).toEqual(
      [
        [-15, 'left early'],
        [30, 'helped at the gate'],
        [60, 'shift'],
      ].toSorted(),
    )
    expect((await band.get('/profile?id=100001')).body).toMatchObject({ points: 75 })
  })
})

test('points adjust makes a record where it is told to, and only then', async () => {
  const args = ['points', 'adjust', '--player', '100050', '--by', '5', '--reason', 'a first shift']
  const refused = await run(...args)
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/^100050 has no record in wed: .*--new/)])
  expect((await run(...args, '--new')).code).toBe(0)
  expect((await run(...args, '--new')).code).toBe(0)
  expect((await band.get('/profile?id=100050')).body).toMatchObject({ points: 10 })
  expect(await faults()).toEqual([])
})

describe('points reverse', () => {
  test('refuses an entry that is not there', async () => {
    expect(await run('points', 'reverse', 'ffffffffffffffffffffffff')).toMatchObject({ code: 1 })
  })

  test('takes an entry back once, and leaves it as it was', async () => {
    await work('100002', 7200)
    const [earned] = await entriesOf('100002')
    const id = earned?.id ?? ''
    expect((await run('points', 'reverse', id)).code).toBe(0)
    expect(await run('points', 'reverse', id)).toMatchObject({ code: 1, stderr: expect.stringContaining('already') })
    expect(await entriesOf('100002')).toEqual(
      expect.arrayContaining([earned, expect.objectContaining({ amount: -120, reverses: id })]),
    )
    expect(await pointsOf('100002')).toBe(0)
  })
})

describe('verify', () => {
  test('finds nothing wrong with what the server and the commands wrote', async () => {
    await band.post(pathOf('/ban/add', { reason: 'x', username: 'Visitor100003', moderator }))
    await band.post(pathOf('/certification/grant', { certification: 'tot', username: 'CastOne', moderator }))
    expect(await faults()).toEqual([])
    expect((await run('verify')).code).toBe(0)
  })

  const player = sql`community = 'wed' and roblox_id = '100001'`
  test.each([
    [
      'a sum that is not its entries',
      sql`update player set points = points + 1 where ${player}`,
      'player',
      /the ledger/,
    ],
    [
      'an entry that was removed',
      sql`delete from point_entry where ${player} and shift_id is not null`,
      'shift',
      /no entry/,
    ],
    [
      'an entry that was edited',
      sql`update point_entry set amount = 1 where ${player} and shift_id is not null`,
      'shift',
      /has 1/,
    ],
    [
      'an entry of no shift',
      sql`update point_entry set shift_id = 'x' where ${player} and shift_id is not null`,
      'point_entry',
      /shift x/,
    ],
    [
      'a reversal of nothing',
      sql`update point_entry set reverses = 'x' where ${player} and reason = 'left early'`,
      'point_entry',
      /reverses x/,
    ],
    ['a shift of nobody', sql`delete from player where ${player}`, 'shift', /no record/],
    ['a certification of nobody', sql`delete from player where roblox_id = '1002'`, 'certification', /no record/],
    ['a ban of nobody', sql`delete from player where roblox_id = '100003'`, 'ban', /no record/],
    [
      'a shift that is paid twice, where an index was lost',
      [
        sql`drop index point_entry_of_shift`,
        sql`insert into point_entry (community, id, roblox_id, amount, reason, shift_id, created_at)
          select community, 'z', roblox_id, amount, reason, shift_id, created_at from point_entry
          where ${player} and shift_id is not null`,
        sql`update player set points = (select sum(amount) from point_entry where ${player}) where ${player}`,
      ],
      'point_entry',
      /as another entry does/,
    ],
  ])('names %s', async (_name, damage, table, message) => {
    // Looked at inside of a transaction that is undone then.
    const found: Fault[] = []
    const undo = new Error('undo')
    const act = band.app.database.act(async (trx) => {
      for (const statement of [damage].flat()) await statement.execute(trx)
      for await (const fault of findFaults(trx)) found.push(fault)
      throw undo
    })
    await expect(act).rejects.toBe(undo)
    expect(found).toContainEqual({
      table,
      row: expect.stringMatching(/^wed \w+$/),
      message: expect.stringMatching(message),
    })
    expect(await faults()).toEqual([])
  })
})
