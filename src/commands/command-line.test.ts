import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CommandFolder, findPlainShell, makeCommandFolder } from '../../test/command-line.ts'
import { communityFile } from '../../test/magicband.ts'
import { version } from '../version.ts'

let command: CommandFolder
beforeAll(async () => {
  command = makeCommandFolder({ wed: communityFile })
  await command.run(['key', 'create', '--community', 'wed', '--kind', 'bot'])
  symlinkSync('elsewhere.gz', join(command.folder, 'link.gz'))
})
afterAll(() => command.remove())

describe('wrong use ends with 2 and says what is right, on stderr', () => {
  const create = ['key', 'create', '--community', 'wed']
  test.concurrent.for<[string[], RegExp]>([
    [[], /Usage: magicband/],
    [['banana'], /unknown command 'banana'/],
    [['key'], /Usage: magicband key/],
    [create, /required option '--kind/],
    [[...create, '--kind', 'admin'], /game, bot, status/],
    [[...create, '--kind', 'bot', 'more'], /too many arguments/],
    [[...create, '--kind', 'bot', '--limit', '600'], /600\/m/],
    [[...create, '--kind', 'bot', '--expires-in', '90'], /90d/],
    [[...create, '--kind', 'game', '--scopes', 'connect,ban'], /connect, log, profile, application:upload/],
    [
      ['points', 'adjust', '--player', '1', '--by', '1000000000', '--reason', 'x'],
      /from -999999999 to 999999999 that is not 0/,
    ],
    [['audit', '--community', 'wed', '--since', '2026-02-30'], /Write a time like 2026-01-15/],
    [['start', 'now'], /too many arguments/],
  ])('%j', async ([args, message], { expect }) => {
    const ended = await command.run(args)
    expect([ended.code, ended.stdout]).toEqual([2, ''])
    expect(ended.stderr).toMatch(message)
  })
})

describe('what fails ends with 1 and says why, on stderr', () => {
  test.concurrent.for<[string, string[], Record<string, string>, RegExp]>([
    [
      'a community that is not there',
      ['key', 'create', '--community', 'zoo', '--kind', 'bot'],
      {},
      /^there is no community file for zoo; there are: wed\n$/,
    ],
    [
      'a database that is not there',
      ['verify'],
      { DATABASE_URL: 'sqlite:elsewhere.db' },
      /^the database sqlite:elsewhere\.db can't be opened \(there is no such file\): check DATABASE_URL and the folder /,
    ],
    ['a key that is not there', ['key', 'revoke', '0123'], {}, /^there is no key 0123 /],
    [
      'a database that can not be opened',
      ['migrate'],
      { DATABASE_URL: 'sqlite:/etc/passwd/magicband.db' },
      /EEXIST|ENOTDIR/,
    ],
    [
      'a database that is down',
      ['migrate'],
      { DATABASE_URL: 'postgres://magic:hush@127.0.0.1:1/db' },
      /^connect ECONNREFUSED 127\.0\.0\.1:1: check DATABASE_URL, and that the database runs there\n$/,
    ],
    [
      'a backup into a folder that is not there',
      ['backup', 'nowhere/x.gz'],
      {},
      /^ENOENT: .* open 'nowhere\/x\.gz\.[\w-]+\.unfinished': its folder must exist, and this user must be able to write there\n$/,
    ],
    [
      'a backup over a folder',
      ['backup', 'files'],
      {},
      /^files is a folder, a link or a device: name a file, which is made or replaced\n$/,
    ],
    [
      'a result that can not be written',
      ['key', 'list'],
      { MAGICBAND_SHELL: 'exec >/dev/full' },
      /^the result could not be written \(.*ENOSPC.*\): make room where it goes, and look what was done\n$/,
    ],
    ['a backup to stdout', ['backup', '-'], {}, /^- is no file: name one\n$/],
    [
      'a backup over a link',
      ['backup', 'link.gz'],
      {},
      /^link\.gz is a folder, a link or a device: name a file, which is made or replaced\n$/,
    ],
    [
      'an address that is not this machine',
      ['start'],
      { HOST: '192.0.2.1' },
      /listen EADDRNOTAVAIL: .*192\.0\.2\.1.*: check HOST and PORT, or METRICS_HOST and METRICS_PORT\n$/,
    ],
  ])('%s', async ([_name, args, environment, message], { expect }) => {
    const ended = await command.run(args, environment)
    expect([ended.code, ended.stdout]).toEqual([1, ''])
    expect(ended.stderr).toMatch(message)
    expect(ended.stderr).not.toMatch(/\n\s+at /)
  })
})

describe('in a folder without community files', () => {
  test.concurrent.for([
    ['key', 'create', '--community', 'wrong', '--kind', 'game'],
    ['link', 'add', '--community', 'wrong', '301715666401230851', '1'],
    ['import', '--community', 'wrong', '--format', 'csv', 'players.csv'],
    ['restore', 'backup.gz'],
  ])('%s is refused and makes no database', async (args, { expect }) => {
    const command = makeCommandFolder()
    const ended = await command.run(args)
    expect([ended.code, existsSync(join(command.folder, 'data'))]).toEqual([1, false])
    await command.remove()
  })

  test.each(['backup', 'restore'])('%s refuses to be about the sandbox', async (name) => {
    const newcomer = makeCommandFolder()
    await newcomer.run(['migrate'])
    const { code, stderr } = await newcomer.run([name, 'x.gz'])
    await newcomer.remove()
    const why = 'there is no community file in ./communities, so that this would be about the sandbox '
    expect([code, stderr]).toEqual([
      1,
      `${why}(sqlite:./data/sandbox.db): run it in the folder of your community, or set DATABASE_URL\n`,
    ])
  })
})

// Not with 1, at which deploy/magicband.service starts it again.
describe('a mistake in the settings ends with 2 and is told on stderr', () => {
  test.concurrent.for<[string, Record<string, string>, RegExp]>([
    ['in the environment', { PORT: 'x' }, /^environment: PORT must be/],
    ['a folder that is not there', { MAGICBAND_COMMUNITIES: './nowhere' }, /\.\/nowhere, which does not exist/],
    [
      'a folder that is not there, beside a mistake',
      { MAGICBAND_COMMUNITIES: './nowhere', PORT: 'x' },
      /PORT must be[\s\S]*\.\/nowhere, which does not exist/,
    ],
    // A password is told neither where it breaks the address nor beside it.
    [
      'an address of a database that can not be read',
      { DATABASE_URL: 'postgres://magic:hush/hush@127.0.0.1:1/db' },
      /^(?![\s\S]*hush)[\s\S]*: correct DATABASE_URL\n$/,
    ],
    [
      'an address that ends in the middle',
      { DATABASE_URL: 'postgres://magic:hush@[::1/db' },
      /\(Invalid URL\): correct DATABASE_URL\n$/,
    ],
    [
      'an address with a wrong setting',
      { DATABASE_URL: 'postgres://magic:hush@127.0.0.1:1/db?password=hush&pool_size=0' },
      /^(?![\s\S]*hush)[\s\S]*127\.0\.0\.1:1\/db[\s\S]*pool_size.*: correct DATABASE_URL\n$/,
    ],
    [
      'an address with a setting that there is none of',
      { DATABASE_URL: 'postgres://magic:hush@127.0.0.1:1/db?password=hush&poolsize=5' },
      /^(?![\s\S]*hush)[\s\S]*127\.0\.0\.1:1\/db[\s\S]*\(poolsize is written pool_size\): correct DATABASE_URL\n$/,
    ],
  ])('%s', async ([_name, environment, message], { expect }) => {
    const ended = await command.run(['migrate'], environment)
    expect([ended.code, ended.stdout]).toEqual([2, ''])
    expect(ended.stderr).toMatch(message)
  })

  test('all mistakes of the environment and of all files at once', async () => {
    const wrong = makeCommandFolder({
      wed: communityFile.replace('group: 1,', 'group: one,').replace('trainee: 10', 'trainee: 999'),
      zoo: 'name: Zoo\n',
      key: communityFile.replace('sandbox-open-cloud-key', `"$${'{MISSING_KEY}'}"`),
    })
    const ended = await wrong.run(['start'], { PORT: '99999', TRUST_PROXY: 'everyone' })
    expect([ended.code, ended.stdout]).toEqual([2, ''])
    for (const part of [
      'PORT',
      'TRUST_PROXY',
      'wed.yaml:4',
      'wed.yaml:5',
      'zoo.yaml',
      'roblox',
      'applications',
      'MISSING_KEY',
    ]) {
      expect(ended.stderr).toContain(part)
    }
    // Mistakes of people are told in words, not in stacks.
    expect(ended.stderr).not.toMatch(/\n\s+at /)
    await wrong.remove()
  })
})

describe('what succeeds ends with 0', () => {
  const names = [
    ...['init', 'start', 'doctor', 'migrate', 'jobs', 'backup', 'restore', 'verify', 'import', 'key', 'link', 'points'],
    ...['audit', 'export', 'erase', 'completion', 'openapi', 'community-schema', 'help'],
  ]
  test.concurrent.for<[string[], RegExp, RegExp]>([
    [['--version'], new RegExp(`^${version}\n$`), /^$/],
    [['key', 'create', '--help'], /--expires-in/, /^$/],
    [['--help'], new RegExp(names.map((name) => `\\n  ${name} .*`).join('(?:\\n {4}.*|\\n\\w+:|\\n)*')), /^$/],
  ])('%j', async ([args, stdout, stderr], { expect }) => {
    const ended = await command.run(args)
    expect(ended.code).toBe(0)
    expect(ended.stdout).toMatch(stdout)
    expect(ended.stderr).toMatch(stderr)
  })

  test('migrate, twice', async () => {
    const fresh = makeCommandFolder({ wed: communityFile })
    const [first, second] = [await fresh.run(['migrate']), await fresh.run(['migrate'])]
    expect(first).toEqual({ code: 0, stdout: '', stderr: expect.stringContaining('0001-initial') })
    expect(second).toEqual({ code: 0, stdout: '', stderr: 'the database is up to date\n' })
    await fresh.remove()
  })

  test('with variables from .env, which the environment overrides', async () => {
    const fresh = makeCommandFolder()
    writeFileSync(join(fresh.folder, '.env'), 'LOG_LEVEL=banana\nPUBLIC_URL=nowhere\n')
    const ended = await fresh.run(['migrate'], { LOG_LEVEL: 'info' })
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringMatching(/^environment: PUBLIC_URL[^\n]*\n$/)])
    // Editors of Windows begin a file with a mark, or write UTF-16.
    writeFileSync(join(fresh.folder, '.env'), '\ufeffPUBLIC_URL=nowhere\n')
    expect((await fresh.run(['migrate'])).stderr).toMatch(/^environment: PUBLIC_URL/)
    writeFileSync(join(fresh.folder, '.env'), '\ufeffPORT=80\n', 'utf16le')
    expect(await fresh.run(['migrate'])).toMatchObject({
      code: 2,
      stderr: '.env: must be text in UTF-8: save it as that\n',
    })
    await fresh.remove()
  })
})

