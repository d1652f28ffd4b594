import { ConfigurationError } from '../config/mistakes.ts'
import { adviseOnDatabase } from '../database/advice.ts'
import { DatabaseUnusable } from '../database/database.ts'
import { DiskFailed } from '../database/engine.ts'
import { TracingUnusable } from '../telemetry/start-tracing.ts'
import { CommandError } from './output.ts'

const checkAddress = 'check HOST and PORT, or METRICS_HOST and METRICS_PORT'

/** Settings that are wrong, and stay so: what starts a server again when it fails, as systemd does, need not. */
export function isMistake(error: unknown): boolean {
  if (error instanceof DatabaseUnusable) return error.isWrongAddress
  return error instanceof ConfigurationError || error instanceof TracingUnusable
}

/** What a person at the terminal needs to know of a failure. `hosts` are those that the server was to listen on. */
export function explainFailure(error: unknown, hosts: readonly (string | undefined)[]): string {
  if (!(error instanceof Error)) return String(error)
  const isTold = [ConfigurationError, TracingUnusable, CommandError, DiskFailed].some((kind) => error instanceof kind)
  if (isTold) return error.message
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
  const onDatabase = adviseOnDatabase(error)
  if (onDatabase !== undefined) return onDatabase
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') return 'make room on the disk'
  if (code === 'EISDIR') return 'that is a folder: name a file'
  return syscall === undefined ? undefined : 'its folder must exist, and this user must be able to write there'
}

/** A name with several addresses fails with an error for each, and no message of its own. */
function describe(error: Error): string {
  if (!(error instanceof AggregateError) || error.message !== '') return error.message
  return error.errors.map((one) => (one instanceof Error ? one.message : String(one))).join(', ')
}
