import { randomUUID } from 'node:crypto'
import { type IncomingMessage, METHODS } from 'node:http'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  type onRequestHookHandler,
} from 'fastify'
import type { RandomBytes } from '../clock.ts'
import { approveCall, pastePage, uploadCall } from '../features/application/application.routes.ts'
import type { ApplicationDependencies } from '../features/application/application.ts'
import type { ApprovalDependencies } from '../features/application/approval.ts'
import type { PasteDependencies } from '../features/application/paste.ts'
import { banCall, unbanCall } from '../features/ban/ban.routes.ts'
import { grantCall, listCall, revokeCall } from '../features/certification/certification.routes.ts'
import { connectCall } from '../features/connect/connect.routes.ts'
import { type ErasureRouteDependencies, robloxWebhook } from '../features/erasure/erasure.routes.ts'
import { profileCall } from '../features/profile/profile.routes.ts'
import { serverTokenCall } from '../features/server-token/server-token.routes.ts'
import { logCall } from '../features/shift/shift.routes.ts'
import { healthPage, statusCall, statusPage } from '../features/status/status.routes.ts'
import type { StatusDependencies } from '../features/status/status.ts'
import type { StatusPage } from '../features/status/status-page.ts'
import type { DiscordLinks } from '../players/links.ts'
import { Problem } from '../problem.ts'
import type { HttpMetrics } from '../telemetry/http-metrics.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { AccessControl } from './access.ts'
import { withoutPorts } from './addresses.ts'
import { bodyLimit, readBodies } from './bodies.ts'
import { type ConnectionLimits, connectionLimits, connectionOptions, limitConnections } from './connections.ts'
import { answerError } from './errors.ts'
import type { IdempotentCalls } from './idempotency.ts'
import { shedLoad } from './load.ts'
import { addDocumentation } from './openapi.ts'
import { parseQuery } from './query.ts'
import { commonHeaders, refuseTunnel, refuseUnreadable } from './raw-answers.ts'
import { addRoutes, contactOf, type Route, requireAccessOfEveryRoute } from './routing.ts'
import { networksOf } from './sources.ts'
import { watchRequests } from './watch.ts'

export type FeatureDependencies = ApplicationDependencies &
  ApprovalDependencies &
  PasteDependencies &
  ErasureRouteDependencies & {
    randomBytes: RandomBytes
    links: DiscordLinks
    status: StatusDependencies
    statusPage: StatusPage | undefined
  }

type ServerDependencies = {
  features: FeatureDependencies
  access: AccessControl
  idempotentCalls: IdempotentCalls
  telemetry: Telemetry
  log: FastifyBaseLogger
  trustProxy: readonly string[]
  version: string
  limits?: Partial<ConnectionLimits>
}

/** The API on one screen. */
function listRoutes(features: FeatureDependencies, metrics: Metrics): Route[] {
  return [
    { method: 'GET', path: '/connect', scopes: ['connect'], call: connectCall(features) },
    { method: 'GET', path: '/profile', scopes: ['profile'], call: profileCall(features) },
    { method: 'POST', path: '/certification/grant', scopes: ['certification'], call: grantCall(features) },
    { method: 'POST', path: '/certification/revoke', scopes: ['certification'], call: revokeCall(features) },
    { method: 'POST', path: '/ban/add', scopes: ['ban'], call: banCall(features) },
    { method: 'POST', path: '/ban/remove', scopes: ['ban'], call: unbanCall(features) },
    { method: 'POST', path: '/application/approve', scopes: ['application'], call: approveCall(features) },
    {
      method: 'POST',
      path: '/application/upload',
      scopes: ['application', 'application:upload'],
      call: uploadCall(features),
    },
    { method: 'POST', path: '/log', scopes: ['log'], call: logCall(features) },
    { method: 'GET', path: '/status', scopes: ['status'], call: statusCall(features.status) },
    { method: 'GET', path: '/v1/certifications', scopes: ['certification'], call: listCall() },
    { method: 'POST', path: '/v1/server-token', scopes: ['server-token'], call: serverTokenCall(features) },
    { method: 'GET', path: '/metrics', scopes: ['status'], report: () => metrics.scrape() },
    { method: 'GET', path: '/health', page: healthPage(features.status) },
    ...(features.statusPage ? [{ method: 'GET' as const, path: '/', page: statusPage(features.statusPage) }] : []),
    { method: 'GET', path: '/pastes/:id', page: pastePage(features) },
    { method: 'POST', path: '/webhooks/roblox/:community', page: robloxWebhook(features) },
  ]
}

/** A reason of 1,000 characters, percent-encoded, takes 12 KB. */
const headerLimit = 32 * 1024

