import { type Compilable, type CompiledQuery, type QueryResult, type RawBuilder, sql } from 'kysely'
import type { Db } from './schema.ts'

/** Stands in a query for a value that is given each time it runs. */
class Place {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

type Values = Readonly<Record<string, string | number | null>>
/** Gives the place of a value by its name. */
export type PlaceOf<Given extends Values> = <Name extends keyof Given & string>(name: Name) => RawBuilder<Given[Name]>

/**
 * A query of a call that is made often. It is built once for each database, since that takes longer than to run it;
 * `build` is given the database and a function that puts the place of a value into the query. What is remembered is how the
 * query reads, and nothing that could change.
 */
export function hotQuery<Given extends Values, Row>(
  build: (db: Db, value: PlaceOf<Given>) => Compilable<Row>,
): (db: Db, values: Given) => Promise<QueryResult<Row>> {
  const builtFor = new WeakMap<object, CompiledQuery<Row>>()
  return (db, values) => {
    // A transaction has the adapter of its database.
    const { adapter } = db.getExecutor()
    let built = builtFor.get(adapter)
    if (built === undefined) {
      built = build(db, (name) => sql`${new Place(name)}`).compile()
      builtFor.set(adapter, built)
    }
    const parameters = built.parameters.map((one) => (one instanceof Place ? values[one.name] : one))
    return db.executeQuery<Row>({ ...built, parameters })
  }
}
