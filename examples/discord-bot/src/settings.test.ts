import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import { readSettings, SettingsError } from './settings.ts'

const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
const filledIn = {
  ...parseEnv(example),
  DISCORD_TOKEN: 'a.bot.token',
  DISCORD_GUILD: '200000000000000001',
  MAGICBAND_KEY: 'sandbox-bot',
}

function mistakesOf(environment: Record<string, string | undefined>): string {
  try {
    readSettings(environment)
  } catch (error) {
    if (error instanceof SettingsError) return error.message
    throw error
  }
  return ''
}

test('the example with the secrets filled in is enough', () => {
  expect(readSettings(filledIn)).toEqual({
    discord: { token: 'a.bot.token', guildId: '200000000000000001', apiUrl: 'https://discord.com/api' },
    magicband: { address: 'http://127.0.0.1:3000', key: 'sandbox-bot' },
    allowed: { profile: 'everyone', certify: [], decertify: [], ban: [], unban: [], approve: [] },
    isPrivate: true,
  })
})

test('the example shows every variable, with its default', () => {
  const shown = [...example.matchAll(/^#?([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value])
  const code = readFileSync(new URL('./settings.ts', import.meta.url), 'utf8')
  const named = [...code.matchAll(/read\('([A-Z_]+)'/g)].map(([, name]) => name)
  const names = shown.map(([name]) => name)
  expect(names).toEqual(expect.arrayContaining(named))
  expect(names.filter((name) => !name?.startsWith('ROLES_')).toSorted()).toEqual(named.toSorted())
  expect(Object.fromEntries(shown)).toMatchObject({ REPLIES: 'private', DISCORD_API_URL: 'https://discord.com/api' })
})

test('roles are ids, with or without spaces, of any number', () => {
  const { allowed, isPrivate } = readSettings({
    ...filledIn,
    ROLES_BAN: ' 700000000000000001 , 700000000000000002,',
    ROLES_UNBAN: '700000000000000001',
    ROLES_APPROVE: 'everyone',
    REPLIES: 'public',
  })
  expect(allowed).toMatchObject({
    ban: ['700000000000000001', '700000000000000002'],
    unban: ['700000000000000001'],
    approve: 'everyone',
  })
  expect(isPrivate).toBe(false)
})

describe('mistakes', () => {
  test('are told all at once', () => {
    expect(mistakesOf({ REPLIES: 'loud' }).split('\n')).toEqual([
      'DISCORD_TOKEN is not set: it must be the token of the bot, from its page at Discord',
      'DISCORD_GUILD is not set: it must be the id of your Discord server',
      'MAGICBAND_URL is not set: it must be where Magicband is, like https://band.example.com',
      'MAGICBAND_KEY is not set: it must be a key of the kind bot',
      'REPLIES is wrong: it must be private or public',
    ])
  })

  test.each([
    ['DISCORD_GUILD', 'My server'],
    ['DISCORD_TOKEN', 'two words'],
    ['MAGICBAND_URL', 'my.band'],
    ['MAGICBAND_KEY', 'two words'],
    ['ROLES_BAN', 'Moderator'],
    ['ROLES_BAN', '700000000000000001;700000000000000002'],
    ['DISCORD_API_URL', 'discord'],
  ])('%s may not be %s, which is not repeated', (name, value) => {
    const told = mistakesOf({ ...filledIn, [name]: value })
    expect(told).toMatch(new RegExp(`^${name} is wrong: it must be [^\n]+$`))
    expect(told).not.toContain(value)
  })
})
