import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually, type Magicband, startMagicband } from '../../../test/magicband.ts'
import { type DiscordStandIn, startDiscord } from '../test/discord-stand-in.ts'
import { environmentOf, staff } from '../test/running-bot.ts'

/** The two programs as processes: what they write, and how they end. */
let band: Magicband
let discord: DiscordStandIn
let environment: Record<string, string>
beforeAll(async () => {
  band = await startMagicband()
})
beforeEach(async () => {
  await discord?.close()
  discord = await startDiscord()
  environment = environmentOf(discord, band)
})
afterAll(async () => {
  await discord.close()
  await band.stop()
})

function run(program: 'main' | 'register', more: Record<string, string> = {}) {
  const path = fileURLToPath(new URL(`./${program}.ts`, import.meta.url))
  const env = { PATH: process.env.PATH ?? '', ...environment, ...more }
  const child = spawn(process.execPath, [path], { env })
  let written = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (written += text))
  const ended = once(child, 'close').then(([code]) => ({ code, written }))
  return { child, ended, written: () => written }
}

describe('register', () => {
  test('tells Discord of all commands at once', async () => {
    const { code, written } = await run('register').ended
    expect([code, written]).toEqual([0, 'registered /profile, /certify, /decertify, /ban, /unban, /approve\n'])
    const registered = discord.commands() as {
      name: string
      description: string
      default_member_permissions: string | null
      contexts: number[]
      options: { name: string; description: string; required: boolean; autocomplete?: boolean }[]
    }[]
    const told = registered.map(({ name, options, default_member_permissions: shownTo }) => [
      name,
      shownTo,
      options.map((option) => `${option.name}${option.required ? '!' : ''}${option.autocomplete ? '…' : ''}`).join(' '),
    ])
    const moderateMembers = String(1n << 40n)
    expect(told).toEqual([
      ['profile', null, 'username member id'],
      ['certify', moderateMembers, 'username! certification!…'],
      ['decertify', moderateMembers, 'username! certification!…'],
      ['ban', '4', 'username! reason! duration'],
      ['unban', '4', 'username! reason!'],
      ['approve', String(1n << 28n), 'username id'],
    ])
    for (const { contexts, options, description } of registered) {
      expect(contexts).toEqual([0])
      for (const text of [description, ...options.map((option) => option.description)])
        expect(text.length).toBeLessThanOrEqual(100)
    }
  })

  test('says what to look at where Discord refuses', async () => {
    const { code, written } = await run('register', { DISCORD_TOKEN: 'another.secret.token' }).ended
    expect(code).toBe(1)
    expect(written).toMatch(/Unauthorized: is the token right/)
    expect(written).not.toContain('secret')
  })
})

describe('the bot', () => {
  test('starts, answers, and stops when it is told to', async () => {
    const bot = run('main', { ROLES_APPROVE: '' })
    await eventually(() => (bot.written().includes('connected to Discord') ? true : undefined), 15_000)
    const shown = discord.use({
      command: 'ban',
      options: { username: 'Visitor100001', reason: 'bad boy' },
      roles: staff,
    })
    await discord.until(shown, (step) => step === 'edit')
    expect(shown.body.content).toContain('Successfully banned')
    bot.child.kill('SIGTERM')
    const { code, written } = await bot.ended
    expect(code).toBe(0)
    const lines = written.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).message)).toEqual([
      'nobody may use /approve: name roles in ROLES_APPROVE if somebody should',
      'connected to Discord',
      'answered',
      'stopped',
    ])
    for (const secret of [...discord.secrets(), environment.MAGICBAND_KEY]) expect(written).not.toContain(secret)
  })

  test.each<[string, Record<string, string>, RegExp]>([
    ['a mistake in the settings', { DISCORD_GUILD: 'x' }, /^DISCORD_GUILD is wrong: [^\n]+\n$/],
    ['a wrong token', { DISCORD_TOKEN: 'another.secret.token' }, /"code":"TokenInvalid"/],
    [
      'an address of Magicband that is none',
      { MAGICBAND_URL: 'https://a:secret@band.example' },
      /address must be like/,
    ],
    ['a Discord that is not there', { DISCORD_API_URL: 'http://127.0.0.1:1/api' }, /ECONNREFUSED/],
  ])('ends with 1 and says why: %s', async (_name, more, message) => {
    const { code, written } = await run('main', more).ended
    expect(code).toBe(1)
    expect(written).toMatch(message)
    expect(written).not.toContain('secret')
  })

  test('ends with 1 when Discord ends the connection for good', async () => {
    const bot = run('main')
    await eventually(() => (bot.written().includes('connected to Discord') ? true : undefined), 15_000)
    discord.gateway.disconnect(4004)
    const { code, written } = await bot.ended
    expect(code).toBe(1)
    expect(written).toContain('Discord has ended the connection for good')
  })
})
