import { Socket } from 'node:net'

/**
 * A connection to PostgreSQL that sends what is written within one turn as one packet: the statements of an act that need
 * no answer of each other, above all. Each packet is a call of the system, and wakes a process of PostgreSQL.
 */
export class GatheringSocket extends Socket {
  #isGathering = false

  override write(...given: Parameters<Socket['write']>): boolean {
    if (!this.#isGathering) {
      this.#isGathering = true
      this.cork()
      process.nextTick(() => {
        this.#isGathering = false
        this.uncork()
      })
    }
    return super.write(...given)
  }
}
