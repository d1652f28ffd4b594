/** Lets so many through at once; the others wait in the order in which they came. */
export class Gate {
  #free: number
  readonly #waiting = new Set<() => void>()

  constructor(atOnce: number) {
    this.#free = atOnce
  }

  /** Waits for a place, which `leave` gives back. @throws what aborted the signal */
  enter(signal: AbortSignal): Promise<void> {
    if (this.#free > 0) {
      this.#free--
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const pass = () => {
        signal.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = () => {
        this.#waiting.delete(pass)
        reject(signal.reason)
      }
      this.#waiting.add(pass)
      signal.addEventListener('abort', giveUp, { once: true })
    })
  }

  leave(): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#free++
      return
    }
    this.#waiting.delete(next)
    next()
  }
}
