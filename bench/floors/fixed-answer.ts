import { createServer } from 'node:http'

/** The least that a server in Node can do: HTTP itself. Answers every request with the bytes in `BODY`. */
const body = Buffer.from(process.env.BODY ?? '')
const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length }

createServer((_request, response) => {
  response.writeHead(200, headers).end(body)
}).listen(Number(process.env.PORT), '127.0.0.1')
