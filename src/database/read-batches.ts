import { type QueryResult, sql } from 'kysely'
import { onNobodysBehalf } from '../telemetry/log-context.ts'
import type { BuiltQuery, Values } from './hot-query.ts'

/** Batches that are under way at a time, of one query. */
const batchesAtOnce = 2
/** Askers who share a batch, at most. */
const batchLimit = 200

/** Runs a statement, and gives its rows. */
type Run = (text: string, values: readonly unknown[]) => Promise<Record<string, unknown>[]>
type Asker = { values: Values; resolve(rows: Record<string, unknown>[]): void; reject(error: unknown): void }

/**
 * Reads for many askers by one statement: those who ask while others are being answered go together in the next one, since
 * the way to the database and back takes longer than what it reads. Everybody's answer is to a statement that was sent after
 * they asked.
 */
export class ReadBatches {
  readonly #run: Run
  readonly #lines = new Map<object, Line>()

  constructor(run: Run) {
    // What is read for many is read on behalf of none of them.
    const detached = onNobodysBehalf()
    this.#run = (text, values) => detached(() => run(text, values))
  }

  async ask<Row>(query: BuiltQuery<Row>, values: Values): Promise<QueryResult<Row>> {
    let line = this.#lines.get(query)
    if (line === undefined) {
      line = new Line(this.#run, toBatch(query, values))
      this.#lines.set(query, line)
    }
    // The columns are those of the query, whose types Kysely has derived from the schema.
    return { rows: (await line.ask(values)) as Row[] }
  }
}

/** Those who ask the same query. */
class Line {
  readonly #run: Run
  readonly #batch: Batch
  #waiting: Asker[] = []
  #underWay = 0

  constructor(run: Run, batch: Batch) {
    this.#run = run
    this.#batch = batch
  }

  ask(values: Values): Promise<Record<string, unknown>[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ values, resolve, reject })
      // Those whose requests arrived together ask within one turn of the event loop.
      if (this.#waiting.length === 1 && this.#underWay < batchesAtOnce) setImmediate(() => this.#sendNext())
    })
  }

  #sendNext(): void {
    if (this.#waiting.length === 0 || this.#underWay >= batchesAtOnce) return
    const askers = this.#waiting.splice(0, batchLimit)
    this.#underWay++
    this.#send(askers)
      .catch((error: unknown) => {
        for (const asker of askers) asker.reject(error)
      })
      .finally(() => {
        this.#underWay--
        this.#sendNext()
      })
  }

  async #send(askers: readonly Asker[]): Promise<void> {
    const { text, names } = this.#batch
    const columns = names.map((name) => askers.map(({ values }) => values[name]))
    const rows = await this.#run(text, columns)
    const found: Record<string, unknown>[][] = askers.map(() => [])
    for (const row of rows) found[Number(row.asker) - 1]?.push(row)
    for (const [index, { resolve }] of askers.entries()) resolve(found[index] ?? [])
  }
}

/** A statement whose parameters are lists: of each of these values, one for every asker. */
type Batch = { text: string; names: readonly string[] }

/**
 * The query for many askers: for each row of their values, what the query finds with them. Its rows have the number of their
 * asker, from 1.
 */
function toBatch<Row>(query: BuiltQuery<Row>, values: Values): Batch {
  const { sql: text, parameters } = query.build((name) => sql`asked.${sql.ref(name)}`)
  if (parameters.length > 0) throw new Error('a query for many askers has no values but theirs')
  const names = Object.keys(values)
  const lists = names.map((name, index) => `$${index + 1}::${typeof values[name] === 'number' ? 'int8' : 'text'}[]`)
  const asked = `asked(${names.map((name) => `"${name}"`).join(', ')}, asker)`
  return {
    names,
    text:
      `select asked.asker, found.* from unnest(${lists.join(', ')}) with ordinality as ${asked}` +
      ` cross join lateral (${text}) as found`,
  }
}
