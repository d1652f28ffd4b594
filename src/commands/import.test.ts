import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CommandFolder, makeCommandFolder } from '../../test/command-line.ts'
import { communityFile } from '../../test/magicband.ts'
import { openDatabase } from '../database/database.ts'

let command: CommandFolder
beforeAll(async () => {
  command = makeCommandFolder({ wed: communityFile, zoo: communityFile })
  await command.run(['migrate'])
})
afterAll(() => command.remove())

function write(name: string, text: string): string {
  const file = join(command.folder, name)
  writeFileSync(file, text)
  return file
}

const run = (...args: string[]) => command.run(['import', ...args])
const mongo = (...args: string[]) => run('--community', 'wed', '--format', 'mongo', ...args)

async function countPlayers(): Promise<number> {
  const database = openDatabase(command.databaseUrl)
  const players = await database.read.selectFrom('player').select('roblox_id').execute()
  await database.close()
  return players.length
}

describe.concurrent('import refuses, and writes nothing,', () => {
  const good = '{"userId":1}\n'
  test.each([
    ['no community', ['--format', 'mongo', 'good.json'], 2, '--community'],
    ['no format', ['--community', 'wed', 'good.json'], 2, '--format'],
    ['no file', ['--community', 'wed', '--format', 'csv'], 2, 'file'],
    ['an unknown format', ['--community', 'wed', '--format', 'xml', 'good.json'], 2, 'mongo, csv'],
    [
      'an unknown field',
      ['--community', 'wed', '--format', 'mongo', '--fields', 'id=x', 'good.json'],
      2,
      'There is no id; there are: _id, roblox_id',
    ],
    ['an unknown community', ['--community', 'wde', '--format', 'mongo', 'good.json'], 1, 'there are: wed, zoo'],
    [
      'a file that is not there',
      ['--community', 'wed', '--format', 'mongo', 'none.json'],
      1,
      "none.json can't be read",
    ],
    ['an empty file', ['--community', 'wed', '--format', 'csv', 'empty.csv'], 1, 'empty.csv: the file has no records'],
    [
      'a file without Roblox ids',
      ['--community', 'wed', '--format', 'csv', 'strange.csv'],
      1,
      'strange.csv: no field is known to hold the Roblox id: say which does with --fields roblox_id=FIELD; there are: who',
    ],
    [
      'a file in the other format',
      ['--community', 'wed', '--format', 'mongo', 'strange.csv'],
      1,
      'strange.csv: no record could be read; the first, on line 1: it is no JSON (Unexpected token',
    ],
    [
      'a list that is damaged in its first record',
      ['--community', 'wed', '--format', 'mongo', 'damaged.json'],
      1,
      'damaged.json: nothing could be read: the file ends in the middle of the record that begins on line 1',
    ],
    [
      'a report over what is imported',
      ['--community', 'wed', '--format', 'mongo', '--report', 'good.json', 'good.json'],
      1,
      'name another report',
    ],
    [
      'a report that cannot be written',
      ['--community', 'wed', '--format', 'mongo', '--report', 'no/where', 'good.json'],
      1,
      "the report can't be written",
    ],
  ])('%s', async (_name, args, code, message) => {
    write('good.json', good)
    write('empty.csv', '')
    write('strange.csv', 'who\n1\n')
    write('damaged.json', '[{"userId":1,"points":"x"y"},{"userId":2}]')
    const ended = await run(...args)
    expect([ended.code, ended.stdout]).toEqual([code, ''])
    expect(ended.stderr).toContain(message)
    expect(ended.stderr).not.toMatch(/^\s+at /m)
    expect(await countPlayers()).toBe(0)
  })

  test('a file of which nothing is of use, with a summary', async () => {
    const ended = await mongo(write('useless.json', '{"userId":0}\n{"userId":"x"}\n'))
    expect(ended.code).toBe(1)
    expect(ended.stdout).toContain('skipped: 2\n')
    expect(ended.stderr).toContain('useless.json:2: skipped: its Roblox id "x" is no whole number from 1 on\n')
    expect(ended.stderr).toMatch(/no record could be imported\n$/)
    expect(await countPlayers()).toBe(0)
  })
})

