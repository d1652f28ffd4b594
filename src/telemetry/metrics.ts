import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { DatabaseMetrics } from './database-metrics.ts'
import { HttpMetrics } from './http-metrics.ts'
import { JobMetrics } from './job-metrics.ts'
import { OutsideMetrics } from './outside-metrics.ts'
import { countEventLoop } from './process-metrics.ts'

/** What is measured at one moment, as Prometheus reads it. */
export type Scrape = { contentType: string; text: string }

/**
 * What is measured of one Magicband (docs/metrics.md). What happens is counted when it happens; what is the case, such as
 * how many jobs wait, is looked up by a scrape.
 */
export class Metrics {
  readonly #registry = new Registry()
  readonly http = new HttpMetrics(this.#registry)
  readonly jobs = new JobMetrics(this.#registry)
  readonly outside = new OutsideMetrics(this.#registry)
  readonly database = new DatabaseMetrics(this.#registry)
  #scraping: Promise<string> | undefined
  #measuresProcess = false

  constructor({ version }: { version: string }) {
    new Gauge({
      name: 'magicband_build_info',
      help: 'Always 1; the version of Magicband is its label.',
      labelNames: ['version'],
      registers: [this.#registry],
    }).set({ version }, 1)
  }

  /** Those who ask at the same time are given the same. */
  async scrape(): Promise<Scrape> {
    this.#measureProcess()
    this.#scraping ??= this.#look().finally(() => {
      this.#scraping = undefined
    })
    return { contentType: this.#registry.contentType, text: await this.#scraping }
  }

  async #look(): Promise<string> {
    await this.database.look()
    await this.jobs.look()
    return this.#registry.metrics()
  }

  /** From the first scrape on: whoever never asks needs no observers of the process, which can't be ended any more. */
  #measureProcess(): void {
    if (this.#measuresProcess) return
    this.#measuresProcess = true
    collectDefaultMetrics({ register: this.#registry })
    countEventLoop(this.#registry)
  }
}
