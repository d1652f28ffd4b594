/** SQLite's codes for what a statement says, without their details: an unknown column, too much, a broken rule, a wrong type. */
const sqliteCodes = [1, 18, 19, 20]
/** PostgreSQL's classes for the same: data that is none, a broken rule, a wrong statement. */
const postgresClasses = /^(?:22|23|42)[0-9A-Z]{3}$/

/** Whether a database, of either kind, refused what it was given; not where it failed itself, as on a full disk. */
export function isRefusedContent(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  if ('errcode' in error && typeof error.errcode === 'number') return sqliteCodes.includes(error.errcode & 0xff)
  return 'code' in error && typeof error.code === 'string' && postgresClasses.test(error.code)
}
