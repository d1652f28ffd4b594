import type { FastifyInstance } from 'fastify'
import type { Call } from '../call/call.ts'
import { Problem } from '../problem.ts'

/** Answers every other method on a path with 405 and `allow`; no key is needed to be told (contract, rule 4). */
export function refuseOtherMethods(app: FastifyInstance, path: string, allowed: readonly string[], call?: Call): void {
  app.route({
    method: app.supportedMethods.filter((method) => !allowed.includes(method)),
    url: path,
    schema: { hide: true },
    config: { access: 'anyone', ...(call === undefined ? {} : { call }) },
    onRequest: async (_request, reply) => {
      reply.header('allow', allowed.join(', '))
      throw new Problem('method-not-allowed')
    },
    handler: async () => undefined,
  })
}
