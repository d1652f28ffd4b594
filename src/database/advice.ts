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

/** What Node says of certificates, and pg of a server that has none. */
const tlsFailures = /\bERR_TLS|CERT|UNABLE_TO_VERIFY|SSL connections/

const damaged =
  'if DATABASE_URL names the right file, it is damaged; keep it for a look at it, and restore a backup into a new one'
const unwritable = 'check DATABASE_URL, and that this user may write there'
const missing = 'check DATABASE_URL and the folder that this is run in; `magicband start` makes a new one'
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
  if (error instanceof DatabaseUnusable) {
    if (error.isWrongAddress) return 'correct DATABASE_URL'
    if (error.isMissing) return missing
    return sqliteAdvice.get(error.sqliteCode ?? 0) ?? unwritable
  }
  const code = 'code' in error ? String(error.code) : ''
  if (/ already exists$/.test(error.message))
    return 'the tables in it are not those of Magicband: name an empty database in DATABASE_URL'
  if (code === '42501')
    return 'give the user of DATABASE_URL the right to it; only the owner of the database, or of its schema, can make tables'
  if (tlsFailures.test(`${code} ${error.message}`))
    return 'see "PostgreSQL" in docs/configuring.md for sslmode and sslrootcert'
  const isUnconnected = connectionCodes.has(code) || ('syscall' in error && error.syscall === 'connect')
  if (isUnconnected || refusalCodes.test(code) || poolMessages.test(error.message))
    return 'check DATABASE_URL, and that the database runs there'
  return sqliteAdvice.get(sqliteCodeOf(error) ?? 0)
}
