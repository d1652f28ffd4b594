import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listEntries } from '../src/audit/audit.store.ts'
import { type CommandFolder, makeCommandFolder } from './command-line.ts'
import { communityFile, type Magicband, moderator, pathOf, startMagicband } from './magicband.ts'

const otherModerator = '100000000000000001'
const hourMs = 3_600_000

let band: Magicband
let commands: CommandFolder
let startedAt: number
beforeAll(async () => {
  startedAt = Date.now() - 10 * 24 * hourMs
  band = await startMagicband({ startsAt: startedAt, files: { wed: communityFile, zoo: communityFile } })
  commands = makeCommandFolder({ wed: communityFile, zoo: communityFile })
  await band.post(pathOf('/ban/add', { username: 'Visitor100001', reason: 'bad\u009b\u2028\u202eboy', moderator }))
  band.advance(24 * hourMs)
  await band.post(pathOf('/certification/grant', { username: 'StudentOne', certification: 'tot', moderator }))
  band.advance(8 * 24 * hourMs)
  await band.post(pathOf('/ban/remove', { username: 'Visitor100001', reason: 'good', moderator: otherModerator }))
})
afterAll(async () => {
  await band.stop()
  await commands.remove()
})

const run = (...args: string[]) => commands.run(args, { DATABASE_URL: band.databaseUrl })

async function audit(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run('audit', '--community', 'wed', ...args)
  expect([code, stderr]).toEqual([0, ''])
  return stdout.split('\n').slice(0, -1)
}

/** The entries that a command's acts made, as `audit --json` prints them. */
async function newEntries(community: string, act: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const list = async () => (await run('audit', '--community', community, '--json')).stdout.split('\n').slice(0, -1)
  const before = (await list()).length
  await act()
  return (await list()).slice(before).map((line) => JSON.parse(line))
}

async function ok(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args)
  expect([code, stderr]).toEqual([0, expect.any(String)])
  return stdout.trim()
}

describe.concurrent('audit refuses', () => {
  test.each([
    ['no community', [], 2, '--community'],
    ['an unknown community', ['--community', 'wde'], 1, 'there are: wed, zoo'],
    ['a name for a player', ['--community', 'wed', '--player', 'Roblox'], 2, 'A Roblox id is a whole number'],
    ['a moderator of 16 digits', ['--community', 'wed', '--moderator', '1234567890123456'], 2, '17 to 20 digits'],
    ['a day that there is none of', ['--community', 'wed', '--since', '2026-13-01'], 2, 'Write a time like'],
    ['a limit of none', ['--community', 'wed', '--limit', '0'], 2, 'Write a whole number'],
  ])('%s', async (_name, args, code, message) => {
    const ended = await run('audit', ...args)
    expect([ended.code, ended.stdout]).toEqual([code, ''])
    expect(ended.stderr).toContain(message)
  })
})

describe('the entries that fit', () => {
  const day = 24 * hourMs
  test.each([
    ['nothing else', () => ({}), [1, 2, 3]],
    ['a player', () => ({ robloxId: '100001' }), [1, 3]],
    ['a player of whom there is nothing', () => ({ robloxId: '7' }), []],
    ['a moderator', () => ({ moderator }), [1, 2]],
    ['a player and a moderator', () => ({ robloxId: '100001', moderator: otherModerator }), [3]],
    ['a time', () => ({ since: startedAt + day }), [2, 3]],
    ['a moment after it', () => ({ since: startedAt + day + 1 }), [3]],
    ['a time after everything', () => ({ since: startedAt + 9 * day + 1 }), []],
    ['the newest two', () => ({ newest: 2 }), [2, 3]],
    ['the newest of more than there are', () => ({ newest: 1_000_000 }), [1, 2, 3]],
    ['the newest of a moderator', () => ({ newest: 1, moderator, since: startedAt }), [2]],
    ['the newest since a time', () => ({ newest: 2, since: startedAt + day + 1 }), [3]],
  ])('%s are listed', async (_name, filter, sequences) => {
    const found: number[] = []
    for await (const { sequence } of listEntries(band.app.database.read, { community: 'wed', ...filter() }))
      found.push(sequence)
    expect(found).toEqual(sequences)
  })
})

