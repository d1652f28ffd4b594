import { type Configuration, readConfiguration } from '../config/configuration.ts'
import { type Database, openDatabase } from '../database/database.ts'
import { CommandError } from './output.ts'

/** `verify` of a large database reads whole tables, and nobody waits for an answer. */
const statementMs = 30 * 60_000

type Work = (database: Database, configuration: Configuration) => Promise<void>

/**
 * Runs work on the configured database, brought up to date, and closes it. There must be one: in a wrong folder an empty one
 * would be made, and nothing found in it.
 */
export function withDatabase(work: Work): Promise<void> {
  return run(work, { mustExist: true })
}

/** The same for what puts something into a database, also into one that is not there yet: `check` comes before one is made. */
export function withDatabaseOrNew(check: (configuration: Configuration) => void, work: Work): Promise<void> {
  return run(work, { mustExist: false, check })
}

type Terms = { mustExist: boolean; check?: (configuration: Configuration) => void }

async function run(work: Work, { mustExist, check }: Terms): Promise<void> {
  const configuration = readConfiguration(process.env)
  check?.(configuration)
  const database = openDatabase(configuration.databaseUrl, { statementMs, mustExist })
  try {
    await database.migrate()
    await work(database, configuration)
  } finally {
    await database.close()
  }
}

/**
 * In a folder without community files it is the sandbox that is meant: its made-up data must not take the place of a
 * community's backup, nor be filled with one. @throws CommandError
 */
export function requireOwnDatabase({ environment, isSandbox, databaseUrl }: Configuration): void {
  if (!isSandbox || environment.databaseUrl !== undefined) return
  throw new CommandError(
    `there is no community file in ${environment.communitiesFolder}, so that this would be about the sandbox (${databaseUrl}): run it in the folder of your community, or set DATABASE_URL`,
  )
}

/** @throws CommandError that names the communities there are */
export function requireCommunity({ communities }: Configuration, slug: string): void {
  if (communities.some((community) => community.slug === slug)) return
  const known = communities.map((community) => community.slug).join(', ')
  throw new CommandError(`there is no community file for ${slug}; there are: ${known}`)
}
