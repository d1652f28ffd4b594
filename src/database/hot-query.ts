import {
  type Compilable,
  type CompiledQuery,
  type DialectAdapter,
  type QueryResult,
  type RawBuilder,
  sql,
} from 'kysely'
import type { Db } from './schema.ts'

/** Stands in a query for a value that is given each time it runs. */
class Place {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

export type Values = Readonly<Record<string, string | number | null>>
/** Gives the place of a value by its name. */
export type PlaceOf<Given extends Values> = <Name extends keyof Given & string>(name: Name) => RawBuilder<Given[Name]>

/**
 * A query that is built once, to run with other values each time. `build` says how it reads, with what stands in the place
 * of a value; `parametersOf` puts values into their places of `sql`, and `bind` gives all of it as Kysely's.
 */
export type BuiltQuery<Row> = {
  build(place: (name: string) => RawBuilder<unknown>): CompiledQuery<Row>
  sql: string
  parametersOf(values: Values): unknown[]
  bind(values: Values): CompiledQuery<Row>
}

/**
 * The adapter of a database that has a better way for queries that are made often than Kysely's, which leads through
 * executors, connections and their locks and takes longer than the query.
 */
export interface HotAdapter extends DialectAdapter {
  runHot<Row>(db: Db, query: BuiltQuery<Row>, values: Values): QueryResult<Row> | Promise<QueryResult<Row>>
}

/**
 * A query of a call that is made often. It is built once for each database, since that takes longer than to run it;
 * `build` is given the database and a function that puts the place of a value into the query. What is remembered is how the
 * query reads, and nothing that could change.
 */
export function hotQuery<Given extends Values, Row>(
  build: (db: Db, value: PlaceOf<Given>) => Compilable<Row>,
): (db: Db, values: Given) => QueryResult<Row> | Promise<QueryResult<Row>> {
  const builtFor = new WeakMap<object, BuiltQuery<Row>>()
  return (db, values) => {
    // A transaction has the adapter of its database.
    const { adapter } = db.getExecutor()
    let query = builtFor.get(adapter)
    if (query === undefined) {
      // The names are those of `Given`, whose types `build` has been checked with.
      query = toBuilt((place) => build(db, place as PlaceOf<Given>).compile())
      builtFor.set(adapter, query)
    }
    return isHot(adapter) ? adapter.runHot(db, query, values) : db.executeQuery<Row>(query.bind(values))
  }
}

function toBuilt<Row>(build: BuiltQuery<Row>['build']): BuiltQuery<Row> {
  const built = build((name) => sql`${new Place(name)}`)
  const parametersOf = (values: Values) =>
    built.parameters.map((one) => (one instanceof Place ? values[one.name] : one))
  return {
    build,
    sql: built.sql,
    parametersOf,
    bind: (values) => ({ ...built, parameters: parametersOf(values) }),
  }
}

function isHot(adapter: DialectAdapter): adapter is HotAdapter {
  return 'runHot' in adapter
}
