import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CommandFolder, makeCommandFolder } from '../../test/command-line.ts'
import { communityFile } from '../../test/magicband.ts'
import { openDatabase } from '../database/database.ts'
import { hashKey, isKeyText } from '../keys/key-text.ts'
import { findKeyByHash } from '../keys/keys.store.ts'
import { createToken } from '../keys/tokens.ts'

let command: CommandFolder
beforeAll(() => {
  command = makeCommandFolder({ wed: communityFile, zoo: communityFile })
})
afterAll(() => command.remove())

async function create(...more: string[]): Promise<string> {
  const ended = await command.run(['key', 'create', '--community', 'wed', ...more])
  expect([ended.code, ended.stderr]).toEqual([0, ''])
  expect(ended.stdout).toMatch(/^mb_[0-9A-Za-z_]+\n$/)
  return ended.stdout.trim()
}

async function find(text: string) {
  const database = openDatabase(command.databaseUrl)
  const key = await findKeyByHash(database.read, hashKey(text))
  await database.close()
  return key
}

async function list(...more: string[]): Promise<string[]> {
  const ended = await command.run(['key', 'list', ...more])
  expect([ended.code, ended.stderr]).toEqual([0, ''])
  return ended.stdout.split('\n').slice(0, -1)
}

describe('key create', () => {
  test('prints the key alone', async () => {
    const text = await create('--kind', 'bot')
    expect(isKeyText(text)).toBe(true)
    expect(await find(text)).toMatchObject({ community: 'wed', kind: 'bot', limit: undefined, expiresAt: undefined })
  })

  test('takes a name, scopes, a limit and an end', async () => {
    const before = Date.now()
    const options = ['--name', 'Hub, the game', '--scopes', 'log, connect', '--limit', '600/m', '--expires-in', '90d']
    const key = await find(await create('--kind', 'game', ...options))
    expect(key).toMatchObject({
      name: 'Hub, the game',
      scopes: ['connect', 'log'],
      limit: { count: 600, perMs: 60_000 },
    })
    const lives = (key?.expiresAt ?? 0) - before
    expect(lives).toBeGreaterThanOrEqual(90 * 86_400_000)
    expect(lives).toBeLessThan(90 * 86_400_000 + 20_000)
  })
})

describe('key list and key revoke', () => {
  test('print a line a key, its ID first, and never a key; an end is an end', async () => {
    const [one, other, short, zoo] = await Promise.all([
      create('--kind', 'bot', '--name', 'one'),
      create('--kind', 'bot', '--name', 'two'),
      create('--kind', 'game', '--expires-in', '1s'),
      command.run(['key', 'create', '--community', 'zoo', '--kind', 'game']),
    ])
    const ids = { one: (await find(one))?.id ?? '', short: (await find(short))?.id ?? '' }
    const lines = await list('--community', 'wed')
    expect(lines.filter((line) => line.startsWith(`${ids.one} `))).toEqual([
      expect.stringMatching(/wed .*bot .*valid .*profile,certification,ban,application,status.*"one"$/),
    ])
    expect(lines.every((line) => /^[0-9a-f]{24} /.test(line))).toBe(true)

    const revoked = await command.run(['key', 'revoke', ids.one])
    expect([revoked.code, revoked.stdout]).toEqual([0, ''])
    await new Promise((resolve) => setTimeout(resolve, 1000))
    const all = await list()
    expect(all).toHaveLength(lines.length + 1)
    expect(all.find((line) => line.startsWith(ids.one))).toContain('revoked')
    expect(all.find((line) => line.startsWith(ids.short))).toContain('expired')
    for (const text of [one, other, zoo.stdout.trim()]) expect(all.join()).not.toContain(text.slice(0, 20))
    expect(await find(other)).toMatchObject({ revokedAt: undefined })
    const again = await command.run(['key', 'revoke', ids.one])
    expect([again.code, again.stdout]).toEqual([1, ''])
  })
})

