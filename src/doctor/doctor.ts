import { pino } from 'pino'
import type { Clock } from '../clock.ts'
import type { Community } from '../config/community.ts'
import type { ServiceAddresses } from '../config/environment.ts'
import { adviseOnDatabase } from '../database/advice.ts'
import { type Database, openDatabase } from '../database/database.ts'
import { DiskFailed } from '../database/engine.ts'
import { listJobs } from '../jobs/queue.ts'
import { HttpClient } from '../outside/http-client.ts'
import { type Finding, ok, problem, warning } from './finding.ts'
import { checkRoblox } from './roblox-checks.ts'
import { checkServices } from './service-checks.ts'

type What = { communities: readonly Community[]; services: ServiceAddresses; databaseUrl: string; clock: Clock }

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
    database = openDatabase(databaseUrl)
    const { done, newer } = await database.migrate()
    const givenUp = (await listJobs(database.read, undefined)).filter((job) => job.state === 'given up')
    return [
      ok('database', done.length === 0 ? 'works and is up to date' : 'works, and was brought up to date'),
      ...(newer.length === 0
        ? []
        : [
            warning(
              'database',
              `a newer version has done ${newer.join(', ')}, with which this one works as well: upgrade it when it suits you`,
            ),
          ]),
      ...(givenUp.length === 0
        ? []
        : [
            warning(
              'jobs',
              `${givenUp.length} jobs were given up: see \`jobs list\`, and \`jobs retry ID\` when they can be done`,
            ),
          ]),
    ]
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (error instanceof DiskFailed) return [problem('database', message)]
    return [problem('database', `${message}: ${adviseOnDatabase(error) ?? 'see what the database itself says of it'}`)]
  } finally {
    await database?.close()
  }
}

function checkClock(skew: number | undefined): Finding {
  if (skew === undefined) return warning('clock', 'no service told its time, so the clock could not be compared')
  if (Math.abs(skew) < skewMs) return ok('clock', 'agrees with that of Roblox')
  return problem(
    'clock',
    `is ${Math.round(Math.abs(skew) / 1000)} seconds ${skew > 0 ? 'behind' : 'ahead'}: switch on time synchronisation (NTP)`,
  )
}
