import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import { Kysely, type QueryResult, SqliteAdapter, SqliteDialect } from 'kysely'
import { createBoundedCache } from '../bounded-cache.ts'
import type { BuiltQuery, HotAdapter, Values } from './hot-query.ts'
import type { Db, Schema } from './schema.ts'
import type { DamageWatch } from './sqlite-damage.ts'
import type { StatementLog } from './statement-log.ts'

/** So many statements of a connection are kept prepared. */
const preparedLimit = 500

/**
 * Kysely over `node:sqlite`, through the small interface that Kysely's own SQLite dialect asks of a driver. The connection
 * is closed by whoever owns it. With `turn`, reads that are made often share a transaction.
 */
export function kyselyOver(
  connection: DatabaseSync,
  { logStatement, damage, turn }: { logStatement: StatementLog; damage: DamageWatch; turn?: ReadTurn },
): Db {
  const statements = new Statements(connection, damage)
  return new Kysely<Schema>({
    log: ({ query, queryDurationMillis }) => logStatement(query.sql, queryDurationMillis),
    dialect: new Dialect({ statements, logStatement, turn }),
  })
}

/**
 * A transaction around the reads of one turn of the event loop, since to take and leave SQLite's lock takes half as long as
 * a read. It ends with the turn, and with each commit of this process: nobody reads what was true before that.
 */
export class ReadTurn {
  readonly #connection: DatabaseSync
  readonly #end = () => this.end()
  #isOpen = false

  constructor(connection: DatabaseSync) {
    this.#connection = connection
  }

  begin(): void {
    if (this.#isOpen) return
    this.#connection.exec('begin')
    this.#isOpen = true
    setImmediate(this.#end)
  }

  end(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    // A read that failed may have ended it already; and there is nothing to commit.
    if (this.#connection.isTransaction) this.#connection.exec('rollback')
  }
}

type Row = Record<string, SQLOutputValue>
/** With `setReturnArrays`, of which the types of `node:sqlite` know nothing. */
type ListStatement = {
  all(...parameters: SQLInputValue[]): SQLOutputValue[][]
  iterate(...parameters: SQLInputValue[]): NodeJS.Iterator<SQLOutputValue[]>
}

/** What Kysely asks of a statement; whether it gives rows is asked of SQLite once. */
type PreparedStatement = ReturnType<typeof toPrepared>

function toPrepared(statement: StatementSync, damage: DamageWatch) {
  const names = statement.columns().map(({ name }) => name)
  // All rows of a statement have one form here; those that `node:sqlite` makes have none, which takes longer to read.
  statement.setReturnArrays(true)
  const lists = statement as unknown as ListStatement
  const toRow = (values: readonly SQLOutputValue[]): Row => {
    const row: Row = {}
    names.forEach((name, column) => {
      row[name] = values[column] ?? null
    })
    return row
  }
  return {
    reader: names.length > 0,
    all: (parameters: readonly unknown[]) => damage.run(() => lists.all(...bindable(parameters)).map(toRow)),
    run: (parameters: readonly unknown[]) => damage.run(() => statement.run(...bindable(parameters))),
    iterate: (parameters: readonly unknown[]) => lists.iterate(...bindable(parameters)).map(toRow),
  }
}

function bindable(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters.map((value) => {
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
      return value
    throw new TypeError(`a ${typeof value} can't be stored: columns are text and integers`)
  })
}

/** The statements of a connection, each prepared once. */
class Statements {
  readonly #connection: DatabaseSync
  readonly #damage: DamageWatch
  readonly #prepared = createBoundedCache<string, PreparedStatement>(preparedLimit)

  constructor(connection: DatabaseSync, damage: DamageWatch) {
    this.#connection = connection
    this.#damage = damage
  }

  prepare(text: string): PreparedStatement {
    let prepared = this.#prepared.get(text)
    if (prepared === undefined) {
      const statement = this.#damage.run(() => this.#connection.prepare(text))
      prepared = toPrepared(statement, this.#damage)
      this.#prepared.set(text, prepared)
    }
    return prepared
  }

  close(): void {
    this.#prepared.clear()
  }
}

type Parts = { statements: Statements; logStatement: StatementLog; turn: ReadTurn | undefined }

class Dialect extends SqliteDialect {
  readonly #parts: Parts

  constructor(parts: Parts) {
    super({ database: parts.statements })
    this.#parts = parts
  }

  override createAdapter(): SqliteAdapter {
    return new Adapter(this.#parts)
  }
}

/** SQLite answers at once: nothing has to be waited for, or kept from others meanwhile. */
class Adapter extends SqliteAdapter implements HotAdapter {
  readonly #parts: Parts

  constructor(parts: Parts) {
    super()
    this.#parts = parts
  }

  runHot<Row>(_db: Db, query: BuiltQuery<Row>, values: Values): QueryResult<Row> {
    const { statements, logStatement, turn } = this.#parts
    const { sql } = query
    const parameters = query.parametersOf(values)
    const startedAt = performance.now()
    turn?.begin()
    try {
      const statement = statements.prepare(sql)
      if (!statement.reader) return { rows: [], numAffectedRows: BigInt(statement.run(parameters).changes) }
      // The columns are those of the query, whose types Kysely has derived from the schema.
      return { rows: statement.all(parameters) as Row[] }
    } finally {
      logStatement(sql, performance.now() - startedAt)
    }
  }
}
