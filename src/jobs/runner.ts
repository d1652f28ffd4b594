import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { JobOutcome } from '../telemetry/job-metrics.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { followJob } from './follow.ts'
import {
  claimJobs,
  failJob,
  freeStaleJobs,
  hasDueJob,
  hasLockedJob,
  type Job,
  postponeJob,
  removeJob,
  renewLocks,
} from './queue.ts'

/** Does the work of one kind of job. It may run twice for one job, and says by `JobGivenUp` that no later try can help. */
export type Task = (job: Job) => Promise<void>

/** Thrown by a task whose work can never be done. */
export class JobGivenUp extends Error {}

const pollMs = 250
const atOnce = 8
/** A runner renews its locks much more often than this: an older one belongs to a runner that is gone. */
const staleLockMs = 30_000
const leastWaitMs = 500
/** While the database is away, this is told so often. */
const toldAgainMs = 60_000

type Dependencies = {
  database: Database
  clock: Clock
  tasks: Readonly<Record<string, Task>>
  log: Logger
  telemetry?: Telemetry
  name: string
}

/** Runs jobs, those that are due and a few at a time, until it is stopped; a stop finishes what runs. */
export class JobRunner {
  readonly #database: Database
  readonly #clock: Clock
  readonly #tasks: Readonly<Record<string, Task>>
  readonly #log: Logger
  readonly #telemetry: Telemetry | undefined
  readonly #name: string
  /** By the id of the job. */
  readonly #running = new Map<string, Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  #polling: Promise<void> | undefined
  #isStopped = false
  #unreadableToldAt = Number.NEGATIVE_INFINITY

  constructor({ database, clock, tasks, log, telemetry, name }: Dependencies) {
    this.#database = database
    this.#clock = clock
    this.#tasks = tasks
    this.#log = log
    this.#telemetry = telemetry
    this.#name = name
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#polling = this.#poll().finally(() => {
        if (!this.#isStopped) this.start()
      })
    }, pollMs)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#polling
    await Promise.all(this.#running.values())
  }

  /** Renews the locks of what runs here, and frees the jobs of runners that are gone; to be called every few seconds. */
  async keepLocks(): Promise<void> {
    const now = this.#clock()
    if (!(await hasLockedJob(this.#database.read))) return
    await this.#database.act(async (trx) => {
      // Not of a job that could not be put back: nobody would run it again.
      await renewLocks(trx, { runner: this.#name, ids: [...this.#running.keys()], now })
      await freeStaleJobs(trx, now - staleLockMs)
    })
  }

  async #poll(): Promise<void> {
    try {
      const limit = atOnce - this.#running.size
      const now = this.#clock()
      if (limit <= 0 || !(await hasDueJob(this.#database.read, now))) return
      const jobs = await this.#database.act((trx) => claimJobs(trx, { runner: this.#name, now, limit }))
      for (const job of jobs) {
        const running = followJob(this.#telemetry, job, () => this.#run(job)).finally(() =>
          this.#running.delete(job.id),
        )
        this.#running.set(job.id, running)
      }
      this.#unreadableToldAt = Number.NEGATIVE_INFINITY
    } catch (error) {
      const now = this.#clock()
      if (now - this.#unreadableToldAt < toldAgainMs) return
      this.#unreadableToldAt = now
      this.#log.error(
        { err: error },
        'jobs could not be read from the database, and wait; they are tried again at once: if this goes on, check the database',
      )
    }
  }

  async #run(job: Job): Promise<JobOutcome> {
    const about = { job: job.id, task: job.task, community: job.community, attempts: job.attempts + 1 }
    try {
      const task = this.#tasks[job.task]
      if (task === undefined) throw new JobGivenUp(`this version knows no task named ${job.task}`)
      await task(job)
      await this.#database.act((trx) => removeJob(trx, job))
      this.#log.debug(about, 'job done')
      return 'done'
    } catch (error) {
      return this.#fail(job, error, about)
    }
  }

  async #fail(job: Job, error: unknown, about: object): Promise<JobOutcome> {
    const message = error instanceof Error ? error.message : String(error)
    const isFinal = error instanceof JobGivenUp
    const waitMs = isFinal ? undefined : waitOf(error)
    const now = this.#clock()
    try {
      if (waitMs !== undefined) {
        await this.#database.act((trx) => postponeJob(trx, job, { error: message, runAt: now + waitMs }))
        this.#log.debug({ ...about, waitMs }, 'job postponed: the service that it needs wants to be left alone')
        return 'postponed'
      }
      const { isGivenUp } = await this.#database.act((trx) => failJob(trx, job, { error: message, now, isFinal }))
      // What a task says when it gives up is for `jobs list`: it may name a player, which no line of the log does.
      if (isGivenUp)
        this.#log.error(
          { ...about, ...(isFinal ? {} : { err: error }) },
          'a job was given up, and what it is for is not done: `magicband jobs list` says why; mend that, then `jobs retry`',
        )
      else
        this.#log.warn(
          { ...about, err: error },
          'a job failed and is tried again later: nothing needs to be done unless it is given up',
        )
      return isGivenUp ? 'given_up' : 'failed'
    } catch (cause) {
      // Its lock goes stale, and the job is run again then.
      this.#log.error(
        { ...about, err: cause },
        'a failed job could not be put back, and runs again in about a minute: if this goes on, check the database',
      )
      return 'failed'
    }
  }
}

/** How long the service that a task asked wants to be left alone, where it says so: then it was no try. */
function waitOf(error: unknown): number | undefined {
  const isTold = error instanceof Error && 'retryAfterMs' in error && typeof error.retryAfterMs === 'number'
  return isTold ? Math.max(leastWaitMs, Number(error.retryAfterMs)) : undefined
}
