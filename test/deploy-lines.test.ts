import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readEnvironment } from '../src/config/environment.ts'
import { findMistake } from './command-parser.ts'
import { fillIn, readTypedLines } from './documented-lines.ts'
import { readDocuments, root } from './documents.ts'

// What the manual has somebody type for containers. No engine runs in tests: the lines are held to the compose files.

type Compose = { services: Record<string, { volumes?: string[]; tmpfs?: string[] }> }
/** A line for compose, taken apart: what is asked of it, with which options, of which services, and what they run. */
type ComposeLine = { file: string; verb: string; options: string[]; services: string[]; runs: string[] }

const lines = readDocuments()
  .flatMap(({ blocks }) => blocks)
  .filter(({ language }) => ['sh', 'console'].includes(language))
  .flatMap(readTypedLines)
const forms = { NAME: 'wed', FILE: 'before.backup' }
const words = lines.flatMap(({ file, line, commands }) =>
  commands.map((command) => ({ at: `${file}:${line}`, words: command.words.map((word) => fillIn(word, forms)) })),
)
const ofCompose = words.flatMap(({ at, words: [program, compose, ...rest] }) =>
  program === 'docker' && compose === 'compose' ? [{ at, ...takeApart(rest) }] : [],
)
const ofDocker = words.filter(({ words: [program, verb] }) => program === 'docker' && verb !== 'compose')

function takeApart([flag, file = '', verb = '', ...rest]: string[]): ComposeLine {
  // Without `--env-file` compose takes the `.env` beside its file.
  expect(flag).toBe('-f')
  const options: string[] = []
  while (rest[0]?.startsWith('-'))
    options.push(...rest.splice(0, ['--entrypoint', '--build-arg'].includes(rest[0]) ? 2 : 1))
  const isOfOne = ['exec', 'run'].includes(verb)
  return { file, verb, options, services: isOfOne ? rest.slice(0, 1) : rest, runs: isOfOne ? rest.slice(1) : [] }
}

/** What follows `magicband`: `exec` names the program itself, `run` has the image's entrypoint do it. */
function argumentsOf({ verb, options, runs }: ComposeLine): string[] | undefined {
  if (verb === 'run') return options.includes('--entrypoint') ? undefined : runs
  return runs[0] === 'magicband' ? runs.slice(1) : undefined
}

test('there are such lines', () => {
  expect(ofCompose.length).toBeGreaterThan(20)
  expect(ofDocker.length).toBeGreaterThan(8)
})

describe('a line for compose', () => {
  test.for(ofCompose.map((line) => [line.at, line] as const))('%s', async ([, line]) => {
    const { services }: Compose = parse(readFileSync(join(root, line.file), 'utf8'), { merge: true })
    expect(['up', 'build', 'stop', 'exec', 'run']).toContain(line.verb)
    expect(line.services.filter((name) => services[name] === undefined)).toEqual([])
    // What runs beside the service must go again, and start nothing that was stopped for it.
    if (line.verb === 'run') expect(line.options).toEqual(expect.arrayContaining(['--rm', '--no-deps']))
    const given = argumentsOf(line)
    if (given === undefined) return
    expect(await findMistake(given)).toBe(undefined)
    if (given[0] === 'backup' || given[0] === 'restore') {
      expect(given[1]).toMatch(/^\/backups\//)
      expect(services[line.services[0] ?? '']?.volumes).toContain('../backups:/backups')
    }
  })
})

describe('a line for Docker', () => {
  const runs = ofDocker.filter(({ words: all }) => all[1] === 'run' && all.includes('magicband'))

  test.for(ofDocker.map((line) => [line.at, line] as const))('%s', async ([, { words: all }]) => {
    // The image's own command is `start`.
    const program = all.lastIndexOf('magicband')
    const given = all.slice(program + 1)
    if (['exec', 'run'].includes(all[1] ?? '') && program >= 0)
      expect(await findMistake(given.length > 0 ? given : ['start'])).toBe(undefined)
    const backup = given.find((word) => word.endsWith('.backup'))
    if (backup !== undefined) expect(backup).toMatch(/^\/backups\//)
  })

  test('mounts the backups, and restores where a server finds it', () => {
    expect(runs.length).toBe(2)
    for (const { words: all } of runs) expect(all.some((word) => word.startsWith('$PWD/backups:/backups'))).toBe(true)
  })

  test('serves where it publishes, whatever .env says of HOST and PORT', () => {
    const serve = runs.find(({ words: all }) => all.includes('-d'))?.words ?? []
    const set = serve.filter((_word, index) => serve[index - 1] === '-e').map((word) => word.split('='))
    const given = { HOST: '127.0.0.1', PORT: '8080', ...Object.fromEntries(set) }
    const { host, port } = readEnvironment(given)
    expect([host, serve.includes(`127.0.0.1:3000:${port}`)]).toEqual(['0.0.0.0', true])
    expect(serve.filter((word) => /^max-(?:size|file)=/.test(word)).length).toBe(2)
  })
})

describe('docs/upgrading.md', () => {
  const text = readFileSync(join(root, 'docs/upgrading.md'), 'utf8')
  const steps: [string, RegExp[]][] = [
    ['A checkout', [/magicband -- backup/, /\nStop it/, /git pull/, /npm ci/, /npm start/]],
    ['The package', [/npm pack/, /magicband backup/, /\nStop it/, /npm install/, /magicband start/]],
    ['systemd', [/git pull/, /npm pack/, /magicband backup/, /systemctl stop/, /npm install/, /systemctl start/]],
    ['Docker', [/magicband backup/, /git pull/, /docker build/, /docker stop/, /docker rm/, /docker run/]],
    ['Compose with SQLite', [/magicband backup/, /git pull/, / build\n/, / up /]],
    ['Compose with PostgreSQL', [/magicband backup/, /git pull/, / build\n/, / up .*magicband-1/, / up .*magicband-2/]],
  ]

  test.each(steps)('%s: each step comes after the one that it needs', (heading, patterns) => {
    const [, section = ''] = text.split(`\n### ${heading}\n`)
    const [own = ''] = section.split(/\n##+ /)
    const places = patterns.map((pattern) => own.search(pattern))
    expect(places.filter((place) => place < 0)).toEqual([])
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  })
})