test.each([
  ['in UTF-16 without a byte order mark', Buffer.from('{"userId":1}\n{"userId":2}\n', 'utf16le')],
  ['with old line ends', '{"userId":1}\r{"userId":2}\r'],
  ['with a NUL in each line', '{"userId":1\0}\n{"userId":2\0}\n'],
  ['with two documents in a line', '{"userId":1}{"userId":2}\n{"userId":3}{"userId":4}\n'],
])('import says why nothing of a file %s could be read', async (_name, content) => {
  const file = join(command.folder, 'unreadable.json')
  writeFileSync(file, content)
  const ended = await mongo(file)
  expect([ended.code, ended.stdout]).toEqual([1, ''])
  expect(ended.stderr).toMatch(
    /^.*unreadable\.json: no record could be read; the first, on line 1: it is no JSON \(.+\)\n$/,
  )
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the file's own are what must not reach the terminal
  expect(ended.stderr).not.toMatch(/[\0-\x09\x0b-\x1f]/)
})

test('import tells the fields that it knows', async () => {
  const ended = await run('--help')
  expect([ended.code, ended.stderr]).toEqual([0, ''])
  expect(ended.stdout).toMatch(/^ {2}roblox_id +robloxid, robloxuserid, .*id$/m)
  expect(ended.stdout).toContain('docs/moving-in.md')
})

test('import shows what it would do, does it, shows the first of much, and repeats it', async () => {
  const people = Array.from({ length: 150 }, (_, index) => ({ account: { id: index + 1 }, total: index + 0.5 }))
  const lines = [...people, { account: {} }].map((one) => JSON.stringify(one))
  const file = write('people.json', lines.join('\r\n'))
  const fields = ['--fields', 'roblox_id=account.id,points=total,certifications=certz']

  const dry = await mongo('--dry-run', ...fields, file)
  expect([dry.code, await countPlayers()]).toEqual([0, 0])
  expect(dry.stderr).toContain('nothing is written')

  const first = await mongo(...fields, '--report', 'report.txt', file)
  expect([first.code, await countPlayers()]).toEqual([0, 150])
  expect(first.stdout).toBe(dry.stdout)
  expect(first.stdout.split('\n').slice(0, 5)).toEqual([
    'records: 151',
    'new players: 150',
    'players known before: 0',
    'skipped: 1',
    'points added: 11175 (149 players)',
  ])
  expect(first.stdout).toContain('skipped, no Roblox id: 1\n')
  expect(first.stdout).toContain('noted, points with a fraction: rounded down: 150\n')
  expect(first.stderr).toContain('fields: roblox_id from account.id, points from total, certifications from certz\n')
  expect(first.stderr).toContain('none of the first records has certz: is it called so?\n')
  expect(first.stderr).toContain('… and 51 more, all in report.txt\n')
  expect(first.stderr.match(/^.*people\.json:\d+: /gm)).toHaveLength(100)
  const report = readFileSync(join(command.folder, 'report.txt'), 'utf8')
  expect(report.trimEnd().split('\n')).toHaveLength(151)
  expect(report).toMatch(/people\.json:151: skipped: it has no Roblox id in account\.id\n$/)

  const again = await mongo(...fields, file)
  expect(again.code).toBe(0)
  expect(again.stdout).toContain('new players: 0\nplayers known before: 150\nskipped: 1\npoints added: 0 (0 players)\n')
  expect(again.stderr).toContain('… and 51 more: see all with --report FILE\n')
  expect((await command.run(['verify'])).code).toBe(0)
})

test('an import is an entry of the audit trail, a dry run is none', async () => {
  write('trail.json', '{"userId":3001,"points":5}\n{"userId":3002}\n')
  const args = ['--community', 'zoo', '--format', 'mongo', 'trail.json']
  await run('--dry-run', ...args)
  expect((await command.run(['audit', '--community', 'zoo'])).stdout).toBe('')
  await run(...args)
  const { stdout } = await command.run(['audit', '--community', 'zoo', '--json'])
  expect(JSON.parse(stdout)).toMatchObject({
    act: 'players.import',
    after: { format: 'mongo', records: 2, newPlayers: 2, points: 5 },
  })
})

