import { hostname } from 'node:os'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { createWebhookTask } from './audit/audit.jobs.ts'
import { AuditTrail, webhookTask } from './audit/audit.ts'
import { type Clock, type RandomBytes, steadyClock } from './clock.ts'
import type { Community } from './config/community.ts'
import type { ServiceAddresses } from './config/environment.ts'
import { type Database, openDatabase } from './database/database.ts'
import { createObjectIds } from './database/object-id.ts'
import { createFinishRankingTask } from './features/application/application.jobs.ts'
import { finishRankingTask } from './features/application/approval.ts'
import { forgetPages } from './features/application/paste.ts'
import { createRestrictTask } from './features/ban/ban.jobs.ts'
import { restrictTask } from './features/ban/ban.ts'
import { forgetRepeats } from './features/shift/shift.ts'
import { StatusPage } from './features/status/status-page.ts'
import { AccessControl } from './http/access.ts'
import type { ConnectionLimits } from './http/connections.ts'
import { IdempotentCalls } from './http/idempotency.ts'
import { createServer } from './http/server.ts'
import { SharedCounts } from './http/shared-counts.ts'
import { readBacklog } from './jobs/queue.ts'
import { JobRunner } from './jobs/runner.ts'
import { Schedule } from './jobs/schedule.ts'
import { KeyRing } from './keys/key-ring.ts'
import type { ApiKey } from './keys/keys.store.ts'
import { forgetTokens } from './keys/tokens.ts'
import { HttpClient, type Manners } from './outside/http-client.ts'
import type { RobloxClients } from './outside/roblox.ts'
import { GroupRoles } from './players/group-roles.ts'
import { DiscordLinks } from './players/links.ts'
import { createLearnUserTask, learnUserTask } from './players/players.jobs.ts'
import { type Patience, Ranks } from './players/ranks.ts'
import { Users } from './players/users.ts'
import { createEraseTask, eraseTask } from './privacy/erasures.ts'
import { Pseudonyms } from './privacy/pseudonyms.ts'
import { enforceRetention } from './privacy/retention.ts'
import { createRandomBytes } from './random-bytes.ts'
import { LogContext } from './telemetry/log-context.ts'
import { Metrics } from './telemetry/metrics.ts'
import { MetricsServer } from './telemetry/metrics-server.ts'
import type { Telemetry } from './telemetry/telemetry.ts'
import type { Tracing } from './telemetry/tracing.ts'
import { version } from './version.ts'

export type AppOptions = {
  communities: readonly Community[]
  services: ServiceAddresses
  databaseUrl: string
  trustProxy: readonly string[]
  log: Logger
  /** That of the log, so that its lines say on whose behalf they are written. */
  logContext?: LogContext
  /** Where traces are asked for. */
  tracing?: Tracing | undefined
  clock?: Clock
  randomBytes?: RandomBytes
  /** Where this server is reached from outside; asked for when it is needed, since the port may not be known yet. */
  publicUrl: () => string
  /** Other limits of connections than the usual ones. */
  connectionLimits?: Partial<ConnectionLimits>
  /** Other patience with Roblox than the usual one. */
  patience?: Partial<Patience>
  /** Keys by their text that live outside of the database: the sandbox's. */
  fixedKeys?: ReadonlyMap<string, ApiKey>
}

/** One Magicband: everything but the listening. */
export type App = {
  server: FastifyInstance
  /** Answers scrapes on a port of its own, where it is told to listen on one. */
  metricsServer: MetricsServer
  database: Database
  /** Brings the database up to date, and starts the jobs and the regular work. */
  start(): Promise<void>
  /** Finishes what runs, then lets go of everything. */
  stop(): Promise<void>
}

const minuteMs = 60_000
/** A server that starts has more urgent things to do. */
const firstRetentionMs = 10_000
/** An upload waits for Pastebin; the built-in page is there at once. */
const pastebinTimeoutMs = 4000

