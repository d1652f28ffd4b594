import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify'
import type { LogFields } from '../telemetry/log-context.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { RequestTrace } from '../telemetry/tracing.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What every line of log that is written for this request has. */
    logFields: LogFields | undefined
    trace: RequestTrace | undefined
  }
}

/**
 * Follows every request from its first to its last moment: all lines of log on the way have its id, all spans are under its
 * own, and in the end it is counted and has its line.
 */
export function watchRequests(
  app: FastifyInstance,
  { log, telemetry }: { log: FastifyBaseLogger; telemetry: Telemetry },
): void {
  const { metrics, tracing, logContext } = telemetry
  app.decorateRequest('logFields', undefined)
  app.decorateRequest('trace', undefined)
  // Also where the caller goes away in between, and never has an answer.
  app.server.on('request', (_request, response) => {
    metrics.http.began()
    response.once('close', () => metrics.http.ended())
  })
  const goOn = ({ logFields, trace }: FastifyRequest, done: () => void): void => {
    const run = () => logContext.run(logFields ?? {}, done)
    if (trace === undefined) run()
    else trace.run(run)
  }
  app.addHook('onRequest', (request, _reply, done) => {
    request.trace = tracing?.beginRequest(request.method, request.raw.headers)
    request.logFields = { reqId: request.id, ...request.trace?.ids }
    goOn(request, done)
  })
  // A body comes from the connection, which knows nothing of what it is read for.
  app.addHook('preValidation', (request, _reply, done) => {
    if (logContext.fields === request.logFields) done()
    else goOn(request, done)
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { caller, method, problem } = request
    const { url: route } = request.routeOptions
    const { statusCode: status, elapsedTime } = reply
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
      'answered',
    )
    done()
  })
}
