import type { Db } from '../database/schema.ts'
import type { Backlog } from '../telemetry/job-metrics.ts'

export type NewJob = { community: string; id: string; task: string; payload: object; runAt: number; now: number }
export type Job = { community: string; id: string; task: string; payload: unknown; attempts: number; createdAt: number }

/** After this many tries a job is given up and kept with its last error. */
const attemptsLimit = 25

/** Adds work to be done outside of a call, in the transaction that wants it done. */
export async function addJob(trx: Db, job: NewJob): Promise<void> {
  await trx
    .insertInto('job')
    .values({
      community: job.community,
      id: job.id,
      task: job.task,
      payload: JSON.stringify(job.payload),
      run_at: job.runAt,
      attempts: 0,
      last_error: null,
      locked_by: null,
      locked_at: null,
      given_up_at: null,
      created_at: job.now,
    })
    .execute()
}

export async function hasDueJob(db: Db, now: number): Promise<boolean> {
  const row = await dueJobs(db, now).select('id').limit(1).executeTakeFirst()
  return row !== undefined
}

/** Locks up to `limit` due jobs for `runner` and returns them; nobody else gets them while they are locked. */
export async function claimJobs(
  trx: Db,
  { runner, now, limit }: { runner: string; now: number; limit: number },
): Promise<Job[]> {
  const rows = await trx
    .updateTable('job')
    .set({ locked_by: runner, locked_at: now })
    .where((eb) =>
      // By the whole key, or SQLite would look at every job.
      eb(
        eb.refTuple('community', 'id'),
        'in',
        dueJobs(trx, now).select(['community', 'id']).orderBy('run_at').limit(limit).$asTuple('community', 'id'),
      ),
    )
    .where('locked_by', 'is', null)
    .returning(['community', 'id', 'task', 'payload', 'attempts', 'created_at'])
    .execute()
  return rows.map((row) => ({
    community: row.community,
    id: row.id,
    task: row.task,
    payload: JSON.parse(row.payload),
    attempts: row.attempts,
    createdAt: row.created_at,
  }))
}

export async function removeJob(trx: Db, { community, id }: Pick<Job, 'community' | 'id'>): Promise<void> {
  await trx.deleteFrom('job').where('community', '=', community).where('id', '=', id).execute()
}

/** Puts a job that failed back for a later try, `exp(min(attempts, 10))` seconds on, or gives it up. */
export async function failJob(
  trx: Db,
  job: Job,
  { error, now, isFinal }: { error: string; now: number; isFinal: boolean },
): Promise<{ isGivenUp: boolean }> {
  const attempts = job.attempts + 1
  const isGivenUp = isFinal || attempts >= attemptsLimit
  await trx
    .updateTable('job')
    .set({
      attempts,
      last_error: error.slice(0, 1000),
      run_at: now + Math.round(Math.exp(Math.min(attempts, 10)) * 1000),
      given_up_at: isGivenUp ? now : null,
      locked_by: null,
      locked_at: null,
    })
    .where('community', '=', job.community)
    .where('id', '=', job.id)
    .execute()
  return { isGivenUp }
}

/** Puts a job back that could not even be tried. */
export async function postponeJob(
  trx: Db,
  job: Job,
  { error, runAt }: { error: string; runAt: number },
): Promise<void> {
  await trx
    .updateTable('job')
    .set({ last_error: error.slice(0, 1000), run_at: runAt, locked_by: null, locked_at: null })
    .where('community', '=', job.community)
    .where('id', '=', job.id)
    .execute()
}

export async function hasLockedJob(db: Db): Promise<boolean> {
  const row = await db.selectFrom('job').select('id').where('locked_by', 'is not', null).limit(1).executeTakeFirst()
  return row !== undefined
}

export async function renewLocks(
  trx: Db,
  { runner, ids, now }: { runner: string; ids: readonly string[]; now: number },
): Promise<void> {
  if (ids.length === 0) return
  await trx.updateTable('job').set({ locked_at: now }).where('locked_by', '=', runner).where('id', 'in', ids).execute()
}

