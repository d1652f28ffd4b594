import type { Logger } from 'pino'
import { forgetEntriesBefore } from '../audit/audit.store.ts'
import { type Origin, recordActs, type TrailDependencies } from '../audit/audit.ts'
import { splitBlanked } from '../audit/blanked.ts'
import type { Community } from '../config/community.ts'
import type { Database } from '../database/database.ts'
import type { Db } from '../database/schema.ts'
import { carryOverShifts } from './carry-over.ts'
import {
  deleteApplications,
  deleteEndedBans,
  deleteEndedBansOfErased,
  deleteJobsGivenUp,
  deletePages,
} from './retention.store.ts'
import { batchRows, inBatches, Turns } from './turns.ts'
import { forgetStrangers, forgetVisitors } from './visitors.ts'

const dayMs = 24 * 3_600_000
/** How long a job that was given up waits for somebody to look at it: its payload tells of people. */
const givenUpDays = 30

export type RetentionDependencies = TrailDependencies & {
  database: Database
  communities: ReadonlyMap<string, Community>
  log: Logger
}

const kinds = ['applications', 'bans', 'shifts', 'audit', 'visitors'] as const

/** Removes what is from before `before`, and says how many rows it was. */
type Removal = (
  dependencies: RetentionDependencies,
  limit: { community: Community; before: number },
  turns: Turns,
) => Promise<number>

const removals: Record<(typeof kinds)[number], Removal> = {
  applications: async ({ database, clock }, { community, before }, turns) => {
    const { slug, applications } = community
    // The cool-down counts from the decision, which may have come long after.
    const decidedBefore = clock() - applications.cooldownDays * dayMs
    const given = { community: slug, submittedBefore: before, decidedBefore, limit: batchRows }
    const pages = { community: slug, before, limit: batchRows }
    return (
      (await inBatches(turns, () => database.act((trx) => deleteApplications(trx, given)))) +
      (await inBatches(turns, () => database.act((trx) => deletePages(trx, pages))))
    )
  },
  bans: ({ database }, { community, before }, turns) => {
    const given = { community: community.slug, before, limit: batchRows }
    return inBatches(turns, () => database.act((trx) => deleteEndedBans(trx, given)))
  },
  shifts: (dependencies, { community, before }, turns) =>
    carryOverShifts(dependencies, { community: community.slug, before }, turns),
  audit: (dependencies, { community, before }, turns) => {
    const origin = { community: community.slug, keyId: 'retention', requestId: dependencies.createId() }
    return inBatches(turns, () =>
      dependencies.database.act((trx) => forgetEntries(trx, dependencies, { origin, before })),
    )
  },
  visitors: ({ database }, { community, before }, turns) =>
    forgetVisitors(database, { community: community.slug, before }, turns),
}

/** Blanks a batch of old audit entries, and names them in the trail, or each would look like one that was tampered with. */
async function forgetEntries(
  trx: Db,
  dependencies: TrailDependencies,
  { origin, before }: { origin: Origin; before: number },
): Promise<number> {
  const given = { community: origin.community, before, limit: batchRows }
  const sequences = await forgetEntriesBefore(trx, given)
  const parts = splitBlanked(sequences)
  await recordActs(
    trx,
    dependencies,
    origin,
    parts.map((blanked) => ({ act: 'audit.forget', after: { blanked } })),
  )
  return sequences.length
}

/**
 * Removes what is older than its community keeps it, in small acts. What is left when the turns of a kind are used up, or
 * when `signal` says stop, is left to the next run. Several may run at once.
 */
export async function enforceRetention(
  dependencies: RetentionDependencies,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const { database, communities, clock, log } = dependencies
  const report = (kind: string, rows: number, community?: string) => {
    if (rows > 0) log.info({ community, kind, rows }, 'what was kept long enough is removed')
  }
  const now = clock()
  report('jobs', await database.act((trx) => deleteJobsGivenUp(trx, now - givenUpDays * dayMs)))
  for (const community of communities.values()) {
    const { slug, retention } = community
    const ofErased = await database.act((trx) => deleteEndedBansOfErased(trx, { community: slug, now }))
    report('bans of erased players', ofErased, slug)
    for (const kind of kinds) {
      const days = retention[kind]
      if (days === undefined) continue
      const limit = { community, before: now - days * dayMs }
      report(kind, await removals[kind](dependencies, limit, new Turns(signal)), slug)
    }
  }
  const days = findLongest([...communities.values()].map(({ retention }) => retention.visitors))
  if (days === undefined) return
  report('names', await forgetStrangers(database, now - days * dayMs, new Turns(signal)))
}

/** Undefined where one of them is, or where there is none. */
function findLongest(days: readonly (number | undefined)[]): number | undefined {
  const known = days.filter((one) => one !== undefined)
  return known.length === days.length && known.length > 0 ? Math.max(...known) : undefined
}