/** Builds the whole object graph, in the order of the arrows of `ARCHITECTURE.md`. */
export function createApp(options: AppOptions): App {
  const { services, log, trustProxy, publicUrl } = options
  const clock = options.clock ?? Date.now
  const random = options.randomBytes ?? createRandomBytes()
  const uptime = steadyClock(clock)
  const startedAt = uptime()
  const communities = new Map(options.communities.map((community) => [community.slug, community]))

  const metrics = new Metrics({ version })
  const logContext = options.logContext ?? new LogContext()
  const telemetry: Telemetry = { metrics, tracing: options.tracing, logContext }
  const database = openDatabase(options.databaseUrl, { log, telemetry })
  metrics.database.watch(database)
  metrics.jobs.watch(() => readBacklog(database.read, clock()))
  const createId = createObjectIds(clock, random)

  const client = (service: string, origin: string, manners: Manners = {}) =>
    new HttpClient({ service, origin, clock, log, telemetry, ...manners })
  const apis = client('roblox open cloud', services.robloxApis)
  const robloxUsers = client('roblox users', services.robloxUsers)
  const groups = client('roblox groups', services.robloxGroups)
  const bloxlink = client('bloxlink', services.bloxlink)
  const rover = client('rover', services.rover)
  const discord = client('discord', services.discord, { onlyDenies: true })
  const pastebin = client('pastebin', services.pastebin, {
    timeoutMs: pastebinTimeoutMs,
    hasPlainErrors: true,
    onlyDenies: true,
  })
  const roblox: RobloxClients = { apis, users: robloxUsers, groups }

  const users = new Users({ database, roblox, clock, log })
  const groupRoles = new GroupRoles({ roblox, clock })
  const ranks = new Ranks({
    database,
    roblox,
    groupRoles,
    clock,
    log,
    ...(options.patience && { patience: options.patience }),
  })
  const links = new DiscordLinks({ database, bloxlink, rover, clock, log })
  const audit = new AuditTrail({ clock, createId, randomBytes: random })
  const pseudonyms = new Pseudonyms(database, random)
  const keyRing = new KeyRing(database, clock, options.fixedKeys ?? new Map())

  const shared = {
    communities,
    database,
    roblox,
    users,
    groupRoles,
    ranks,
    links,
    audit,
    pseudonyms,
    clock,
    randomBytes: random,
    createId,
    pastebin,
    publicUrl,
    log,
  }
  const databaseHealth = { lastSeenAt: undefined, latencyMs: undefined }
  const status = {
    database,
    clock,
    roblox: { apis, users: robloxUsers, groups },
    pastebin,
    discord,
    version,
    uptimeMs: () => uptime() - startedAt,
    databaseHealth,
  }
  const onStatusPage = options.communities.filter((community) => community.statusPage)
  const statusPage = onStatusPage.length > 0 ? new StatusPage(status, onStatusPage) : undefined

  const tasks = {
    [webhookTask]: createWebhookTask({ discord, communities, clock }),
    [restrictTask]: createRestrictTask({ database, roblox, communities, pseudonyms, clock }),
    [finishRankingTask]: createFinishRankingTask({ roblox, groupRoles, ranks, communities, clock }),
    [learnUserTask]: createLearnUserTask({ users }),
    [eraseTask]: createEraseTask(shared),
  }
  const instance = `${hostname()} ${process.pid} ${createId()}`
  const jobs = new JobRunner({ database, clock, tasks, log, telemetry, name: instance })
  const schedule = new Schedule(log)

  const counts = new SharedCounts({ database, clock, instance })
  const access = new AccessControl({ communities, keyRing, counts, clock })
  const idempotentCalls = new IdempotentCalls(database, clock)
  const server = createServer({
    features: { ...shared, status, statusPage },
    access,
    idempotentCalls,
    telemetry,
    log,
    trustProxy,
    version,
    ...(options.connectionLimits && { limits: options.connectionLimits }),
  })

  const metricsServer = new MetricsServer(metrics)

  return {
    server,
    metricsServer,
    database,
    start: async () => {
      const { done: migrations, newer } = await database.migrate()
      if (migrations.length > 0) log.info({ migrations }, 'the database was brought up to date')
      if (newer.length > 0)
        log.warn(
          { newer },
          'the database was brought up to a newer version, with which this one works as well: upgrade this instance too',
        )
      // Where nothing can be written, it is better known now.
      await database.act(async () => undefined)
      await pseudonyms.prepare(communities.keys())
      jobs.start()
      schedule.every(minuteMs, 'last use of keys', () => keyRing.writeLastUsed())
      schedule.every(5000, 'locks of jobs', () => jobs.keepLocks())
      schedule.every(minuteMs, 'repeated shifts', () => forgetRepeats(shared))
      schedule.every(10 * minuteMs, 'remembered answers', () => idempotentCalls.forget())
      schedule.every(10 * minuteMs, 'ended pages', () => forgetPages(shared))
      schedule.once(firstRetentionMs, 'retention', (signal) => enforceRetention(shared, signal))
      schedule.every(60 * minuteMs, 'retention', (signal) => enforceRetention(shared, signal))
      schedule.every(10 * minuteMs, 'ended tokens', () => forgetTokens(shared))
      schedule.every(1000, 'shared limits', () => access.shareCounts())
      schedule.every(minuteMs, 'ended limits', () => counts.forget())
    },
    stop: () =>
      runAll([
        () => server.close(),
        () => schedule.stop(),
        () => jobs.stop(),
        () => keyRing.writeLastUsed(),
        () => metricsServer.close(),
        ...[apis, robloxUsers, groups, bloxlink, rover, discord, pastebin].map((one) => () => one.close()),
        () => database.close(),
      ]),
  }
}

/** Runs one after the other, each whatever became of those before it. @throws AggregateError of what was thrown */
async function runAll(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'the stop was not clean')
}
