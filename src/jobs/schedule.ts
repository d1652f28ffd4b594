import type { Logger } from 'pino'

/** Work that goes on for long ends when `signal` says stop. */
type Work = (signal: AbortSignal) => Promise<void>

/** Does the same work again and again. What fails is logged and tried again the next time. */
export class Schedule {
  readonly #log: Logger
  readonly #timers: NodeJS.Timeout[] = []
  readonly #running = new Set<Promise<void>>()
  readonly #stop = new AbortController()

  constructor(log: Logger) {
    this.#log = log
  }

  /** Does the work `everyMs` apart, the first time after that long. */
  every(everyMs: number, name: string, work: Work): void {
    this.#timers.push(setInterval(() => this.#run(name, work), everyMs))
  }

  /** Does the work once, `afterMs` from now. */
  once(afterMs: number, name: string, work: Work): void {
    this.#timers.push(setTimeout(() => this.#run(name, work), afterMs))
  }

  /** Lets what runs come to its end; nothing begins any more. */
  async stop(): Promise<void> {
    this.#stop.abort()
    for (const timer of this.#timers) clearTimeout(timer)
    await Promise.all(this.#running)
  }
  #run(name: string, work: Work): void {
    const running = work(this.#stop.signal)
      .catch((error: unknown) => {
        this.#log.error(
          { err: error, work: name },
          'regular work failed and is tried again at its next turn, nothing is lost by that: if this goes on, check the database',
        )
      })
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }
}
