import { ConfigurationError } from '../config/mistakes.ts'
import { adviseOnDatabase, DatabaseUnusable } from '../database/database.ts'
import { isDamage } from '../database/sqlite-damage.ts'
import { TracingUnusable } from '../telemetry/start-tracing.ts'
import { CommandError } from './output.ts'

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

const checkAddress = 'check HOST and PORT, or METRICS_HOST and METRICS_PORT'
const checkDatabase = 'check DATABASE_URL, and that the database runs there'

/** Settings that are wrong, and stay so: what starts a server again when it fails, as systemd does, need not. */
export function isMistake(error: unknown): boolean {
  return error instanceof ConfigurationError || error instanceof TracingUnusable
}

/** What a person at the terminal needs to know of a failure. `hosts` are those that the server was to listen on. */
export function explainFailure(error: unknown, hosts: readonly (string | undefined)[]): string {
  if (!(error instanceof Error)) return String(error)
  if (isMistake(error) || error instanceof CommandError) return error.message
  if (error instanceof DatabaseUnusable || isDamage(error)) return `${error.message}: ${adviseOnDatabase(error)}`
  const advice = advise(error, hosts)
  return advice === undefined ? (error.stack ?? error.message) : `${describe(error)}: ${advice}`
}

/** What to do about what the system or the database refused; nothing for faults of our own. */
function advise(
  error: NodeJS.ErrnoException & { hostname?: string },
  hosts: readonly (string | undefined)[],
): string | undefined {
  const { code = '', syscall } = error
  if (code === 'EADDRINUSE') return 'another program has the port; stop it, or set PORT or METRICS_PORT to another one'
  if (syscall === 'listen' || (syscall === 'getaddrinfo' && hosts.includes(error.hostname))) return checkAddress
  if (connectionCodes.has(code) || refusalCodes.test(code)) return checkDatabase
  // The pool of connections gives these no code.
  if (/^(?:timeout exceeded when trying to connect|Connection terminated)/.test(error.message)) return checkDatabase
  if (error.message.includes('database is locked'))
    return 'another program holds the database; end it, or try again when it is done'
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'make room on the disk'
  if (code === 'EISDIR') return 'that is a folder: name a file'
  return syscall === undefined ? undefined : 'its folder must exist, and this user must be able to write there'
}

/** A name with several addresses fails with an error for each, and no message of its own. */
function describe(error: Error): string {
  if (!(error instanceof AggregateError) || error.message !== '') return error.message
  return error.errors.map((one) => (one instanceof Error ? one.message : String(one))).join(', ')
}
