import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Magicband, startMagicband } from '../../../test/magicband.ts'
import { readSnippets } from '../../../test/snippets.ts'

/** The package as somebody has it who installs it: built, packed, and installed into an empty folder. */
const source = fileURLToPath(new URL('..', import.meta.url))
const root = join(source, '..', '..')
const run = promisify(execFile)

let folder: string
let files: string[]
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'magicband-client-'))
  const built = join(folder, 'built')
  await run(process.execPath, [join(source, 'build.ts'), built])
  const { stdout } = await npm(['pack', built, '--json', '--pack-destination', folder])
  const [packed] = JSON.parse(stdout)
  files = packed.files.map(({ path }: { path: string }) => path)
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}')
  await npm(['install', '--offline', '--no-audit', '--no-fund', join(folder, packed.filename)])
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

function npm(args: string[]): Promise<{ stdout: string }> {
  return run('npm', args, { cwd: folder, shell: process.platform === 'win32' })
}

/** Runs a program in the folder, in a plain Node without anything of this checkout. */
async function runThere(code: string, env: Record<string, string> = {}): Promise<string> {
  writeFileSync(join(folder, 'program.mjs'), code)
  // Less than the client's limit of time, whose timer must not keep a program alive.
  const options = { cwd: folder, env: { PATH: '', ...env }, timeout: 14_000 }
  const { stdout } = await run(process.execPath, ['program.mjs'], options)
  return stdout
}

const modules = ['api', 'client', 'error', 'index', 'openapi', 'options', 'refusal', 'send']

test('has its modules, their types, a licence and a manual, and nothing else', () => {
  const expected = modules.flatMap((name) => [`${name}.js`, `${name}.d.ts`])
  expect(files.toSorted()).toEqual([...expected, 'LICENSE', 'README.md', 'package.json'].toSorted())
})

test('depends on nothing, and says on what it runs', () => {
  const manifest = JSON.parse(readFileSync(join(folder, 'node_modules/@magicband/client/package.json'), 'utf8'))
  expect(manifest).toMatchObject({ name: '@magicband/client', type: 'module', sideEffects: false, license: 'MIT' })
  for (const name of ['dependencies', 'peerDependencies', 'scripts', 'private'])
    expect(manifest).not.toHaveProperty(name)
  expect(manifest.version).toBe(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version)
})

test('uses nothing but what browsers have, too', () => {
  for (const name of modules) {
    const code = readFileSync(join(folder, 'node_modules/@magicband/client', `${name}.js`), 'utf8')
    const imported = [...code.matchAll(/from '([^']+)'/g)].map(([, path]) => path)
    expect([name, imported.filter((path) => !path?.startsWith('./'))]).toEqual([name, []])
    expect(code).not.toMatch(/\b(?:process|Buffer|require|global)\b/)
  }
})

test('is imported by a plain Node', async () => {
  const names = await runThere("import * as all from '@magicband/client'\nconsole.log(Object.keys(all).join())")
  expect(names).toBe('MagicbandError,createClient\n')
})

describe('the programs of the manual', () => {
  let band: Magicband
  beforeAll(async () => {
    band = await startMagicband()
  })
  afterAll(() => band.stop())

  test.each([
    [
      0,
      'CastOne (1002) is Cast Member and has 0 points.\nSuccessfully granted **CastOne** the **tot** certification.\n',
    ],
    [
      1,
      'Successfully banned **Visitor100001** ([100001](https://www.roblox.com/users/100001/profile)) for **bad boy**.\n',
    ],
  ])('number %i works as it stands', async (number, output) => {
    const code = readSnippets('clients/typescript/README.md', 'js')[number] ?? ''
    const env = { MAGICBAND_ADDRESS: band.address, MAGICBAND_KEY: band.keys.wed?.bot ?? '' }
    expect(await runThere(code, env)).toBe(output)
    expect(readSnippets('clients/typescript/README.md', 'js')).toHaveLength(2)
  })

  test('list every method and every code', () => {
    const manual = readFileSync(join(source, 'README.md'), 'utf8')
    const codes = readFileSync(join(source, 'src/error.ts'), 'utf8').matchAll(/^ {2}\| '([\w-]+)'$/gm)
    const names = [...codes].map(([, name]) => name ?? '')
    expect(names.length).toBeGreaterThan(20)
    for (const name of names) expect(manual).toContain(`\`${name}\``)
  })
})

describe('its types', () => {
  const program = readFileSync(new URL('./types-example.txt', import.meta.url), 'utf8')
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
  const node = { types: ['node'], typeRoots: [join(root, 'node_modules/@types')], lib: ['es2024'] }
  const browser = { types: [], lib: ['es2024', 'dom'] }

  test.each([
    ['Node', { ...node, module: 'nodenext' }],
    ['a browser, by a bundler', { ...browser, module: 'esnext', moduleResolution: 'bundler' }],
  ])('are right in %s: what is wrong does not compile', async (name, options) => {
    const there = join(folder, `types-${name.slice(0, 4).trim()}`)
    mkdirSync(there)
    writeFileSync(join(there, 'program.mts'), program)
    const strict = { strict: true, noEmit: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true }
    // Of all types, also those of the package.
    const compilerOptions = { ...strict, ...options, target: 'es2024', skipLibCheck: false }
    writeFileSync(join(there, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.mts'] }))
    const compiled = await run(process.execPath, [compiler, '-p', there]).catch((error) => error)
    expect(compiled.stdout).toBe('')
  })
})

test('the types are those of the OpenAPI document: renew them with npm run generate', () => {
  const { paths, components } = JSON.parse(readFileSync(join(root, 'openapi.json'), 'utf8'))
  const hash = createHash('sha256').update(JSON.stringify({ paths, components })).digest('hex')
  const [first] = readFileSync(join(source, 'src/openapi.ts'), 'utf8').split('\n')
  expect(first).toBe(`// Of openapi.json with the SHA-256 ${hash}`)
})
