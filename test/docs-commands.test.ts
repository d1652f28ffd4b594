import { execFile } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.ts'
import { type CommandFolder, makeCommandFolder } from './command-line.ts'
import { createIdleProgram, findMistake, listCommands } from './command-parser.ts'
import { argumentsOf, fillIn, findNpmMistake, patternOf, readTypedLines, type TypedLine } from './documented-lines.ts'
import { readDocuments, readSpans, root } from './documents.ts'
import { communityFile, moderator, pathOf } from './magicband.ts'
import { serviceVariables } from './services.ts'
import { readShell } from './shell.ts'

// Every line that the manual has somebody type is known to the program, and is run where it can be.

/** Programs that are none of ours: the lines in which they stand are read, and run only where all of these are there. */
const filters = ['jq', 'grep', 'head', 'tail', 'sort', 'uniq', 'wc', 'cat']

/** Programs that are none of ours, and are not run. */
const notRun: Readonly<Record<string, string>> = {
  npm: 'installs, or starts what does not end; its scripts are looked up',
  node: 'the package, as a panel starts it; test/package.test.ts does',
  docker:
    'no engine runs in tests; test/deploy.test.ts and test/deploy-lines.test.ts hold files and lines to the server',
  git: 'fetches a new version',
  sudo: 'sets up a machine',
  mkdir: 'a step of setting up a machine',
  cd: 'a step of setting up a machine',
  chmod: 'a step of setting up a machine',
  cp: 'the steps of docs/bot.md are run by examples/discord-bot/src/guide.test.ts',
  mongoexport: 'needs the database that somebody leaves',
}

/** Lines of our own program that are not run, by what they contain. */
const linesNotRun: Readonly<Record<string, string>> = {
  '77db90f7': 'the id of a request of somebody else',
  'magicband migrate':
    'the database of this test is up to date; src/commands/command-line.test.ts runs it on an empty one',
}

/** Blocks of `console` that show an answer alone, and what tests it. */
const answersAlone: Readonly<Record<string, string>> = {
  'docs/moving-in.md': 'below: an import of as many players prints it',
}

const documents = readDocuments()
const blocks = documents.flatMap((one) => one.blocks)
const lines = blocks.filter(({ language }) => ['sh', 'console'].includes(language)).flatMap(readTypedLines)
const at = ({ file, line }: { file: string; line: number }) => `${file}:${line}`
/** What the manual leaves to its reader, where only the form of it counts. */
const forms = { NAME: 'wed', ID: '62f6b211c393da0c', ROBLOX_ID: '172051854', DISCORD_ID: moderator, FILE: 'backup.gz' }

describe('is known to the program, with its options', () => {
  test.for(lines.map((line) => [`${at(line)} ${line.text}`, line] as const))('%s', async ([, { commands, file }]) => {
    for (const command of commands) {
      const given = argumentsOf(command)
      if (given !== undefined) {
        const mistake = await findMistake(given.map((word) => fillIn(word, forms)))
        expect(mistake, 'mend the line, or the program').toBe(undefined)
        continue
      }
      const [program = ''] = command.words
      const advice = `is ${program} a program of others? Add it to notRun, with the reason why it is not run`
      expect([...filters, ...Object.keys(notRun), 'curl'], advice).toContain(program)
      if (program === 'npm') expect(findNpmMistake(command, file)).toBe(undefined)
    }
  })

  test('also where it stands in a sentence', async () => {
    const paths = listCommands(await createIdleProgram()).map(nameOf)
    const mistakes: string[] = []
    for (const { file, text } of documents) {
      for (const span of readSpans(text).filter((one) => /^(?:magicband|npx magicband|npm) /.test(one))) {
        for (const command of readShell(span)) {
          const given = argumentsOf(command)?.map((word) => fillIn(word, forms))
          // `magicband import` is the name of a command; one with more than that has to be right.
          // COMMAND stands for any of them.
          if (given !== undefined && [...paths, 'COMMAND'].includes(given.join(' '))) continue
          const mistake = given === undefined ? findNpmMistake(command, file) : await findMistake(given)
          if (mistake !== undefined) mistakes.push(`${file}: \`${span}\`: ${mistake}`)
        }
      }
    }
    expect(mistakes).toEqual([])
  })

  test('and what is said not to be run is there', () => {
    const programs = lines.flatMap(({ commands }) => commands.map(({ words }) => words[0]))
    expect(Object.keys(notRun).filter((program) => !programs.includes(program))).toEqual([])
    expect(Object.keys(linesNotRun).filter((part) => !lines.some(({ text }) => text.includes(part)))).toEqual([])
    const alone = blocks.filter(({ language, code }) => language === 'console' && !/^\$ /m.test(code))
    const advice = 'begin with the line that is typed, after "$ ", or add the file to answersAlone, with what tests it'
    expect([...new Set(alone.map(({ file }) => file))], advice).toEqual(Object.keys(answersAlone))
  })
})