describe('audit', () => {
  test('prints a line an entry, oldest first, in which no reason gives the terminal orders', async () => {
    const [first = '', ...others] = await audit()
    expect(first.split('  ')).toEqual([
      new Date(startedAt).toISOString(),
      '1',
      'ban.add',
      'player 100001 Visitor100001',
      `moderator ${moderator}`,
      expect.stringMatching(/^key [0-9a-f]{24}$/),
      expect.stringMatching(/^request [0-9a-f-]{36}$/),
      'none → {"reason":"bad\\u009b\\u2028\\u202eboy"}',
      expect.stringMatching(/^hash [0-9a-f]{16}$/),
    ])
    expect(others.map((line) => line.split('  ').slice(1, 4))).toEqual([
      ['2', 'certification.grant', 'player 1001 StudentOne'],
      ['3', 'ban.remove', 'player 100001 Visitor100001'],
    ])
  })

  test('prints only what fits', async () => {
    const fits = (...args: string[]) => audit(...args).then((lines) => lines.map((line) => line.split('  ')[1]))
    expect(await fits('--player', '100001', '--limit', '2', '--since', '30d')).toEqual(['1', '3'])
    const since = new Date(startedAt + 24 * hourMs).toISOString()
    expect(await fits('--moderator', moderator, '--since', since)).toEqual(['2'])
  })

  test('ends without a word when nobody reads on', async () => {
    const running = commands.start(['audit', '--community', 'wed'], { DATABASE_URL: band.databaseUrl })
    running.child.stdout.destroy()
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' })
  })

  test('prints JSON for programs', async () => {
    const [line = ''] = await audit('--json', '--limit', '1')
    expect(JSON.parse(line)).toEqual({
      sequence: 3,
      at: new Date(startedAt + 9 * 24 * hourMs).toISOString(),
      act: 'ban.remove',
      player: { id: '100001', name: 'Visitor100001' },
      isErased: false,
      moderator: otherModerator,
      keyId: expect.stringMatching(/^[0-9a-f]{24}$/),
      requestId: expect.any(String),
      before: { reason: 'bad\u009b\u2028\u202eboy', moderator },
      after: { reason: 'good' },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })
})

describe('a command writes down', () => {
  const byCommand = { moderator: null, keyId: expect.stringMatching(/^command line( \(.+\))?$/) }

  test('an adjustment of points and its reversal', async () => {
    let adjusted = ''
    let reversed = ''
    const entries = await newEntries('zoo', async () => {
      const ban = pathOf('/ban/add', { username: 'Visitor100001', reason: 'x', moderator })
      await band.post(ban, { key: band.keys.zoo?.bot ?? '' })
      const player = ['--community', 'zoo', '--player', '100001']
      adjusted = await ok('points', 'adjust', ...player, '--by', '30', '--reason', 'helped')
      reversed = await ok('points', 'reverse', adjusted, '--reason', 'did not')
    })
    expect(entries).toMatchObject([
      { act: 'ban.add' },
      {
        ...byCommand,
        act: 'points.adjust',
        player: { id: '100001' },
        before: { points: 0 },
        after: { points: 30, amount: 30, reason: 'helped', entry: adjusted },
      },
      {
        ...byCommand,
        act: 'points.reverse',
        player: { id: '100001' },
        before: { points: 30 },
        after: { points: 0, amount: -30, reason: 'did not', entry: reversed, reverses: adjusted },
      },
    ])
    expect(entries[1]?.requestId).not.toBe(entries[2]?.requestId)
  })

  test('a key that is created, rotated and revoked, and nothing of its text', async () => {
    let texts: string[] = []
    let id = ''
    const entries = await newEntries('zoo', async () => {
      const created = await ok(
        'key',
        'create',
        '--community',
        'zoo',
        '--kind',
        'bot',
        '--name',
        'a bot',
        '--scopes',
        'ban',
      )
      id =
        (await ok('key', 'list', '--community', 'zoo'))
          .split('\n')
          .find((line) => line.includes('"a bot"'))
          ?.slice(0, 24) ?? ''
      texts = [created, await ok('key', 'rotate', id)]
      await ok('key', 'revoke', id)
      expect((await run('key', 'revoke', id)).code).toBe(1)
    })
    const key = { key: id, kind: 'bot', name: 'a bot', scopes: ['ban'] }
    expect(entries).toMatchObject([
      { ...byCommand, act: 'key.create', player: null, before: null, after: key },
      { ...byCommand, act: 'key.rotate', before: key, after: { kind: 'bot', name: 'a bot', scopes: ['ban'] } },
      { ...byCommand, act: 'key.revoke', before: key, after: { key: id, revoked: true } },
    ])
    for (const text of texts) expect(JSON.stringify(entries)).not.toContain(text.slice(0, 16))
  })

  test('links, of each person apart, and none that was there already', async () => {
    const [one, other] = ['100000000000000003', '100000000000000004']
    const file = join(commands.folder, 'links.csv')
    writeFileSync(file, `${one},1\n${other},2\n`)
    const entries = await newEntries('zoo', async () => {
      await ok('link', 'add', '--community', 'zoo', one, '1')
      await ok('link', 'import', '--community', 'zoo', file)
      await ok('link', 'add', '--community', 'zoo', one, '3')
      await ok('link', 'remove', '--community', 'zoo', other)
      expect((await run('link', 'remove', '--community', 'zoo', other)).code).toBe(1)
    })
    const told = entries.map(({ act, player, before, after }) => [act, (player as { id: string }).id, before, after])
    expect(told).toEqual([
      ['link.add', '1', null, { discord: one }],
      ['link.add', '2', null, { discord: other }],
      ['link.remove', '1', { discord: one }, null],
      ['link.add', '3', null, { discord: one }],
      ['link.remove', '2', { discord: other }, null],
    ])
    expect(entries[2]?.requestId).toBe(entries[3]?.requestId)
  })

  test('what verify finds right, and says of an entry that was changed', async () => {
    expect(await run('verify')).toMatchObject({ code: 0, stdout: '' })
    const change = (after: string | null, sequence = 2) =>
      band.app.database.act((trx) =>
        trx
          .updateTable('audit_entry')
          .set({ after })
          .where('community', '=', 'wed')
          .where('sequence', '=', sequence)
          .execute(),
      )
    await change('no JSON')
    expect(await run('verify')).toMatchObject({
      code: 1,
      stdout: 'audit_entry wed 2: is changed: it says something else than when it was written\n',
      stderr: '1 fault was found\n',
    })
    expect((await audit('--player', '1001'))[0]).toContain('none → no JSON')
    expect(JSON.parse((await audit('--json', '--player', '1001'))[0] ?? '')).toMatchObject({ after: 'no JSON' })
    await change('{"certification":"tot"}')
    expect(await run('verify')).toMatchObject({ code: 0 })
    await Promise.all([change('no JSON', 2), change('no JSON', 3)])
    expect(await run('verify')).toMatchObject({ code: 1, stderr: '2 faults were found\n' })
  })
})
