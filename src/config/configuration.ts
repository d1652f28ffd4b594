import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Community, parseCommunity, readCommunities } from './community.ts'
import { type Environment, readEnvironment, usualCommunitiesFolder } from './environment.ts'
import { ConfigurationError, type Mistake } from './mistakes.ts'

/** All that the program is told from outside. */
export type Configuration = {
  environment: Environment
  communities: readonly Community[]
  databaseUrl: string
  /** There is no community file: a made-up community runs, on a made-up outside world. */
  isSandbox: boolean
}

type Variables = Record<string, string | undefined>

/** The sandbox keeps its data apart: its keys are known to everyone. */
const defaultDatabase = 'sqlite:./data/magicband.db'
const sandboxDatabase = 'sqlite:./data/sandbox.db'
const sandboxFile = new URL('../../communities/sandbox.example.yaml', import.meta.url)

/** Reads the environment and the community files. @throws ConfigurationError with the mistakes of both */
export function readConfiguration(variables: Variables): Configuration {
  const mistakes: Mistake[] = []
  const environment = collect(mistakes, () => readEnvironment(variables))
  // A mistake elsewhere in the environment must not hide those in the files, or that there are none.
  const givenFolder = variables.MAGICBAND_COMMUNITIES || undefined
  const folder = givenFolder ?? usualCommunitiesFolder
  const communities = collect(mistakes, () => readFolder(folder, givenFolder !== undefined, variables))
  if (environment === undefined || communities === undefined) throw new ConfigurationError(mistakes)
  const isSandbox = communities.length === 0
  return {
    environment,
    communities: isSandbox ? [readSandboxCommunity(variables)] : communities,
    databaseUrl: environment.databaseUrl ?? (isSandbox ? sandboxDatabase : defaultDatabase),
    isSandbox,
  }
}

/** The sandbox's community, from the example file that ships with the program. */
export function readSandboxCommunity(variables: Variables): Community {
  const file = fileURLToPath(sandboxFile)
  return parseCommunity({ slug: 'sandbox', file, text: readFileSync(file, 'utf8'), variables })
}

function readFolder(folder: string, isGiven: boolean, variables: Variables): Community[] {
  if (isGiven && !existsSync(folder)) {
    const message = `MAGICBAND_COMMUNITIES names ${folder}, which does not exist: create it, or leave the variable out`
    throw new ConfigurationError([{ file: 'environment', message }])
  }
  return readCommunities(folder, variables)
}

function collect<T>(mistakes: Mistake[], read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    mistakes.push(...error.mistakes)
    return undefined
  }
}