describe('key rotate', () => {
  test('refuses what can not be rotated and says why, with nothing on stdout', async () => {
    const id = (await find(await create('--kind', 'bot')))?.id ?? ''
    await command.run(['key', 'revoke', id])
    const [revoked, unknown, wrongUse] = await Promise.all([
      command.run(['key', 'rotate', id]),
      command.run(['key', 'rotate', 'nothing']),
      command.run(['key', 'rotate', id, '--overlap', 'soon']),
    ])
    expect([revoked.code, revoked.stdout, revoked.stderr]).toEqual([1, '', expect.stringContaining('is revoked')])
    expect([unknown.code, unknown.stdout, unknown.stderr]).toEqual([1, '', expect.stringContaining('there is no key')])
    expect([wrongUse.code, wrongUse.stdout]).toEqual([2, ''])
  })

  test('prints the new key alone, and the old one ends after a day or the overlap', async () => {
    const [day, hour] = await Promise.all([create('--kind', 'bot', '--name', 'x'), create('--kind', 'game')])
    const ids = { day: (await find(day))?.id ?? '', hour: (await find(hour))?.id ?? '' }
    const before = Date.now()
    const ended = await Promise.all([
      command.run(['key', 'rotate', ids.day]),
      command.run(['key', 'rotate', ids.hour, '--overlap', '1h']),
    ])
    for (const { code, stdout } of ended)
      expect([code, isKeyText(stdout.trim()), stdout.split('\n').length]).toEqual([0, true, 2])
    const [made, old, oldHour] = [await find(ended[0].stdout.trim()), await find(day), await find(hour)]
    expect(made).toMatchObject({ kind: 'bot', name: 'x', expiresAt: undefined })
    expect(ended[0].stderr).toContain(made?.id)
    const livesMs = (key: typeof old) => Math.round(((key?.expiresAt ?? 0) - before) / 60_000) * 60_000
    expect([livesMs(old), livesMs(oldHour)]).toEqual([86_400_000, 3_600_000])
    expect((await list()).find((line) => line.startsWith(ids.day))).toContain(`replaced by ${made?.id}`)
  })
})

describe('the tokens of game servers', () => {
  test('are listed with --tokens, and end with --with-tokens, also after their key', async () => {
    const key = await find(await create('--kind', 'game'))
    if (key === undefined) throw new Error('the key was not created')
    const database = openDatabase(command.databaseUrl)
    const ids: string[] = []
    for (const server of ['job 1', 'job 2']) {
      const wanted = { community: 'wed', askedWith: key, place: '4895128840', server }
      // They are listed in the order of their times.
      const clock = () => Date.now() + ids.length
      const made = await database.act((trx) => createToken(trx, wanted, { clock, randomBytes }))
      ids.push(made.key.id)
    }
    await database.close()
    const [without, all] = await Promise.all([list(), list('--tokens')])
    expect(without.filter((line) => ids.some((id) => line.startsWith(id)))).toEqual([])
    expect(all.filter((line) => ids.some((id) => line.startsWith(id)))).toEqual([
      expect.stringMatching(`valid .*token of "job 1" at 4895128840  asked for by ${key.id}`),
      expect.stringMatching(`valid .*token of "job 2" at 4895128840  asked for by ${key.id}`),
    ])
    expect((await command.run(['key', 'rotate', ids[0] ?? ''])).stderr).toContain('token of a game server')
    // The key alone, then one token by its ID, then what is left of them.
    expect((await command.run(['key', 'revoke', key.id])).code).toBe(0)
    expect((await command.run(['key', 'revoke', ids[0] ?? ''])).code).toBe(0)
    const rest = await command.run(['key', 'revoke', key.id, '--with-tokens'])
    expect([rest.code, rest.stderr]).toEqual([0, expect.stringContaining('1 of its tokens')])
    const after = await list('--tokens')
    expect(
      after.filter((line) => [key.id, ...ids].some((id) => line.startsWith(id) && line.includes('revoked'))),
    ).toHaveLength(3)
    expect((await command.run(['key', 'revoke', key.id, '--with-tokens'])).code).toBe(1)
  })
})