describe('the documents that are checked in are those that the code prints', () => {
  test.concurrent.for([
    ['openapi', 'openapi.json'],
    ['community-schema', 'communities/community.schema.json'],
  ])('%s', async ([name = '', file = ''], { expect }) => {
    const ended = await command.run([name], { MAGICBAND_COMMUNITIES: './nowhere', DATABASE_URL: 'postgres://x/y' })
    expect([ended.code, ended.stderr]).toEqual([0, ''])
    expect(ended.stdout).toBe(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'))
  })
})

const plainShell = findPlainShell()

describe('an .env that can not be read is told in a line', () => {
  test.skipIf(plainShell === undefined).each<[string, (file: string) => void, string]>([
    ['a folder', (file) => mkdirSync(file), 'EISDIR'],
    ['a link that leads nowhere', (file) => symlinkSync('nowhere', file), 'ENOENT'],
    ['a file of others', (file) => writeFileSync(file, 'PORT=0', { mode: 0 }), 'EACCES'],
    ['in a folder of others', (file) => chmodSync(dirname(file), 0), 'EACCES'],
  ])('%s', async (_name, make, code) => {
    const newcomer = makeCommandFolder()
    make(join(newcomer.folder, '.env'))
    const ended = await newcomer.run(['key', 'list'], { MAGICBAND_SHELL: plainShell ?? '' })
    await newcomer.remove()
    const stderr = `.env: must be a file that this user can read (${code}): make it one, or remove it\n`
    expect(ended).toEqual({ code: 2, stdout: '', stderr })
  })
})

test.skipIf(plainShell === undefined)('a community file of others is told, and what to do', async () => {
  const command = makeCommandFolder({ wed: communityFile })
  chmodSync(join(command.folder, 'files/wed.yaml'), 0)
  const ended = await command.run(['key', 'list'], { MAGICBAND_SHELL: plainShell ?? '' })
  await command.remove()
  expect(ended.code).toBe(2)
  expect(ended.stderr).toMatch(/wed\.yaml: must be a file that can be read \(EACCES\): let the user .* read it\n$/)
})
