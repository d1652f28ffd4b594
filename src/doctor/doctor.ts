import { pino } from 'pino'
import type { Clock } from '../clock.ts'
import type { Community } from '../config/community.ts'
import type { ServiceAddresses } from '../config/environment.ts'
import { adviseOnDatabase } from '../database/advice.ts'
import { type Database, DatabaseUnusable, type Migrated, openDatabase } from '../database/database.ts'
import { DiskFailed } from '../database/engine.ts'
import { type ListedJob, listJobs } from '../jobs/queue.ts'
import { HttpClient } from '../outside/http-client.ts'
import { type Finding, ok, problem, warning } from './finding.ts'
import { checkRoblox } from './roblox-checks.ts'
import { checkServices } from './service-checks.ts'

type What = { communities: readonly Community[]; services: ServiceAddresses; databaseUrl: string; clock: Clock }

/** With less the next large write may be the last. */
const leastRoomMb = 100
/** A clock this far off makes ban ends and signatures wrong. */
const skewMs = 30_000

/** Checks the database, and for each community each outside service with its key; findings come as they are made. */
export async function* examine({ communities, services, databaseUrl, clock }: What): AsyncGenerator<Finding> {
  yield* await checkDatabase(databaseUrl)
  const log = pino({ level: 'silent' })
  const client = (service: string, origin: string, hasPlainErrors = false) =>
    new HttpClient({ service, origin, clock, log, hasPlainErrors, timeoutMs: 4000 })
  const clients = {
    apis: client('roblox open cloud', services.robloxApis),
    groups: client('roblox groups', services.robloxGroups),
    bloxlink: client('bloxlink', services.bloxlink),
    rover: client('rover', services.rover),
    discord: client('discord', services.discord),
    pastebin: client('pastebin', services.pastebin, true),
  }
  try {
    for (const community of communities) {
      const findings = [
        ...(await checkRoblox(clients, community, clock())),
        ...(await checkServices(clients, community)),
      ]
      for (const finding of findings) yield { ...finding, subject: `${community.slug}: ${finding.subject}` }
    }
    yield checkClock(clients.apis.clockSkewMs ?? clients.groups.clockSkewMs)
  } finally {
    await Promise.all(Object.values(clients).map((one) => one.close()))
  }
}

async function checkDatabase(databaseUrl: string): Promise<Finding[]> {
  let database: Database | undefined
  try {
    database = openDatabase(databaseUrl, { mustExist: true })
    const migrated = await database.migrate()
    // Nothing is written by this, but the database has to be ready to.
    await database.act(async () => undefined)
    return [
      ...describeMigrated(migrated),
      ...checkRoom(await database.freeBytes()),
      ...checkJobs(await listJobs(database.read, undefined)),
    ]
  } catch (error) {
    return [explainDatabase(error)]
  } finally {
    await database?.close()
  }
}

function describeMigrated({ done, newer }: Migrated): Finding[] {
  const works = ok('database', done.length === 0 ? 'works and is up to date' : 'works, and was brought up to date')
  if (newer.length === 0) return [works]
  const names = newer.join(', ')
  return [
    works,
    warning('database', `a newer version has done ${names}; this one works as well: upgrade it when it suits you`),
  ]
}

function checkRoom(bytes: number | undefined): Finding[] {
  if (bytes === undefined || bytes >= leastRoomMb * 1e6) return []
  const left = `${Math.floor(bytes / 1e6)} MB are left on its disk`
  return [problem('database', `${left}, and when it is full nothing can be written: make room`)]
}

function checkJobs(jobs: readonly ListedJob[]): Finding[] {
  const givenUp = jobs.filter((job) => job.state === 'given up')
  if (givenUp.length === 0) return []
  return [
    warning(
      'jobs',
      `${givenUp.length} jobs were given up: see \`jobs list\`, and \`jobs retry ID\` when they can be done, or \`jobs drop ID\``,
    ),
  ]
}

function explainDatabase(error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof DiskFailed) return problem('database', message)
  if (error instanceof DatabaseUnusable && error.isMissing)
    return warning('database', `${message}: \`magicband start\` makes it; if it should be there, check DATABASE_URL`)
  return problem('database', `${message}: ${adviseOnDatabase(error) ?? 'see what the database itself says of it'}`)
}

function checkClock(skew: number | undefined): Finding {
  if (skew === undefined) return warning('clock', 'no service told its time, so the clock could not be compared')
  if (Math.abs(skew) < skewMs) return ok('clock', 'agrees with that of Roblox')
  return problem(
    'clock',
    `is ${Math.round(Math.abs(skew) / 1000)} seconds ${skew > 0 ? 'behind' : 'ahead'}: switch on time synchronisation (NTP)`,
  )
}
