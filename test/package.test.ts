import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { communityFile, eventually } from './magicband.ts'
import { makeTemporaryFolder } from './temporary-folder.ts'

const run = promisify(execFile)
const checkout = fileURLToPath(new URL('..', import.meta.url))
/** The project's own Node goes before the machine's, which may be an older one. */
const path = [dirname(process.execPath), process.env.PATH].join(delimiter)
/** How npm finds its registry, where it is told so from outside. */
const reach = Object.fromEntries(
  Object.entries(process.env).filter(([name]) =>
    /^(?:npm_config_registry|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS)$/i.test(name),
  ),
)
const variables = {
  ...reach,
  PATH: path,
  HOME: process.env.HOME ?? '',
  PORT: '0',
  HOST: '127.0.0.1',
  LOG_LEVEL: 'info',
}

/** Where the package was made, the files in it, and where it was installed, with nothing else there. */
let made = ''
let packed: string[] = []
let home = ''

beforeAll(async () => {
  made = makeTemporaryFolder('package', { isOnDisk: true })
  home = join(made, 'home')
  mkdirSync(home)
  await run('npm', ['pack', '--pack-destination', made], { cwd: checkout, env: variables })
  const tarball = join(made, readdirSync(made).find((name) => name.endsWith('.tgz')) ?? '')
  packed = (await run('tar', ['-tzf', tarball])).stdout.trim().split('\n').sort()
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball]
  await run('npm', install, { cwd: home, env: variables })
}, 180_000)
afterAll(() => rmSync(made, { recursive: true }))

/** Runs the command in the folder that the package is installed in. */
const magicband = (args: string[]) => run('npx', ['magicband', ...args], { cwd: home, env: variables })

type Served = {
  address: string
  /** The server itself, which may run in a shell of npx's. */
  pid: number
  /** What was started: the server, or npx. */
  command: number
  signal(pid?: number): void
  ended: Promise<unknown>
}

/** Starts the server there, and asks it something, since what it logs of that names its process. */
async function serve(command: string, args: string[]): Promise<Served> {
  const child = spawn(command, args, { cwd: home, env: variables })
  const ended = once(child, 'close').then(([code]): unknown => code)
  let written = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      written += text
    })
  }
  const find = (pattern: RegExp) => eventually(() => pattern.exec(written)?.[1], 20_000)
  const address = await find(/(http:\/\/127\.0\.0\.1:\d+)/)
  await fetch(`${address}/profile`)
  const pid = Number(await find(/"pid":(\d+)/))
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  })
  return { address, pid, command: child.pid ?? 0, signal: (to = pid) => process.kill(to, 'SIGTERM'), ended }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('the package holds the program, its examples, what its README leads to, and nothing else', () => {
  const sources = readdirSync(join(checkout, 'src'), { encoding: 'utf8', recursive: true })
  const program = sources.flatMap((file) =>
    /\.ts$/.test(file) && !/(?:\.test|testing|\.d)\.ts$/.test(file) ? [`dist/${file.replace(/ts$/, 'js')}`] : [],
  )
  const beside = [
    ...['.env.example', 'ARCHITECTURE.md', 'CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json'],
    ...['communities/community.schema.json', 'communities/sandbox.example.yaml', 'communities/wed.example.yaml'],
    'clients/luau/Magicband.luau',
    ...['docs', 'deploy'].flatMap((folder) => readdirSync(join(checkout, folder)).map((file) => `${folder}/${file}`)),
  ]
  expect(packed).toEqual([...program, ...beside].map((file) => `package/${file}`).sort())
})

test('npx magicband start serves the sandbox in an empty folder, until SIGTERM', async () => {
  const served = await serve('npx', ['magicband', 'start'])
  const answer = await fetch(`${served.address}/profile?username=JTmaveryk`, {
    headers: { 'x-api-key': 'sandbox-bot' },
  })
  expect(await answer.json()).toMatchObject({ status: 'success', username: 'JTmaveryk' })
  served.signal()
  expect(await served.ended).toBe(0)
  expect(readdirSync(join(home, 'data')).sort()).toEqual(['sandbox.db'])
})

test('the server stops also when npx is stopped, which does not tell it', async () => {
  const { address, command, signal } = await serve('npx', ['magicband', 'start'])
  signal(command)
  const isGone = () =>
    fetch(`${address}/health`).then(
      () => undefined,
      () => true,
    )
  expect(await eventually(isGone)).toBe(true)
})

test.runIf(process.platform === 'linux')(
  'the command itself is the server, with the memory for young objects that npm start gives it',
  async () => {
    const served = await serve(join('node_modules', '.bin', 'magicband'), ['start'])
    expect(served.pid).toBe(served.command)
    expect(readFileSync(`/proc/${served.pid}/cmdline`, 'utf8')).toContain('--max-semi-space-size=4')
    served.signal()
    expect(await served.ended).toBe(0)
  },
)

test('it reads the communities and the .env of the folder, where it keeps its data', async () => {
  mkdirSync(join(home, 'communities'))
  writeFileSync(join(home, '.env'), 'WED_NAME=WED\n')
  writeFileSync(join(home, 'communities', 'wed.yaml'), communityFile.replace('WED Imagineering', `\${WED_NAME}`))
  onTestFinished(() => rmSync(join(home, 'communities'), { recursive: true }))
  const { stdout: key } = await magicband(['key', 'create', '--community', 'wed', '--kind', 'bot'])
  expect(key).toMatch(/^mb_/)
  expect(readdirSync(join(home, 'data'))).toContain('magicband.db')
})

test('every command can be loaded', async () => {
  expect((await magicband(['--help'])).stdout).toContain('restore')
})

test('without a place for what was compiled it does without', async () => {
  const cache = join(home, 'node_modules', 'magicband', 'node_modules')
  expect(existsSync(join(cache, '.cache', 'magicband'))).toBe(true)
  rmSync(cache, { recursive: true })
  writeFileSync(cache, '')
  expect(await magicband(['--version'])).toMatchObject({ stdout: expect.stringMatching(/^\d/), stderr: '' })
})

test('an older Node is refused, with what to do', async () => {
  const older = 'data:text/javascript,Object.defineProperty(process, "versions", { value: { node: "22.9.0" } })'
  const start = run(process.execPath, ['--import', older, 'node_modules/magicband/dist/main.js', 'start'], {
    cwd: home,
  })
  await expect(start).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^Magicband needs Node 24 or newer, and this is Node 22\.9\.0\. Install .*\n$/),
  })
  const { engines } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'))
  expect(engines).toEqual({ node: '>=24' })
})

test('says what to install where traces are asked for', async () => {
  const env = { ...variables, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }
  const child = spawn('npx', ['magicband', 'start'], { cwd: home, env })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const [code] = await once(child, 'close')
  expect([code, said]).toEqual([2, expect.stringContaining('npm install @opentelemetry/sdk-node')])
})
