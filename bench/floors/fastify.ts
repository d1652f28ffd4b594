import { hash } from 'node:crypto'
import { fastify } from 'fastify'
import { pino } from 'pino'

/**
 * What is left to a server on the framework and the log that Magicband is built on: the hash of a key, parameters by a schema, an
 * answer from memory, a line of log. No database, no limits, no contract.
 */
const log = pino(pino.destination({ dest: 2, sync: false }))
const app = fastify({ logger: false })
const keys = new Set<string>()

app.addHook('onRequest', async (request) => {
  keys.add(hash('sha256', String(request.headers['x-api-key'])))
})

app.addHook('onResponse', (request, reply, done) => {
  const { id, method, ip, routeOptions } = request
  log.info(
    { reqId: id, method, route: routeOptions.url, ip, status: reply.statusCode, ms: reply.elapsedTime },
    'answered',
  )
  done()
})

app.get(
  '/connect',
  {
    schema: {
      querystring: {
        type: 'object',
        required: ['place', 'id', 'training'],
        properties: { place: { type: 'integer' }, id: { type: 'integer' }, training: { type: 'boolean' } },
      },
    },
  },
  (_request, reply) => {
    reply.type('application/json; charset=utf-8').send(process.env.BODY)
  },
)

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