/** Frees the jobs of runners that stopped without a word before `lockedBefore`. */
export async function freeStaleJobs(trx: Db, lockedBefore: number): Promise<void> {
  await trx
    .updateTable('job')
    .set({ locked_by: null, locked_at: null })
    .where('locked_by', 'is not', null)
    .where('locked_at', '<', lockedBefore)
    .execute()
}

function dueJobs(db: Db, now: number) {
  return db.selectFrom('job').where('given_up_at', 'is', null).where('run_at', '<=', now).where('locked_by', 'is', null)
}

export type ListedJob = {
  id: string
  community: string
  task: string
  state: 'waiting' | 'running' | 'given up'
  attempts: number
  runAt: number
  lastError: string | undefined
}

const listLimit = 1000

/** The jobs that are not done, those that were given up first, then by when they run; 1,000 at most. */
export async function listJobs(db: Db, community: string | undefined): Promise<ListedJob[]> {
  let query = db
    .selectFrom('job')
    .select(['id', 'community', 'task', 'attempts', 'run_at', 'last_error', 'locked_by', 'given_up_at'])
    .orderBy((eb) => eb.case().when('given_up_at', 'is', null).then(1).else(0).end())
    .orderBy('run_at')
    .limit(listLimit)
  if (community !== undefined) query = query.where('community', '=', community)
  return (await query.execute()).map((row) => ({
    id: row.id,
    community: row.community,
    task: row.task,
    state: row.given_up_at !== null ? 'given up' : row.locked_by !== null ? 'running' : 'waiting',
    attempts: row.attempts,
    runAt: row.run_at,
    lastError: row.last_error ?? undefined,
  }))
}

/** How many jobs wait or were given up, by task, of the first 1,000 of each: a scrape must not take longer the more there are. */
export async function readBacklog(db: Db, now: number): Promise<Backlog> {
  const waiting = await db
    .selectFrom(firstJobs(db, 'waiting').as('first'))
    .groupBy('task')
    .select(({ fn }) => [
      'task',
      fn.countAll<number>().as('count'),
      fn.min('created_at').as('oldest'),
      fn.min('run_at').as('due'),
    ])
    .execute()
  const givenUp = await db
    .selectFrom(firstJobs(db, 'given up').as('first'))
    .groupBy('task')
    .select(({ fn }) => ['task', fn.countAll<number>().as('count')])
    .execute()
  return {
    tasks: waiting.map(({ task, count, oldest, due }) => ({
      task,
      waiting: count,
      oldestMs: Math.max(0, now - oldest),
      overdueMs: Math.max(0, now - due),
    })),
    givenUp: new Map(givenUp.map(({ task, count }) => [task, count])),
  }
}

function firstJobs(db: Db, state: 'waiting' | 'given up') {
  return db
    .selectFrom('job')
    .select(['task', 'created_at', 'run_at'])
    .$if(state === 'waiting', (query) => query.where('given_up_at', 'is', null))
    .$if(state === 'given up', (query) => query.where('given_up_at', '>', 0))
    .orderBy('given_up_at')
    .orderBy('run_at')
    .limit(listLimit)
}

/**
 * Makes a job that waits or was given up run at once, as if it were new.
 * @returns whether there is such a job that isn't running
 */
export async function retryJob(trx: Db, id: string, now: number): Promise<boolean> {
  const result = await trx
    .updateTable('job')
    .set({ run_at: now, attempts: 0, given_up_at: null, created_at: now })
    .where('id', '=', id)
    .where('locked_by', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Takes out a job that was given up, without doing it. @returns whether there was one */
export async function dropJob(trx: Db, id: string): Promise<boolean> {
  const result = await trx
    .deleteFrom('job')
    .where('id', '=', id)
    .where('given_up_at', 'is not', null)
    .where('locked_by', 'is', null)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}
