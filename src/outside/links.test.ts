import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { findByBloxlink } from './bloxlink.ts'
import { HttpClient } from './http-client.ts'
import { findByRover } from './rover.ts'

test.each([
  ['Bloxlink', findByBloxlink],
  ['RoVer', findByRover],
])('a page that is not there is no word of %s about a member', async (_name, find) => {
  const server = createServer((_request, response) => {
    response.writeHead(404, { 'content-type': 'text/html' }).end('<html>Not found</html>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = new HttpClient({ service: 'links', origin, clock: Date.now, log: pino({ level: 'silent' }) })
  const found = find(client, { guild: '1', apiKey: 'k' }, '100000000000000002')
  await expect(found).rejects.toThrow('it answered 404 without JSON')
  await client.close()
  server.close()
})