function nameOf(command: ReturnType<typeof listCommands>[number]): string {
  return command.parent === null ? '' : `${nameOf(command.parent)} ${command.name()}`.trimStart()
}

const execute = promisify(execFile)
type Result = { code: number; stdout: string; stderr: string }

/** Runs a line in a shell in which `magicband` is this checkout's. */
async function type(command: CommandFolder, line: string, environment: Record<string, string>): Promise<Result> {
  const bin = join(command.folder, 'bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'magicband'), `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'src/main.ts')}' "$@"\n`)
  chmodSync(join(bin, 'magicband'), 0o755)
  const env = { ...command.environment, ...environment, PATH: `${bin}:${process.env.PATH}` }
  const text = line.replaceAll(/npm run -s magicband --|npx magicband/g, 'magicband')
  return execute('sh', ['-c', text], { cwd: command.folder, env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  )
}

const players = [
  { _id: { $oid: '62f6b211c393da0ce38e5dac' }, userId: 172051854, username: 'JTmaveryk', points: 30, certs: ['tot'] },
  { userId: 1002, username: 'CastOne', points: 12, account: { roblox: { id: 1002 } }, hours: { total: 12 } },
]

describe('is run on a small community, and answers as the manual shows', () => {
  let sandbox: Sandbox
  let services: Record<string, string>
  /** What each document begins with: players, links, keys, and a ban that is entry 42 of the trail. */
  let beginning: CommandFolder
  let keyId: string
  const folders: CommandFolder[] = []
  beforeAll(async () => {
    sandbox = await startSandbox({ clock: Date.now })
    services = serviceVariables(sandbox.addresses)
    beginning = makeCommandFolder({ wed: communityFile })
    folders.push(beginning)
    const inside = (name: string) => join(beginning.folder, name)
    writeFileSync(inside('players.json'), players.map((player) => JSON.stringify(player)).join('\n'))
    writeFileSync(
      inside('links.csv'),
      Array.from({ length: 40 }, (_, index) => `${10n ** 17n + BigInt(index)},${index + 1}\n`).join(''),
    )
    const key = (await beginning.run(['key', 'create', '--community', 'wed', '--kind', 'bot'])).stdout.trim()
    await beginning.run(['link', 'import', '--community', 'wed', 'links.csv'])
    const server = beginning.start(['start'], services)
    const [, address = ''] = await server.written(/"address":"(http[^"]*)"/)
    const ban = pathOf('/ban/add', { username: 'JTmaveryk', reason: 'bad boy', moderator })
    await fetch(address + ban, { method: 'POST', headers: { 'x-api-key': key } })
    server.child.kill('SIGTERM')
    await server.ended
    await beginning.run(['key', 'create', '--community', 'wed', '--kind', 'game'])
    const keys = (await beginning.run(['key', 'list', '--community', 'wed'])).stdout
    keyId = /^(\S+) .* game /m.exec(keys)?.[1] ?? ''
  })
  afterAll(async () => {
    for (const folder of folders) await folder.remove()
    await sandbox.close()
  })

  const isInstalled = (program: string) =>
    execute('sh', ['-c', `command -v ${program}`]).then(
      () => true,
      () => false,
    )
  const endless = ['start']
  const isRunnable = ({ text, commands }: TypedLine) =>
    !Object.keys(linesNotRun).some((part) => text.includes(part)) &&
    commands.some((command) => argumentsOf(command) !== undefined) &&
    commands.every((command) => {
      const given = argumentsOf(command)
      return given === undefined ? filters.includes(command.words[0] ?? '') : !endless.includes(given[0] ?? '')
    })
  const runnable = lines.filter(isRunnable)
  const files = [...new Set(runnable.map(({ file }) => file))]

  test.concurrent.for(files)('%s', async (file, { expect }) => {
    const command = makeCommandFolder({ wed: communityFile })
    folders.push(command)
    for (const name of ['data', 'players.json', 'links.csv'])
      cpSync(join(beginning.folder, name), join(command.folder, name), { recursive: true })
    const values = { ...forms, ID: keyId }
    for (const line of runnable.filter((one) => one.file === file)) {
      const programs = line.commands.filter((one) => argumentsOf(one) === undefined).map(({ words }) => words[0] ?? '')
      // Not every machine has every filter.
      if (!(await Promise.all(programs.map(isInstalled))).every(Boolean)) continue
      const typed = fillIn(line.text, values)
      const { code, stdout, stderr } = await type(command, typed, services)
      const advice = `${at(line)}: mend the line, or add a part of it to linesNotRun, with the reason; it said: ${stderr}`
      expect(code, advice).toBe(0)
      if (line.shown !== '') expect(stdout.trimEnd(), advice).toMatch(patternOf(line.shown))
    }
  })

  test('the answer of docs/moving-in.md is that of an import of as many players', async () => {
    const command = makeCommandFolder({ wed: communityFile })
    folders.push(command)
    const codes = ['char', 'tot', 'mtp']
    const all = Array.from({ length: 4988 }, (_, index) => ({
      _id: { $oid: index.toString(16).padStart(24, '0') },
      ...(index === 11 ? {} : { userId: index + 1 }),
      username: `Player${index + 1}`,
      // 4,120 have points, 4,119 of them as many as make 81,234 with the 29 of one.
      points: index === 39 ? 29.5 : index < 4121 && index !== 11 ? 19 + (index < 2946 ? 1 : 0) : 0,
      certs: index < 3008 && index !== 11 ? codes : [],
      banned: index > 4900 && index < 4913,
    }))
    writeFileSync(join(command.folder, 'players.json'), all.map((player) => `${JSON.stringify(player)}\n`).join(''))
    const line = lines.find(({ file, text }) => file === 'docs/moving-in.md' && text.includes('--dry-run'))
    const ended = await type(command, fillIn(line?.text ?? '', forms), services)
    const shown =
      blocks.find(({ file, language }) => file === 'docs/moving-in.md' && language === 'console')?.code ?? ''
    // On a busy machine it says how far it is.
    const isLasting = (one: string) => one !== '' && !one.endsWith(' …')
    const written = [...ended.stderr.split('\n'), ...ended.stdout.split('\n')].filter(isLasting)
    expect(written.toSorted()).toEqual(shown.trimEnd().split('\n').toSorted())
  })

  test('the worked examples of docs/moving-in.md come in, by the options that stand beside them', async () => {
    const command = makeCommandFolder({ wed: communityFile })
    folders.push(command)
    const own = blocks.filter(
      ({ file, language }) => file === 'docs/moving-in.md' && ['json', 'csv'].includes(language),
    )
    const [, fields = ''] = /\(`--fields '([^']+)'`\)/.exec(readFileSync(join(root, 'docs/moving-in.md'), 'utf8')) ?? []
    const results: string[] = []
    for (const [index, { language, code }] of own.entries()) {
      writeFileSync(join(command.folder, 'example'), code)
      const format = language === 'csv' ? 'csv' : 'mongo'
      const map = index === 1 ? ['--fields', fields] : []
      const given = ['import', '--community', 'wed', '--format', format, ...map, '--dry-run', 'example']
      const { stdout } = await command.run(given)
      results.push((stdout.match(/new players: \d+|(?:points|bans) added.*/g) ?? []).join(', '))
    }
    expect(results).toEqual([
      'new players: 1, points added: 30 (1 players), bans added: 0',
      'new players: 1, points added: 12 (1 players), bans added: 1',
      'new players: 2, points added: 30 (1 players), bans added: 1',
    ])
  })
})

