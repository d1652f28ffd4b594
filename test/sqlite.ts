import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { bringUpToDate } from './bring-up-to-date.ts'
import { makeTemporaryFolder } from './temporary-folder.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** An SQLite file that is up to date and has no rows: tests copy it. */
    migratedFile: string
  }
}

/** Makes the file that tests copy, and deletes it when they are done. */
export default async function makeMigratedFile(project: TestProject): Promise<() => void> {
  const folder = makeTemporaryFolder('sqlite')
  const file = join(folder, 'migrated.db')
  await bringUpToDate(`sqlite:${file}`)
  project.provide('migratedFile', file)
  return () => rmSync(folder, { recursive: true })
}