/** The HTTP server, with every route; it does not listen yet. */
export function createServer({
  features,
  access,
  idempotentCalls,
  telemetry,
  log,
  trustProxy,
  version,
  limits: given = {},
}: ServerDependencies): FastifyInstance {
  const { metrics } = telemetry
  const limits = { ...connectionLimits, ...given }
  const connections = connectionOptions(limits)
  const app = fastify({
    // One line a request, of our own: Fastify's would hold the URL, and so a key in its query.
    logger: false,
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    trustProxy: trustProxy.length === 0 ? false : [...trustProxy],
    bodyLimit,
    ...connections,
    return503OnClosing: false,
    // Node would answer a request without `host` by itself, in no shape of ours.
    http: { ...connections.http, maxHeaderSize: headerLimit, requireHostHeader: false },
    routerOptions: { maxParamLength: 200, querystringParser: parseQuery },
    // A path that can't be decoded is a path that doesn't exist.
    frameworkErrors: (_error, request, reply) => {
      const answer = answerError(new Problem('not-found'), callOf(request), '')
      metrics.http.refused('not-found')
      metrics.http.answered(undefined, answer.status, reply.elapsedTime)
      reply.hijack()
      reply.raw
        .writeHead(answer.status, { ...commonHeaders, ...answer.headers, 'x-request-id': request.id })
        .end(JSON.stringify(answer.body))
    },
    clientErrorHandler: (error, socket) => {
      metrics.http.unreadable()
      refuseUnreadable(error, socket)
    },
  })
  // Every method that Node reads can be refused with a 405, not only those that Fastify knows by itself.
  for (const method of METHODS) {
    if (method !== 'CONNECT' && !app.supportedMethods.includes(method)) app.addHttpMethod(method)
  }
  app.server.on('connect', (_request, socket) => refuseTunnel(socket))
  // An expectation that nobody knows is ignored, where Node would answer it by itself.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))
  if (trustProxy.length > 0) app.addHook('onRequest', readForwardedAddresses)
  requireAccessOfEveryRoute(app)
  const unread = readBodies(app)
  watchRequests(app, { log, telemetry })
  addErrorAnswers(app, { log, metrics: metrics.http })
  const proxies = networksOf(trustProxy)
  limitConnections(app, limits, { isProxy: (address) => proxies.includes(address), metrics: metrics.http })
  shedLoad(app, limits.delayMs, log)
  closeConnectionsAtStop(app, { patienceMs: limits.requestMs, unread })
  addDocumentation(app, { version, access })
  // The documentation sees only the routes that are added after it is ready to.
  app.register(async (scope) => addRoutes(scope, listRoutes(features, metrics), { access, idempotentCalls }))
  return app
}

/** Before anything asks for the address of the caller. */
const readForwardedAddresses: onRequestHookHandler = ({ headers }, _reply, done) => {
  const forwarded = headers['x-forwarded-for']
  if (typeof forwarded === 'string') headers['x-forwarded-for'] = withoutPorts(forwarded)
  done()
}

/** What stands for a call under `/v1` where there is none: problems are told there as everywhere under it. */
const noCall = { isForBot: false, failure: {}, isV1: true } as const

/** The call that a request is for, as far as its problems are told by it. */
function callOf(request: FastifyRequest): Parameters<typeof answerError>[1] {
  const { call } = request.routeOptions.config
  if (call !== undefined) return call
  // A request may name the whole URL.
  const path = request.url.replace(/^https?:\/\/[^/?#]*/i, '')
  return /^\/v1(?:[/?]|$)/.test(path) ? noCall : undefined
}

/**
 * No fault of ours, though the status is: that Roblox can't be asked is told once by its client, not by each call that would
 * have needed it; so is being busy, and why a player isn't ranked by the approval.
 */
const toldElsewhere: readonly string[] = ['roblox-unavailable', 'server-busy', 'not-ranked']

/** What every answer has (contract, rule 6), and what is answered when something is thrown. */
function addErrorAnswers(
  app: FastifyInstance,
  { log, metrics }: { log: FastifyBaseLogger; metrics: HttpMetrics },
): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply
      .header('cache-control', 'no-store')
      .header('x-content-type-options', 'nosniff')
      .header('x-request-id', request.id)
    // Before the body: an unknown route is told first (contract, rule 4).
    done(request.is404 ? new Problem('not-found') : undefined)
  })
  app.setNotFoundHandler(() => {
    throw new Problem('not-found')
  })
  app.setErrorHandler((thrown, request, reply) => {
    const error = toProblem(thrown)
    const answer = answerError(error, callOf(request), contactOf(request))
    request.problem = error instanceof Problem ? error.code : 'failure'
    metrics.refused(request.problem)
    if (answer.status >= 500 && !toldElsewhere.includes(request.problem)) {
      const route = request.routeOptions.url
      log.error(
        { ...request.logFields, err: thrown, route, status: answer.status },
        'a call failed and changed nothing: mend what the error says, or look with `magicband doctor` for what is wrong',
      )
    }
    return reply
      .code(answer.status)
      .headers({ ...commonHeaders, ...answer.headers })
      .send(answer.body)
  })
}

/** What is not here this long after the stop was wanted has not begun to be done. */
const bodyAtStopMs = 1000

/**
 * A connection that its caller keeps open after the answer would keep the server up for a minute when it stops, and a
 * request that never comes to its end for ever: Node no longer watches `requestTimeout` then.
 */
function closeConnectionsAtStop(
  app: FastifyInstance,
  { patienceMs, unread }: { patienceMs: number; unread: ReadonlySet<IncomingMessage> },
): void {
  let isStopping = false
  const timers: NodeJS.Timeout[] = []
  app.addHook('preClose', async () => {
    isStopping = true
    timers.push(setTimeout(() => closeUnfinished(unread), bodyAtStopMs))
    timers.push(setTimeout(() => app.server.closeAllConnections(), patienceMs))
  })
  app.addHook('onClose', async () => timers.forEach(clearTimeout))
  app.addHook('onSend', (_request, reply, _body, done) => {
    if (isStopping) reply.header('connection', 'close')
    done()
  })
}

/** Those whose bodies nobody reads may be here whole. */
function closeUnfinished(requests: ReadonlySet<IncomingMessage>): void {
  for (const request of requests) if (!request.complete) request.destroy()
}

/** The framework's own errors as problems; everything else stays what it is. */
function toProblem(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new Problem('body-too-large', { cause: error })
  if (error.code === 'ECONNRESET' && error.message === 'aborted')
    return new Problem('request-malformed', { cause: error })
  const isRefusal = 'statusCode' in error && typeof error.statusCode === 'number' && error.statusCode < 500
  return error.code.startsWith('FST_') && isRefusal ? new Problem('request-malformed', { cause: error }) : error
}
