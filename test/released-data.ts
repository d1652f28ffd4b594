import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A folder a release: the database that it left behind, and what it answered on it. */
export const releasedFolder = fileURLToPath(new URL('./data/released', import.meta.url))

/** A call that a release answered, and what it answered: later versions have to answer the same. */
export type AnsweredCall = {
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  body?: string
  status: number
  answer: string
}

/** What `calls.json` of a release holds. */
export type ReleasedCalls = {
  /** When it was made: what is kept for a time is there at this time. */
  madeAt: string
  calls: AnsweredCall[]
}

/** The releases that have a folder, in the order of their names. */
export function listReleases(): string[] {
  return existsSync(releasedFolder) ? readdirSync(releasedFolder).toSorted() : []
}

/** The community files of a release, by slug. */
export function readReleasedCommunities(release: string): Record<string, string> {
  const folder = join(releasedFolder, release, 'communities')
  const files = readdirSync(folder).map((name) => [name.replace('.yaml', ''), readFileSync(join(folder, name), 'utf8')])
  return Object.fromEntries(files)
}
