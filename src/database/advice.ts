import { DatabaseUnusable } from './database.ts'
import { sqliteCodeOf } from './sqlite-damage.ts'

/** What the system says where a connection can't be made, or breaks. */
const connectionCodes = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
])
/** PostgreSQL's own: no such user or password, no such database, no connection left, not up. */
const refusalCodes = /^(?:28|3D|53300|57P)/
/** The pool of connections gives these no code. */
const poolMessages = /^(?:timeout exceeded when trying to connect|Connection terminated)/

const damaged =
  'if DATABASE_URL names the right file, it is damaged; keep it for a look at it, and restore a backup into a new one'
const unwritable = 'check DATABASE_URL, and that this user may write there'
const locked = 'another program holds the database; end it, or try again when it is done'
/** SQLite's primary result codes: https://www.sqlite.org/rescode.html */
const sqliteAdvice: ReadonlyMap<number, string> = new Map([
  [5, locked],
  [6, locked],
  [8, unwritable],
  [10, 'look at its disk, and at the room on it'],
  [11, damaged],
  [13, 'make room on the disk'],
  [14, unwritable],
  [26, damaged],
])

/** What to do about a database that can't be opened or asked; undefined for what is no failure of a database. */
export function adviseOnDatabase(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (error instanceof DatabaseUnusable)
    return error.isWrongAddress ? 'correct DATABASE_URL' : (sqliteAdvice.get(error.sqliteCode ?? 0) ?? unwritable)
  const code = 'code' in error ? String(error.code) : ''
  if (connectionCodes.has(code) || refusalCodes.test(code) || poolMessages.test(error.message))
    return 'check DATABASE_URL, and that the database runs there'
  return sqliteAdvice.get(sqliteCodeOf(error) ?? 0)
}
