import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { startSandbox } from '../src/sandbox/sandbox.ts'
import { version } from '../src/version.ts'
import { type CommandFolder, makeCommandFolder } from './command-line.ts'
import { makeTables, writeRows } from './database-script.ts'
import { startPostgres } from './postgres.ts'
import { releasedFolder } from './released-data.ts'
import { liveInWorld, releasedCommunities } from './released-world.ts'
import { serviceVariables } from './services.ts'

/**
 * Makes the folder of this version in `test/data/released`, which every later version is tested to upgrade: run with each
 * new migration, and by each release, before its heading stands in CHANGELOG.md. The database is one that real commands
 * and a real server have written, on SQLite; PostgreSQL gets it by `backup` and `restore`.
 */
const folder = join(releasedFolder, version)
const changelog = readFileSync(new URL('../CHANGELOG.md', import.meta.url), 'utf8')
if (changelog.includes(`\n## ${version}`)) throw new Error(`${version} is released: what it left behind stays as it is`)

const sandbox = await startSandbox({ clock: Date.now })
const commands = makeCommandFolder(releasedCommunities)
try {
  Object.assign(commands.environment, serviceVariables(sandbox.addresses), { PUBLIC_URL: 'https://band.example' })
  const schema = await makeTables(commands.databaseUrl)
  // Posts to Discord wait, as they do where it is down at the time of an upgrade.
  sandbox.fail('discord', { mode: '500' })
  const calls = await liveInWorld(commands)
  mkdirSync(join(folder, 'communities'), { recursive: true })
  for (const [slug, text] of Object.entries(releasedCommunities))
    writeFileSync(join(folder, 'communities', `${slug}.yaml`), text)
  writeFileSync(join(folder, 'calls.json'), `${JSON.stringify(calls, undefined, 2)}\n`)
  writeScript('sqlite.sql', [...schema, ...(await writeRows(commands.databaseUrl))])
  writeScript('postgres.sql', await moveToPostgres(commands))
} finally {
  await commands.remove()
  await sandbox.close()
}

function writeScript(name: string, statements: readonly string[]): void {
  writeFileSync(join(folder, name), statements.map((statement) => `${statement};\n`).join(''))
}

/** The same rows on PostgreSQL, as a script. */
async function moveToPostgres(from: CommandFolder): Promise<string[]> {
  const postgres = await startPostgres()
  try {
    const client = new Client(postgres.url)
    await client.connect()
    await client.query('create database released')
    await client.end()
    const url = new URL('/released', postgres.url).href
    const schema = await makeTables(url)
    await succeed(from, ['backup', 'all.backup'])
    await succeed(from, ['restore', 'all.backup'], { DATABASE_URL: url })
    return [...schema, ...(await writeRows(url))]
  } finally {
    await postgres.remove()
  }
}

async function succeed(from: CommandFolder, args: readonly string[], more?: Record<string, string>): Promise<void> {
  const { code, stderr } = await from.run(args, more)
  if (code !== 0) throw new Error(`${args[0]} failed: ${stderr}`)
}