describe('an import that ends early', () => {
  const damaged = (from: number) => [
    `{"userId":${from},"points":1}`,
    `{"userId":${from + 1},"points":"x"y"}`,
    `{"userId":${from + 2},"points":2}`,
  ]
  const why = (end: string) => `could not be read: ${end}; mend that and import again\n`
  const isInRecord = (line: number) =>
    `the file ends in the middle of the record that begins on line ${line}, unless it has a quote too many`

  test.each([
    ['a quote too many in a list', 'mongo', 4001, `[${damaged(4001).join()}]`, `line 1 ${why(isInRecord(1))}`],
    ['one in a list of a line each', 'mongo', 4011, `[${damaged(4011).join(',\n')}]`, `line 1 ${why(isInRecord(2))}`],
    [
      'the end in a list',
      'mongo',
      4021,
      '[{"userId":4021,"points":1},\n',
      `line 1 ${why('the file ends before its list does')}`,
    ],
    ['the end in a record', 'mongo', 4031, '{\n"userId":4031,"points":1}\n{\n"userId"', `line 2 ${why(isInRecord(3))}`],
    [
      'quotes too many in two records',
      'mongo',
      4041,
      `[${damaged(4041).join()},${damaged(4051).join()}]`,
      `line 1 ${why('the record on line 1 has a quote or a brace too many, or too few')}`,
    ],
    [
      'a brace too few',
      'mongo',
      4061,
      '[{"userId":4061,"points":1},\n{"userId":4062,"a":{"b":1},\n{"userId":4063}]',
      `line 1 ${why('the record on line 2 has a quote or a brace too many, or too few')}`,
    ],
    [
      'an open quote',
      'csv',
      4071,
      'userId,points\n4071,1\n4072,"2\n4073,3\n',
      `line 2 ${why('a quote is opened and never closed')}`,
    ],
  ])('by %s imports what came before, and says what did not', async (_name, format, id, text, message) => {
    write('damaged', text)
    const dry = await run('--community', 'wed', '--format', format, '--dry-run', 'damaged')
    const before = await countPlayers()
    const ended = await run('--community', 'wed', '--format', format, 'damaged')
    expect([ended.code, (await countPlayers()) - before]).toEqual([1, 1])
    expect(ended.stdout).toMatch(/^records: 1\nnew players: 1\n/)
    expect(ended.stderr).toMatch(/\n$/)
    expect(ended.stderr.split('\n').at(-2)).toBe(`damaged: everything after ${message.trimEnd()}`)
    expect([dry.code, dry.stdout, dry.stderr]).toEqual([1, ended.stdout, ended.stderr])
    const { stdout } = await command.run(['audit', '--community', 'wed', '--limit', '1', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      act: 'players.import',
      after: { format, records: 1, newPlayers: 1, points: 1, brokenOff: true },
    })
    const known = await command.run(['export', '--community', 'wed', '--player', String(id)])
    expect(JSON.parse(known.stdout).tables.player).toMatchObject([{ points: 1 }])
  })

  test.skipIf(!existsSync('/dev/full'))('by a report that has no room left is in the audit trail too', async () => {
    const person = (id: number) => JSON.stringify({ userId: id, username: 'x'.repeat(100), points: 0.5 })
    write('many.json', Array.from({ length: 600 }, (_, index) => person(5001 + index)).join('\n'))
    const ended = await run('--community', 'zoo', '--format', 'mongo', '--report', '/dev/full', 'many.json')
    expect([ended.code, ended.stdout]).toEqual([1, expect.stringMatching(/^records: 400\n/)])
    expect(ended.stderr).toMatch(/ENOSPC: no space left on device, write: make room on the disk\n$/)
    const { stdout } = await command.run(['audit', '--community', 'zoo', '--limit', '1', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      act: 'players.import',
      after: { records: 400, newPlayers: 400, brokenOff: true },
    })
  })
})
