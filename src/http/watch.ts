import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { LogFields } from '../telemetry/log-context.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { RequestTrace } from '../telemetry/tracing.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What every line of log that is written for this request has. */
    logFields: LogFields | undefined
    trace: RequestTrace | undefined
    /** It was answered, or its connection ended before. */
    hasEnded: boolean
  }
}

/** The status of a request that nobody waited for any more, or that was cut off, as proxies have it in their logs. */
const unanswered = 499

/**
 * Follows every request from its first to its last moment: all lines of log on the way have its id, all spans are under its
 * own, and in the end it is counted and has its line, also where its connection has ended before.
 */
export function watchRequests(
  app: FastifyInstance,
  { log, telemetry }: { log: FastifyBaseLogger; telemetry: Telemetry },
): void {
  const { metrics, tracing, logContext } = telemetry
  app.decorateRequest('logFields', undefined)
  app.decorateRequest('trace', undefined)
  app.decorateRequest('hasEnded', false)
  const end = (request: FastifyRequest, reply: FastifyReply, status: number, message: string): void => {
    const { caller, method, problem } = request
    const { url: route } = request.routeOptions
    const { elapsedTime } = reply
    request.hasEnded = true
    metrics.http.answered(route, status, elapsedTime)
    request.trace?.end({ method, route, status, problem })
    log.info(
      {
        reqId: request.id,
        trace_id: request.trace?.ids.trace_id,
        span_id: request.trace?.ids.span_id,
        method,
        route,
        ip: request.ip,
        community: caller?.community.slug,
        key: caller?.key.id,
        status,
        ms: Math.round(elapsedTime * 10) / 10,
        problem,
      },
      message,
    )
  }
  // Fastify goes on with it behind a body, though that comes from the connection.
  app.addHook('onRequest', (request, reply, done) => {
    metrics.http.began()
    reply.raw.on('close', () => {
      metrics.http.ended()
      // Fastify tells of answers that were sent, and of no others.
      if (!request.hasEnded) end(request, reply, unanswered, 'the connection ended before the answer')
    })
    const trace = tracing?.beginRequest(request.method, request.raw.headers)
    const fields = { reqId: request.id, ...trace?.ids }
    request.trace = trace
    request.logFields = fields
    const goOn = () => logContext.run(fields, done)
    if (trace === undefined) goOn()
    else trace.run(goOn)
  })
  app.addHook('onResponse', (request, reply, done) => {
    end(request, reply, reply.statusCode, 'answered')
    done()
  })
}
