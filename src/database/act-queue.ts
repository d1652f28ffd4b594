type Waiting = { start(): void }

/**
 * Lets so many acts run at once, and of those in one lane one at a time: acts that would wait for each other in the
 * database wait here instead, where they keep no connection from others. @throws Error for one that waits too long
 */
export class ActQueue {
  readonly #patienceMs: number
  #free: number
  /** Acts that could run if there were room, in the order in which they came to be so. */
  readonly #ready = new Set<Waiting>()
  /** Acts behind one that runs or is ready, by lane; a lane is here while anybody is in it. */
  readonly #lanes = new Map<string, Set<Waiting>>()

  constructor({ atOnce, patienceMs }: { atOnce: number; patienceMs: number }) {
    this.#free = atOnce
    this.#patienceMs = patienceMs
  }

  /** How many acts wait for their turn, behind others of their lane or for room. */
  get waiting(): number {
    return this.#lanes.values().reduce((count, lane) => count + lane.size, this.#ready.size)
  }

  async run<T>(work: () => Promise<T>, lane: string | undefined): Promise<T> {
    await this.#takeTurn(lane)
    try {
      return await work()
    } finally {
      this.#free++
      this.#leave(lane)
      this.#startNext()
    }
  }

  #takeTurn(lane: string | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const behind = lane === undefined ? undefined : this.#lanes.get(lane)
      const line = behind ?? this.#ready
      if (lane !== undefined && behind === undefined) this.#lanes.set(lane, new Set())
      const timer = setTimeout(() => {
        // Whoever has become ready stands elsewhere, and leads its lane.
        if (this.#ready.delete(waiting)) this.#leave(lane)
        else behind?.delete(waiting)
        reject(new Error(`the database had no room for a write within ${this.#patienceMs / 1000} s`))
      }, this.#patienceMs)
      const waiting: Waiting = {
        start: () => {
          clearTimeout(timer)
          resolve()
        },
      }
      line.add(waiting)
      this.#startNext()
    })
  }

  /** Lets the next of a lane come to its turn. */
  #leave(lane: string | undefined): void {
    if (lane === undefined) return
    const behind = this.#lanes.get(lane)
    const next = behind?.values().next().value
    if (behind === undefined || next === undefined) {
      this.#lanes.delete(lane)
      return
    }
    behind.delete(next)
    this.#ready.add(next)
  }

  #startNext(): void {
    for (const next of this.#ready) {
      if (this.#free === 0) return
      this.#ready.delete(next)
      this.#free--
      next.start()
    }
  }
}
