import { createServer } from 'node:http'
import { openShiftWriter } from './shift-writer.ts'

/** `/log` by hand: no keys, no checks, no log; a durable transaction of its own for each request. */
const write = openShiftWriter(process.env.DATABASE_URL ?? '')
const body = '{"status":"success"}'
const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length }

createServer(async (request, response) => {
  const query = new URL(request.url ?? '', 'http://floor').searchParams
  const text = (name: string) => query.get(name) ?? ''
  await write({
    id: text('id'),
    place: text('place'),
    seconds: Number(text('duration')),
    training: text('training') === 'true' ? 1 : 0,
    server: text('server'),
  })
  response.writeHead(200, headers).end(body)
}).listen(Number(process.env.PORT), '127.0.0.1')
