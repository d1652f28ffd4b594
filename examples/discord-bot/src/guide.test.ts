import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { communityFile, eventually, type Magicband, startMagicband } from '../../../test/magicband.ts'
import { readSnippets } from '../../../test/snippets.ts'
import { type DiscordStandIn, startDiscord } from '../test/discord-stand-in.ts'
import { environmentOf, staff } from '../test/running-bot.ts'
import { commandNames } from './commands/command.ts'
import { commands } from './commands/commands.ts'
import { rolesVariable } from './settings.ts'

/** The steps of docs/bot.md, command by command, in a copy of the checkout. */
const root = fileURLToPath(new URL('../../..', import.meta.url))
const guide = readFileSync(join(root, 'docs/bot.md'), 'utf8')

let folder: string
let band: Magicband
let discord: DiscordStandIn
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'magicband-guide-'))
  for (const name of ['package.json', 'src', 'clients', 'examples'])
    cpSync(join(root, name), join(folder, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  band = await startMagicband()
  discord = await startDiscord()
})
afterAll(async () => {
  await discord.close()
  await band.stop()
  rmSync(folder, { recursive: true })
})

function run(command: string, environment: Record<string, string> = {}) {
  const env = { PATH: process.env.PATH ?? '', HOME: folder, ...environment }
  // A group of its own, so that a signal reaches what npm has started as well, as Ctrl-C does.
  const child = spawn(command, { cwd: folder, env, shell: true, detached: true })
  let written = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (written += text))
  const ended = once(child, 'close').then(() => written)
  return { child, ended, written: () => written }
}

test('its commands work in the order in which they stand', async () => {
  const [createKey = '', copySettings = '', register = '', start = '', ...more] = readSnippets('docs/bot.md', 'sh')
  expect(more).toEqual([])

  const files = join(folder, 'communities')
  cpSync(join(root, 'communities'), files, { recursive: true })
  writeFileSync(join(files, 'wed.yaml'), communityFile)
  const key = await run(createKey.replace('NAME', 'wed'), { DATABASE_URL: band.databaseUrl }).ended
  expect(key).toMatch(/^mb_bot_\w+\n$/)

  await run(copySettings).ended
  const settings = join(folder, 'examples/discord-bot/.env')
  const filledIn = { ...environmentOf(discord, band), MAGICBAND_KEY: key.trim() }
  expect(Object.keys(filledIn).filter((name) => !(name in parseEnv(readFileSync(settings, 'utf8'))))).toEqual([
    'DISCORD_API_URL',
  ])
  writeFileSync(
    settings,
    Object.entries(filledIn)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  )

  expect(await run(register).ended).toBe('registered /profile, /certify, /decertify, /ban, /unban, /approve\n')
  const bot = run(start)
  await eventually(() => (bot.written().includes('connected to Discord') ? true : undefined), 15_000)
  const shown = discord.use({
    command: 'certify',
    options: { username: 'CastOne', certification: 'tot' },
    roles: staff,
  })
  await discord.until(shown, (step) => step === 'edit')
  expect(shown.body.content).toBe('Successfully granted **CastOne** the **tot** certification.')
  process.kill(-(bot.child.pid ?? 0), 'SIGINT')
  expect(await bot.ended).toContain('"stopped"')
  // npm starts four times.
}, 60_000)

test('its table has every command, with its options and its variable', () => {
  for (const name of commandNames) {
    const row = guide.split('\n').find((line) => line.startsWith(`| \`/${name}\``)) ?? ''
    expect(row).toContain(rolesVariable(name))
    const { options = [] } = commands[name].definition
    expect(options.length).toBeGreaterThan(0)
    for (const option of options) expect(row).toContain(`\`${option.name}\``)
  }
})

test('the files that it and the README name are there', () => {
  const readme = readFileSync(join(root, 'examples/discord-bot/README.md'), 'utf8')
  for (const [base, text] of [
    ['docs', guide],
    ['examples/discord-bot', readme],
  ] as const) {
    for (const [, path = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g))
      expect([path, existsSync(join(root, base, path))]).toEqual([path, true])
  }
  for (const [, path = ''] of guide.matchAll(/`((?:src|test)\/[\w./-]+)`/g))
    expect([path, existsSync(join(root, 'examples/discord-bot', path))]).toEqual([path, true])
})
