import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test-database.ts'
import { fuzz } from './fuzz.ts'
import { startFuzzedServer } from './server.ts'

let database: TestDatabase
let server: Awaited<ReturnType<typeof startFuzzedServer>>
beforeAll(async () => {
  database = await createTestDatabase()
  server = await startFuzzedServer(database.url)
})
afterAll(async () => {
  await server.stop()
  await database.remove()
})

/** `npm run fuzz` sends more, and others each time. */
test('whatever is sent, the server refuses it in words and goes on', async () => {
  const report = await fuzz(server, { requests: 2500, rawMessages: 600, seed: 1 })
  expect(report.faults).toEqual([])
  // It got past the door: calls were made, and rules refused some.
  expect(report.byStatus).toMatchObject({ 200: expect.any(Number), 400: expect.any(Number), 401: expect.any(Number) })
  expect(report.byStatus[200]).toBeGreaterThan(100)
  expect(report.rssMiB.after).toBeLessThan(report.rssMiB.before + 150)
  expect((await fetch(`${server.address}/health`)).status).toBe(200)
  expect(server.running.child.exitCode).toBe(null)
}, 120_000)