describe('is asked of a running sandbox, and answered as the manual shows', () => {
  const asked = lines.filter(({ commands }) => commands.some(({ words }) => words[0] === 'curl'))
  let command: CommandFolder
  let address: string
  let control: string
  let metrics: string
  beforeAll(async () => {
    command = makeCommandFolder()
    const server = command.start(['start'], { METRICS_PORT: '0', LOG_LEVEL: 'info' })
    await server.written(/Ctrl-C/)
    const [, found = ''] = await server.written(/"metricsAddress":"(http:\/\/[^"/]+)/)
    metrics = found
    address = /Address +(http\S+)/.exec(server.stdout())?.[1] ?? ''
    control = /'(http:\/\/[^/']+)\/fail/.exec(server.stdout())?.[1] ?? ''
  })
  afterAll(() => command.remove())

  /** Where the manual says it, here. A key that was made has the same beginning as its kind. */
  const here = (word: string) =>
    word
      .replace('http://127.0.0.1:CONTROL', control)
      .replace('http://127.0.0.1:9464', metrics)
      .replace(/https?:\/\/(?:127\.0\.0\.1|localhost):3000|https:\/\/(?:band\.example\.com|YOUR-ADDRESS)/, address)
      .replace(/mb_(game|bot|status)_…/, 'sandbox-$1')

  test.for(asked.map((line) => [`${at(line)} ${line.text}`, line] as const))('%s', async ([, line]) => {
    const { words } = line.commands.find((one) => one.words[0] === 'curl') ?? { words: [] }
    const { stdout } = await execute('curl', ['-sS', '-w', '\n%{http_code}', ...words.slice(1).map(here)])
    const end = stdout.lastIndexOf('\n')
    const [body, status] = [stdout.slice(0, end), Number(stdout.slice(end + 1))]
    expect([400, 404, 405], `it answered ${status}: ${body.slice(0, 300)}`).not.toContain(status)
    if (line.shown !== '') expect(body.trimEnd()).toMatch(patternOf(line.shown))
  })
})
