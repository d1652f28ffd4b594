import { execFile } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseCommunity } from '../src/config/community.ts'
import { communityJsonSchema } from '../src/config/community-schema.ts'
import { type Block, exists, listAnchors, readDocuments, readLinks, root } from './documents.ts'
import { communityFile } from './magicband.ts'
import { makeTemporaryFolder } from './temporary-folder.ts'

// What the manual shows is right. Its command lines are run in docs-commands.test.ts.

/** Languages that something else is asked about, and what. */
const readByOthers: Readonly<Record<string, string>> = {
  sh: 'docs-commands.test.ts',
  console: 'docs-commands.test.ts',
  cron: 'its command is one that stands elsewhere as sh',
  csv: 'the examples of docs/moving-in.md are imported by docs-commands.test.ts',
  '': 'a drawing, or the settings of a program that is not ours',
}

const documents = readDocuments()
const blocks = documents.flatMap((document) => document.blocks)
const run = promisify(execFile)
const folder = makeTemporaryFolder('docs')
afterAll(() => rmSync(folder, { recursive: true }))

const at = ({ file, line }: Block) => `${file}:${line}`

/** The checks of a block, by its language. A language that is neither here nor above fails the test below. */
const checks: Readonly<Record<string, (block: Block) => Promise<void> | void>> = {
  yaml: ({ code }) => checkYaml(code),
  json: ({ code }) => {
    JSON.parse(code)
  },
  lua: checkLuau,
  js: checkJavaScript,
  ts: checkTypeScript,
}

test('each block of code says what it is, in a language that is checked', () => {
  const unknown = blocks.filter(({ language }) => !(language in checks) && !(language in readByOthers))
  const advice =
    'write sh, console, yaml, json, lua, js or ts after the fence, or add the language to readByOthers, with the reason'
  expect(unknown.map((block) => `${at(block)}: ${block.language}: ${advice}`)).toEqual([])
})

describe.each(Object.entries(checks).filter(([language]) => blocks.some((block) => block.language === language)))(
  'what is written in %s is right',
  (language, check) => {
    const own = blocks.filter((block) => block.language === language)
    test.for(own.map((block) => [at(block), block] as const))('%s', ([, block]) => check(block))
  },
)

/** A part of a community file is right in a community file. */
function checkYaml(code: string): void {
  const read: unknown = parse(code)
  // The line for editors, alone.
  if (read === null && code.startsWith('# yaml-language-server:')) return
  if (typeof read !== 'object' || read === null) throw new Error('it holds no members')
  const members = Object.keys(communityJsonSchema().properties ?? {})
  const strangers = Object.keys(read).filter((name) => !members.includes(name))
  // Files of other programs, such as those of Compose, say in their first line what they are called.
  if (strangers.length === Object.keys(read).length && /^# [\w./-]+\.ya?ml\b/.test(code)) return
  const base: Record<string, unknown> = parse(communityFile)
  const text = JSON.stringify({ ...base, ...read })
  const names = [...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => [name, 'x'.repeat(40)])
  parseCommunity({ slug: 'wed', file: 'the block, in a community file', text, variables: Object.fromEntries(names) })
}

/** In a process of its own: starting Luau takes something away from the process's WebAssembly. */
async function checkLuau({ file, line, code }: Block): Promise<void> {
  const program = `
    import { startLuau } from ${JSON.stringify(join(root, 'clients/luau/testing/luau.ts'))}
    const luau = await startLuau({})
    await luau.run(process.argv[1], process.argv[2])`
  const source = `local function never()\n${code}\nend\nreturn 1`
  await run(process.execPath, ['--input-type=module', '-e', program, source, `${file}:${line}`])
}

async function checkJavaScript({ code }: Block): Promise<void> {
  const file = join(folder, 'snippet.mjs')
  writeFileSync(file, code)
  await run(process.execPath, ['--check', file])
}

async function checkTypeScript({ line, code }: Block): Promise<void> {
  const there = join(folder, `ts-${line}`)
  mkdirSync(there)
  symlinkSync(join(root, 'node_modules'), join(there, 'node_modules'))
  writeFileSync(join(there, 'package.json'), '{"type":"module"}')
  writeFileSync(join(there, 'snippet.ts'), code)
  const options = { extends: join(root, 'tsconfig.json'), include: ['snippet.ts'] }
  writeFileSync(join(there, 'tsconfig.json'), JSON.stringify(options))
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
  const { stdout } = await run(process.execPath, [compiler, '-p', there]).catch((error) => error)
  expect(stdout).toBe('')
}

describe('links', () => {
  const read = (file: string) => ({ file, text: readFileSync(join(root, file), 'utf8') })
  const pages = [...documents, read('ARCHITECTURE.md'), read('CHANGELOG.md')]

  test.for(pages.map((page) => [page.file, page] as const))('of %s lead to what is there', ([, page]) => {
    const links = readLinks(page)
    expect(links.filter(({ to }) => !exists(to)).map(({ to }) => `there is no ${to}`)).toEqual([])
    const lost = links.filter(({ to, anchor }) => anchor !== '' && to.endsWith('.md') && !listAnchors(to).has(anchor))
    expect(lost.map(({ to, anchor }) => `${to} has no heading for #${anchor}`)).toEqual([])
  })

  test('that stand as text alone name pages that are there', () => {
    for (const { file, text } of pages)
      for (const [page] of text.matchAll(/\bdocs\/[\w-]+\.md\b/g))
        expect([file, page, exists(page)]).toEqual([file, page, true])
  })

  test('lead from the README to every page of docs', () => {
    const reached = new Set(['README.md'])
    for (const file of reached) {
      if (!file.endsWith('.md') || !exists(file)) continue
      for (const { to } of readLinks(read(file))) reached.add(to)
    }
    const lost = documents.filter(({ file }) => file.startsWith('docs/') && !reached.has(file))
    expect(lost.map(({ file }) => `${file}: link it from the README, or from a page that is linked there`)).toEqual([])
  })
})

describe('docs/troubleshooting.md', () => {
  /** What is seen, and comes from programs of others. */
  const ofOthers = ['ERR_UNKNOWN_FILE_EXTENSION']
  const sources = globSync(['src/**/*.ts', 'clients/luau/Magicband.luau'], { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n')
    .replaceAll("\\'", "'")
  const text = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8')
  const seen = [...text.matchAll(/^\| (?!seen|---)(.*?) \|/gm)].map(([, cell = '']) => cell)
  const quotes = seen.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, quote = '']) => quote))

  test.for(quotes)('quotes what the program says: %s', (quote, { expect }) => {
    const parts = quote.split('…').map((part) => part.trim().replace(/^[:,] |: ?$/g, ''))
    const own = parts.filter((part) => part.length > 3 && !ofOthers.includes(part))
    expect(
      own.filter((part) => !sources.includes(part)),
      'the sources have another message',
    ).toEqual([])
  })

  test('quotes a message for most of what is seen', () => {
    expect(quotes.length).toBeGreaterThan(30)
  })
})
