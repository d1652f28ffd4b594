import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { durationBuckets } from './buckets.ts'

/** What became of one run of a job. */
export type JobOutcome = 'done' | 'failed' | 'postponed' | 'given_up'

/** The jobs of one task in the database, which all instances have in common. */
export type TaskBacklog = {
  task: string
  waiting: number
  /** For how long the oldest one has existed, and how late the latest one is. */
  oldestMs: number
  overdueMs: number
}

export type Backlog = { tasks: readonly TaskBacklog[]; givenUp: ReadonlyMap<string, number> }

/** What is done after the answer. */
export class JobMetrics {
  readonly #ended: Counter<'task' | 'outcome'>
  readonly #durations: Histogram<'task'>
  readonly #gauges: { waiting: Gauge<'task'>; oldest: Gauge<'task'>; overdue: Gauge<'task'>; givenUp: Gauge<'task'> }
  #readBacklog: (() => Promise<Backlog>) | undefined

  constructor(registry: Registry) {
    const registers = [registry]
    this.#ended = new Counter({
      name: 'magicband_job_runs_total',
      help: 'Runs of jobs by this process, by task and outcome: done, failed (tried again), postponed (the service wants to be left alone) or given_up.',
      labelNames: ['task', 'outcome'],
      registers,
    })
    this.#durations = new Histogram({
      name: 'magicband_job_run_duration_seconds',
      help: 'Time that one run of a job took, by task.',
      labelNames: ['task'],
      buckets: [...durationBuckets],
      registers,
    })
    const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: ['task'], registers })
    this.#gauges = {
      waiting: gauge(
        'magicband_jobs_waiting',
        'Jobs of the database that are not done, those that run included, by task; 1000 in all stands for that many or more.',
      ),
      oldest: gauge('magicband_jobs_oldest_age_seconds', 'Age of the oldest of these jobs, by task.'),
      overdue: gauge(
        'magicband_jobs_overdue_seconds',
        'How long ago the first of these jobs was to run, by task; more than a minute means that nobody runs them.',
      ),
      givenUp: gauge(
        'magicband_jobs_given_up',
        'Jobs of the database that were given up and wait for somebody to look at them, by task; 1000 in all stands for that many or more.',
      ),
    }
  }

  ended(task: string, outcome: JobOutcome, durationMs: number): void {
    this.#ended.inc({ task, outcome })
    this.#durations.observe({ task }, durationMs / 1000)
  }

  /** Says where to read what waits. */
  watch(readBacklog: () => Promise<Backlog>): void {
    this.#readBacklog = readBacklog
  }

  /** Reads what waits. */
  async look(): Promise<void> {
    const { waiting, oldest, overdue, givenUp } = this.#gauges
    for (const gauge of [waiting, oldest, overdue, givenUp]) gauge.reset()
    // Where the database can't be read there is nothing to tell; `magicband_database_up` tells that.
    const backlog = await this.#readBacklog?.().catch(() => undefined)
    for (const { task, ...one } of backlog?.tasks ?? []) {
      waiting.set({ task }, one.waiting)
      oldest.set({ task }, one.oldestMs / 1000)
      overdue.set({ task }, one.overdueMs / 1000)
    }
    for (const [task, count] of backlog?.givenUp ?? []) givenUp.set({ task }, count)
  }
}
