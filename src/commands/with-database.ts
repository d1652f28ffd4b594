import { type Configuration, readConfiguration } from '../config/configuration.ts'
import { type Database, openDatabase } from '../database/database.ts'
import { CommandError } from './output.ts'

/** `verify` of a large database reads whole tables, and nobody waits for an answer. */
const statementMs = 30 * 60_000

/** Runs work on the configured database, brought up to date, and closes it. */
export async function withDatabase(
  work: (database: Database, configuration: Configuration) => Promise<void>,
): Promise<void> {
  const configuration = readConfiguration(process.env)
  const database = openDatabase(configuration.databaseUrl, { statementMs })
  try {
    await database.migrate()
    await work(database, configuration)
  } finally {
    await database.close()
  }
}

/** @throws CommandError that names the communities there are */
export function requireCommunity({ communities }: Configuration, slug: string): void {
  if (communities.some((community) => community.slug === slug)) return
  const known = communities.map((community) => community.slug).join(', ')
  throw new CommandError(`there is no community file for ${slug}; there are: ${known}`)
}
