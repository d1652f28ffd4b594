import { write, writeSync } from 'node:fs'

/** So much waits at most, in characters; what comes then is lost. */
const waitingLimit = 1024 * 1024
/** From one write to the next: to hand a line to the system takes as long as to answer a request. */
const gatherMs = 5
/** A reader that is slow is given so long. */
const againMs = 100
const lineFeed = 10
const passing: readonly (string | undefined)[] = ['EAGAIN', 'EBUSY']

/**
 * Writes lines off the event loop: those that come while others are written, or soon after, go out together, in the next
 * write. A disk that is full, or a reader that is gone, loses lines and nothing else.
 */
export class LogFile {
  readonly #fileDescriptor: number
  readonly #recovered: (lostLines: number) => void
  #waiting = ''
  #lost = 0
  #isWriting = false
  /** Whether the last line in the file has its end; a disk that is full may take a part of one. */
  #isWhole = true

  /** `recovered` is told when lines were lost and the next could be written. */
  constructor(fileDescriptor: number, recovered: (lostLines: number) => void) {
    this.#fileDescriptor = fileDescriptor
    this.#recovered = recovered
  }

  /** A line with its end. */
  write(line: string): void {
    if (this.#waiting.length > waitingLimit) this.#lost++
    else this.#waiting += line
    if (!this.#isWriting) this.#writeNext()
  }

  /** Writes what waits and can be written at once; for the end of the process. */
  flush(): void {
    const waiting = this.#waiting
    this.#waiting = ''
    try {
      writeSync(this.#fileDescriptor, waiting)
    } catch {
      // There is nobody left to tell.
    }
  }

  #writeNext(): void {
    if (this.#waiting === '') return
    const lines = Buffer.from(this.#isWhole ? this.#waiting : `\n${this.#waiting}`)
    this.#waiting = ''
    this.#isWriting = true
    this.#write(lines)
  }

  #write(lines: Buffer): void {
    write(this.#fileDescriptor, lines, (error, written) => {
      const rest = lines.subarray(written ?? 0)
      if (written > 0) this.#isWhole = lines[written - 1] === lineFeed
      if (error !== null && passing.includes(error.code)) setTimeout(() => this.#write(rest), againMs)
      else if (error === null && rest.length > 0) this.#write(rest)
      else this.#ended(error === null ? 0 : countLines(rest))
    })
  }

  #ended(lost: number): void {
    const lostBefore = this.#lost
    this.#lost = lost === 0 ? 0 : this.#lost + lost
    if (lost === 0 && lostBefore > 0) this.#recovered(lostBefore)
    setTimeout(() => {
      this.#isWriting = false
      this.#writeNext()
    }, gatherMs)
  }
}

function countLines(lines: Buffer): number {
  let count = 0
  for (const byte of lines) if (byte === lineFeed) count++
  return count
}
