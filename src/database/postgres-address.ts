import { WrongAddress } from './engine.ts'

/** Connections of each of the two pools, unless `pool_size` in the URL says otherwise. */
const usualPoolSize = 10
const largestPoolSize = 500

/** What node-postgres reads of a URL. */
const ofNodePostgres: readonly string[] = [
  ...['host', 'port', 'user', 'password', 'application_name', 'fallback_application_name', 'client_encoding'],
  ...['options', 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'query_timeout'],
  ...['ssl', 'sslmode', 'sslcert', 'sslkey', 'sslrootcert', 'sslnegotiation', 'uselibpqcompat'],
]
/** What it passes over, and hosts of databases put into the addresses that they give out all the same. */
const ofLibpq: readonly string[] = ['connect_timeout', 'channel_binding', 'target_session_attrs', 'gssencmode']

/**
 * How many connections a pool has: what many instances on one PostgreSQL make smaller, which takes a hundred unless it was
 * told otherwise. @throws WrongAddress, also for a parameter that nobody knows: it would be passed over
 */
export function readPoolSize(url: string): number {
  const parameters = new URL(url).searchParams
  const known = ['pool_size', ...ofNodePostgres, ...ofLibpq]
  const unknown = [...parameters.keys()].find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new WrongAddress(`${unknown} is not known: what may stand behind its ? is in docs/configuring.md`)
  const text = parameters.get('pool_size') ?? String(usualPoolSize)
  const size = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (size < 1 || size > largestPoolSize)
    throw new WrongAddress(`pool_size must be a whole number from 1 to ${largestPoolSize}`)
  return size
}
