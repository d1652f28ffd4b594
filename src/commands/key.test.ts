import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CommandFolder, makeCommandFolder } from '../../test/command-line.ts'
import { communityFile } from '../../test/magicband.ts'
import { openDatabase } from '../database/database.ts'
import { hashKey, isKeyText } from '../keys/key-text.ts'
import { findKeyByHash } from '../keys/keys.store.ts'

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
