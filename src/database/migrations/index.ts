import type { Migration } from 'kysely/migration'
import * as initial from './0001-initial.ts'
import * as caller from './0002-caller.ts'

/** Every migration by its name, in the order in which they run. They only ever add; none is edited once released. */
export const migrations: Record<string, Migration> = {
  '0001-initial': initial,
  '0002-caller': caller,
}
