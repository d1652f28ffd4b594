import { setTimeout as sleep } from 'node:timers/promises'

/** So many rows are read or written by one statement, so that no call waits long for it. */
export const batchRows = 500
/** What is left after so many turns is left to the next run. */
const turnLimit = 1000
const pauseMs = 10

/** The turns that one kind of work may take in one run, with a pause before each for the calls that wait meanwhile. */
export class Turns {
  readonly #signal: AbortSignal
  #left = turnLimit

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  /** Waits for the next turn. @returns false where there is none: they are used up, or the server stops */
  async next(): Promise<boolean> {
    if (this.#left === 0) return false
    this.#left--
    await sleep(pauseMs)
    return !this.#signal.aborted
  }
}

/** Does `batch` turn by turn until it has done less than a whole one. @returns how many rows it has done in all */
export async function inBatches(turns: Turns, batch: () => Promise<number>): Promise<number> {
  let rows = 0
  while (await turns.next()) {
    const done = await batch()
    rows += done
    if (done < batchRows) break
  }
  return rows
}

/** Rows in their order, one at least. */
export type Page<Row> = { rows: readonly Row[]; first: Row; last: Row }

/**
 * Reads page after page, each from the last row of the one before it on, and does `work` on it. For rows of which some
 * stay: they are passed by. @returns how many rows `work` has done in all
 */
export async function throughPages<Row>(
  turns: Turns,
  { read, work }: { read: (after: Row | undefined) => Promise<Row[]>; work: (page: Page<Row>) => Promise<number> },
): Promise<number> {
  let done = 0
  let after: Row | undefined
  while (await turns.next()) {
    const rows = await read(after)
    const [first, last] = [rows[0], rows.at(-1)]
    if (first === undefined || last === undefined) break
    done += await work({ rows, first, last })
    if (rows.length < batchRows) break
    after = last
  }
  return done
}
