import type { Clock } from '../../clock.ts'
import type { Community } from '../../config/community.ts'
import type { Database } from '../../database/database.ts'
import type { HttpClient } from '../../outside/http-client.ts'
import type { ServiceHealth } from '../../outside/service-health.ts'

export type StatusDependencies = {
  database: Database
  clock: Clock
  roblox: { apis: HttpClient; users: HttpClient; groups: HttpClient }
  pastebin: HttpClient
  discord: HttpClient
  version: string
  /** Milliseconds since the process began to serve. */
  uptimeMs: () => number
  databaseHealth: DatabaseHealth
}

/** When the database was last read with success, for as long as this process runs. */
export type DatabaseHealth = { lastSeenAt: number | undefined; latencyMs: number | undefined }

type Part = { status: ServiceHealth['status']; lastSeen?: string; latencyMs?: number }
export type Status = {
  status: 'ok' | 'degraded' | 'down'
  version: string
  uptime: number
  database: Part
  roblox: Part
  discord: Part
  pastebin: Part
}

const unused: ServiceHealth = { status: 'unused', lastSeenAt: undefined, latencyMs: undefined, isLimited: false }

/** Reads the database once, to tell whether it can be read. */
export async function isDatabaseUp({ database, clock, databaseHealth }: StatusDependencies): Promise<boolean> {
  const startedAt = clock()
  try {
    await database.check()
  } catch {
    // The caller asks whether it works; the requests that need it log why it doesn't.
    return false
  }
  databaseHealth.lastSeenAt = clock()
  databaseHealth.latencyMs = databaseHealth.lastSeenAt - startedAt
  return true
}

/** How the server and what it stands on are doing, for one community (contract `/status`). */
export async function describeStatus(dependencies: StatusDependencies, community: Community): Promise<Status> {
  const { version, databaseHealth } = dependencies
  const isUp = await isDatabaseUp(dependencies)
  const isWhole = dependencies.database.takesWrites
  const database = toPart({
    status: isUp ? (isWhole ? 'ok' : 'degraded') : 'down',
    ...databaseHealth,
    isLimited: false,
  })
  const roblox = toPart(worst(listRoblox(dependencies, community)))
  const webhook = community.discord.webhooks.audit
  const discord = toPart(webhook === undefined ? unused : dependencies.discord.health(webhook))
  const { paste, pastebinKey } = community.applications
  const pastebin = toPart(paste === 'pastebin' ? dependencies.pastebin.health(pastebinKey) : unused)
  const isWell = [database, roblox, discord, pastebin].every((part) => part.status === 'ok' || part.status === 'unused')
  return {
    status: isUp ? (isWell ? 'ok' : 'degraded') : 'down',
    version,
    uptime: Math.floor(dependencies.uptimeMs() / 1000),
    database,
    roblox,
    discord,
    pastebin,
  }
}

/** What a community stands on: the public list of groups only where Open Cloud, which is asked first, doesn't answer. */
function listRoblox({ roblox: { apis, users, groups } }: StatusDependencies, community: Community): ServiceHealth[] {
  const { apiKey } = community.roblox
  const openCloud = apiKey === undefined ? unused : apis.health(apiKey)
  const isAnswering = openCloud.status === 'ok' && !openCloud.isLimited
  return [openCloud, users.health(), ...(isAnswering ? [] : [groups.health()])]
}

/** Roblox is several services: one that fails is a degraded Roblox, and it is down when all that were asked are. */
function worst(parts: ServiceHealth[]): ServiceHealth {
  const asked = parts.filter((part) => part.status !== 'unused')
  const latest = asked.toSorted((a, b) => (b.lastSeenAt ?? 0) - (a.lastSeenAt ?? 0))[0]
  if (latest === undefined) return unused
  if (asked.every((part) => part.status === 'down')) return { ...latest, status: 'down' }
  return { ...latest, status: asked.every((part) => part.status === 'ok') ? 'ok' : 'degraded' }
}

function toPart({ status, lastSeenAt, latencyMs }: ServiceHealth): Part {
  return {
    status,
    ...(lastSeenAt === undefined ? {} : { lastSeen: new Date(lastSeenAt).toISOString() }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
  }
}
