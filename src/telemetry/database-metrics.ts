import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { durationBuckets } from './buckets.ts'

/** How busy a database is at one moment. On SQLite there are no pools. */
export type DatabaseLoad = {
  actsWaiting: number
  pools: readonly { pool: 'read' | 'write'; used: number; idle: number; waiters: number }[]
}

/** An act that a rule refuses changes nothing, and is no fault of the database. */
export type ActOutcome = 'done' | 'refused' | 'failed'

type Source = { check(): Promise<void>; load(): DatabaseLoad }

/** What is written, and what is waited for. */
export class DatabaseMetrics {
  readonly #acts: Counter<'outcome'>
  readonly #actDurations: Histogram
  readonly #commits: Counter
  readonly #diskWrites: Histogram
  readonly #logSize: Gauge
  readonly #gauges: ReturnType<typeof createGauges>
  #source: Source | undefined

  constructor(registry: Registry) {
    const registers = [registry]
    const buckets = [...durationBuckets]
    this.#acts = new Counter({
      name: 'magicband_database_acts_total',
      help: 'Acts (transactions that change something) by outcome: done, refused (by a rule of a call) or failed.',
      labelNames: ['outcome'],
      registers,
    })
    this.#actDurations = new Histogram({
      name: 'magicband_database_act_duration_seconds',
      help: 'Time from the wish for an act to its being on disk, the wait for its turn included.',
      buckets,
      registers,
    })
    this.#commits = new Counter({
      name: 'magicband_sqlite_commits_total',
      help: 'Commits on SQLite; several acts share one when there is much to do.',
      registers,
    })
    this.#diskWrites = new Histogram({
      name: 'magicband_sqlite_disk_write_duration_seconds',
      help: 'Time that the disk took to keep the write-ahead log of SQLite.',
      buckets,
      registers,
    })
    this.#logSize = new Gauge({
      name: 'magicband_sqlite_wal_bytes',
      help: 'Size of the write-ahead log of SQLite at its last write.',
      registers,
    })
    this.#gauges = createGauges(registry)
  }

  acted(outcome: ActOutcome, durationMs: number): void {
    this.#acts.inc({ outcome })
    this.#actDurations.observe(durationMs / 1000)
  }

  committed(): void {
    this.#commits.inc()
  }

  wroteLog(durationMs: number, bytes: number): void {
    this.#diskWrites.observe(durationMs / 1000)
    this.#logSize.set(bytes)
  }

  /** Says where to look how the database is doing. */
  watch(source: Source): void {
    this.#source = source
  }

  /** Looks how the database is doing: first how busy others keep it, then whether it answers. */
  async look(): Promise<void> {
    const source = this.#source
    if (source === undefined) return
    const { up, waiting, connections, connectionWaiters } = this.#gauges
    const load = source.load()
    waiting.set(load.actsWaiting)
    for (const { pool, used, idle, waiters } of load.pools) {
      connections.set({ pool, state: 'used' }, used)
      connections.set({ pool, state: 'idle' }, idle)
      connectionWaiters.set({ pool }, waiters)
    }
    up.set(await isUp(source))
  }
}

function createGauges(registry: Registry) {
  const registers = [registry]
  return {
    up: new Gauge({ name: 'magicband_database_up', help: '1 while the database can be read, else 0.', registers }),
    waiting: new Gauge({ name: 'magicband_database_acts_waiting', help: 'Acts that wait for their turn.', registers }),
    connections: new Gauge({
      name: 'magicband_postgres_connections',
      help: 'Connections to PostgreSQL by pool and state, used or idle; none on SQLite.',
      labelNames: ['pool', 'state'],
      registers,
    }),
    connectionWaiters: new Gauge({
      name: 'magicband_postgres_connection_waiters',
      help: 'Those who wait for a connection to PostgreSQL, by pool; none on SQLite.',
      labelNames: ['pool'],
      registers,
    }),
  }
}

async function isUp(source: Source): Promise<0 | 1> {
  try {
    await source.check()
    return 1
  } catch {
    return 0
  }
}
