import type { Logger } from 'pino'

/** Does the same work again and again, `everyMs` apart. What fails is logged and tried again the next time. */
export class Schedule {
  readonly #log: Logger
  readonly #timers: NodeJS.Timeout[] = []
  readonly #running = new Set<Promise<void>>()

  constructor(log: Logger) {
    this.#log = log
  }

  every(everyMs: number, name: string, work: () => Promise<void>): void {
    const timer = setInterval(() => {
      const running = work()
        .catch((error: unknown) => {
          this.#log.error(
            { err: error, work: name },
            'regular work failed and is tried again the next time: check the database if this goes on',
          )
        })
        .finally(() => this.#running.delete(running))
      this.#running.add(running)
    }, everyMs)
    this.#timers.push(timer)
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    await Promise.all(this.#running)
  }
}
