import { Socket } from 'node:net'

type Written = (error?: Error | null) => void

/**
 * A connection to PostgreSQL that sends what is written within one turn as one packet: the statements of an act that need
 * no answer of each other, above all. Each packet is a call of the system, and wakes a process of PostgreSQL.
 */
export class GatheringSocket extends Socket {
  #isGathering = false

  override write(text: string | Uint8Array, written?: Written): boolean
  override write(text: string | Uint8Array, encoding?: BufferEncoding, written?: Written): boolean
  override write(text: string | Uint8Array, encoding?: BufferEncoding | Written, written?: Written): boolean {
    this.#gather()
    return typeof encoding === 'function' ? super.write(text, encoding) : super.write(text, encoding, written)
  }

  #gather(): void {
    if (this.#isGathering) return
    this.#isGathering = true
    this.cork()
    process.nextTick(() => {
      this.#isGathering = false
      this.uncork()
    })
  }
}
