import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../src/database/database.ts'
import type { Amount } from './data.ts'
import { fill, makeRemembered } from './data.ts'
import type { Outside } from './outside.ts'
import { magicband, type Program, runMagicband, startProgram } from './programs.ts'

/** A Magicband's folder, database and keys, to start servers on. */
export type Site = {
  url: string
  /** A key for games of `wed`, whose ranks stay fresh for a day, and one of `minute`, where they do for a minute. */
  keys: { wed: string; minute: string }
  start(more?: { name?: string; imports?: readonly string[]; environment?: Record<string, string> }): Promise<Program>
  run(...args: string[]): Promise<string>
}

/** A community of the sandbox's world. */
const communityFile = (rankSeconds: number) => `
name: Bench
roblox: { group: 1, apiKey: sandbox-open-cloud-key, rankSeconds: ${rankSeconds} }
ranks: { trainee: 10, cast: 50, clearance: [50, 100, 150] }
certifications:
  minimumRank: 10
  codes: { char: Characters, tot: Tower of Terror }
applications: { role: University Student, ladder: [Cast Member] }
`

const communities = { wed: communityFile(86_400), minute: communityFile(60) }

type Wanted = {
  url: string
  outside: Outside
  /** What to fill an empty database with; without it, what a full one remembers is made fresh. */
  amount?: Amount
  tell?: Parameters<typeof fill>[2]
  /** False for a floor's, which asks for none. */
  hasKeys?: boolean
}

/** Makes the folder and the keys of a Magicband on a database, which is brought up to date and filled. */
export async function makeSite(folder: string, { url, outside, amount, tell, hasKeys = true }: Wanted): Promise<Site> {
  const files = join(folder, 'communities')
  mkdirSync(files, { recursive: true })
  for (const [slug, text] of Object.entries(communities)) writeFileSync(join(files, `${slug}.yaml`), text)
  const environment = {
    MAGICBAND_COMMUNITIES: files,
    DATABASE_URL: url,
    PUBLIC_URL: 'https://band.example',
    ...outside.environment,
  }
  const run = (...args: string[]) => runMagicband(args, { folder, environment })
  const database = openDatabase(url)
  await database.migrate()
  await database.close()
  if (amount !== undefined) await fill(url, amount, tell ?? (() => undefined))
  else await makeRemembered(url, { community: 'wed', ageMs: 0 })
  const createKey = (slug: string) => run('key', 'create', '--community', slug, '--kind', 'game')
  const [wed = '', minute = ''] = await Promise.all(hasKeys ? ['wed', 'minute'].map(createKey) : [])
  return {
    url,
    keys: { wed, minute },
    run,
    start: ({ name = 'magicband', imports, environment: more } = {}) =>
      startProgram({
        name,
        args: magicband('start'),
        folder,
        environment: { ...environment, ...more },
        ...(imports && { imports }),
      }),
  }
}
