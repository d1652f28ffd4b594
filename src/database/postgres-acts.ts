import { hash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, PostgresAdapter, PostgresDialect, type QueryResult } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import type { BuiltQuery, HotAdapter, Values } from './hot-query.ts'
import type { Db, Schema } from './schema.ts'
import type { StatementLog } from './statement-log.ts'

const tries = 5
/**
 * Two transactions that can't both be true, that wait for each other, or that made the same unique row: PostgreSQL ends
 * one, which is run again and then sees what the other did.
 */
const passing = new Set(['40001', '40P01', '23505'])
/** `in_failed_sql_transaction` */
const behindAFailure = '25P02'

/**
 * Runs acts, each as a transaction on a connection of its own. Statements that an act asks for without waiting are sent
 * at once, one after the other, and so is the beginning: an act waits for the way to PostgreSQL and back only where it has
 * to know an answer to go on.
 */
export class PostgresActs {
  readonly #pool: Pool
  readonly #logStatement: StatementLog
  readonly #dbs = new WeakMap<PoolClient, Db>()

  /** The connections of `pool` pipeline. */
  constructor(pool: Pool, logStatement: StatementLog) {
    this.#pool = pool
    this.#logStatement = logStatement
  }

  /** Runs an act, again where PostgreSQL ended it for the sake of another one. */
  async run<T>(work: (trx: Db) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#runOnce(work)
      } catch (error) {
        if (attempt >= tries || !mayPass(error)) throw error
        await sleep(Math.random() * 20 * attempt)
      }
    }
  }

  async #runOnce<T>(work: (trx: Db) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    let isUsable = true
    try {
      const begun = client.query('begin')
      const [result] = await Promise.all([work(this.#dbOf(client)), begun])
      const { command } = await client.query('commit')
      // What PostgreSQL says where a statement failed, whatever became of its error.
      if (command === 'ROLLBACK') throw new Error('a statement of an act failed, and nobody minded')
      return result
    } catch (error) {
      isUsable = await rollBack(client)
      throw error
    } finally {
      client.release(!isUsable)
    }
  }

  #dbOf(client: PoolClient): Db {
    let db = this.#dbs.get(client)
    if (db === undefined) {
      const logStatement = this.#logStatement
      db = new Kysely<Schema>({
        dialect: new Dialect(client, logStatement),
        log: ({ query, queryDurationMillis }) => logStatement(query.sql, queryDurationMillis),
      })
      this.#dbs.set(client, db)
    }
    return db
  }
}

/** @returns false where the connection is of no more use */
async function rollBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query('rollback')
    return true
  } catch {
    // The connection broke: PostgreSQL rolls back by itself. What it broke of is what the caller is told.
    return false
  }
}

function mayPass(error: unknown): boolean {
  return passing.has(codeOf(error) ?? '')
}

/** PostgreSQL's code for an error of its own. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Under this name a connection remembers how a statement reads, and what PostgreSQL plans for it. */
export function nameOf(text: string): string {
  return hash('sha256', text).slice(0, 32)
}

/** Kysely over the one connection of an act, whose transaction is begun and ended by `PostgresActs`. */
class Dialect extends PostgresDialect {
  readonly #client: PoolClient
  readonly #logStatement: StatementLog

  constructor(client: PoolClient, logStatement: StatementLog) {
    const lent: Pick<PoolClient, 'query' | 'release'> = {
      query: client.query.bind(client),
      release: () => undefined,
    }
    super({ pool: { connect: async () => lent, end: async () => undefined, options: {} } })
    this.#client = client
    this.#logStatement = logStatement
  }

  override createAdapter(): PostgresAdapter {
    return new Adapter(this.#client, this.#logStatement)
  }
}

class Adapter extends PostgresAdapter implements HotAdapter {
  readonly #client: PoolClient
  readonly #logStatement: StatementLog

  constructor(client: PoolClient, logStatement: StatementLog) {
    super()
    this.#client = client
    this.#logStatement = logStatement
  }

  async runHot<Row>(_db: Db, query: BuiltQuery<Row>, given: Values): Promise<QueryResult<Row>> {
    const { sql: text } = query
    const startedAt = performance.now()
    try {
      const { rows, rowCount } = await this.#client.query({
        name: nameOf(text),
        text,
        values: query.parametersOf(given),
      })
      this.#logStatement(text, performance.now() - startedAt)
      return { rows, numAffectedRows: BigInt(rowCount ?? 0) }
    } catch (error) {
      // One that was sent behind another that failed did nothing, and waited for it.
      if (codeOf(error) !== behindAFailure) this.#logStatement(text, performance.now() - startedAt)
      throw error
    }
  }
}
