import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Body } from '../call/body.ts'
import type { Answer, Call } from '../call/call.ts'
import type { PageRoute } from '../call/page.ts'
import type { Scope } from '../keys/scopes.ts'
import type { Scrape } from '../telemetry/metrics.ts'
import type { AccessControl, Caller, RouteAccess } from './access.ts'
import { noBody } from './bodies.ts'
import { etagOf, isAmong } from './etag.ts'
import { type IdempotentCalls, readIdempotencyKey } from './idempotency.ts'
import { refuseOtherMethods } from './methods.ts'
import { callSchema, pageSchema } from './openapi.ts'
import { problemContentType } from './problem-details.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may ask; a route without it stops the start. */
    access?: RouteAccess
    call?: Call
  }
  interface FastifyRequest {
    caller: Caller | undefined
    /** Why the request was refused or failed, for the log. */
    problem: string | undefined
  }
}

/**
 * A row of the list of all routes. Calls need a key with one of the scopes, and so do reports, which are for programs that
 * watch the server and no part of the documented API; pages need none.
 */
export type Route =
  | { method: 'GET' | 'POST'; path: string; scopes: readonly Scope[]; call: Call }
  | { method: 'GET'; path: string; scopes: readonly Scope[]; report: () => Promise<Scrape> }
  | { method: 'GET' | 'POST'; path: string; page: PageRoute }

type Dependencies = { access: AccessControl; idempotentCalls: IdempotentCalls }

/** Makes the start fail for a route, also one of a plug-in, that doesn't say who may ask for it. */
export function requireAccessOfEveryRoute(app: FastifyInstance): void {
  const routes: { url: string; config?: { access?: RouteAccess } }[] = []
  app.addHook('onRoute', (route) => {
    routes.push(route)
  })
  app.addHook('onReady', async () => {
    const open = routes.filter((route) => route.config?.access === undefined).map((route) => route.url)
    if (open.length > 0) throw new Error(`these routes say nothing of who may ask for them: ${open.join(', ')}`)
  })
  app.decorateRequest('caller', undefined)
  app.decorateRequest('problem', undefined)
}

/** Adds the routes of the list, and a refusal for every other method on their paths. */
export function addRoutes(app: FastifyInstance, routes: readonly Route[], dependencies: Dependencies): void {
  for (const route of routes) {
    if ('call' in route) addCall(app, route, dependencies)
    else if ('report' in route) addReport(app, route, dependencies)
    else addPage(app, route)
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const here = routes.filter((route) => route.path === path)
    const allowed = here.flatMap((route) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]))
    refuseOtherMethods(app, path, allowed, here.find((route) => 'call' in route)?.call)
  }
}

/** The contact of the community whose key a request has, for the sentence of a failure. */
export function contactOf(request: FastifyRequest): string {
  return request.caller?.community.contact ?? 'the administrators'
}

function addCall(
  app: FastifyInstance,
  { method, path, scopes, call }: Extract<Route, { call: Call }>,
  { access, idempotentCalls }: Dependencies,
): void {
  app.route<{ Querystring: Record<string, unknown> }>({
    method,
    url: path,
    schema: callSchema(call, scopes),
    config: { access: scopes, call },
    // The members of an answer stand in the order in which the contract shows them; the framework's serialiser, which
    // is made from the schema, would put optional ones last.
    serializerCompiler: () => (body) => JSON.stringify(body),
    onRequest: async (request) => {
      request.caller = await access.admit(request, { scopes, isV1: call.isV1 ?? false })
    },
    handler: async (request, reply) => {
      const { caller } = request
      if (caller === undefined) throw new Error('a call was reached without a key')
      const body = isBody(request.body) ? request.body : noBody
      const prepared = await call.prepare(request.query, body)
      const context = {
        community: caller.community,
        keyId: caller.key.id,
        key: caller.key,
        requestId: request.id,
        robloxPlace: robloxPlaceOf(request),
        answerHeaders: {},
      }
      const idempotencyKey =
        call.isSecret || call.isPolled ? undefined : readIdempotencyKey(request.headers['idempotency-key'])
      let answer: Answer
      try {
        answer = await idempotentCalls.run({ call, route: path, idempotencyKey, prepared, context })
      } finally {
        // Refusals, which are thrown, carry them too.
        reply.headers(context.answerHeaders)
      }
      // A refusal that was remembered.
      if (call.isV1 && answer.status >= 400) reply.type(problemContentType)
      if (call.isPolled && answer.status === 200) {
        const tag = etagOf(answer.body)
        // Kept by the caller alone, and asked about before each use.
        reply.headers({ etag: tag, 'cache-control': 'private, no-cache' })
        if (isAmong(tag, request.headers['if-none-match'])) return reply.code(304).send()
      }
      return reply.code(answer.status).send(answer.body)
    },
  })
}

function addReport(
  app: FastifyInstance,
  { method, path, scopes, report }: Extract<Route, { report: unknown }>,
  { access }: Dependencies,
): void {
  app.route({
    method,
    url: path,
    schema: { hide: true },
    config: { access: scopes },
    onRequest: async (request) => {
      // The key in a header, as with all that is newer than the nine calls.
      request.caller = await access.admit(request, { scopes, isV1: true })
    },
    handler: async (_request, reply) => {
      const { contentType, text } = await report()
      return reply.type(contentType).send(text)
    },
  })
}

function addPage(app: FastifyInstance, { method, path, page }: Extract<Route, { page: PageRoute }>): void {
  app.route<{ Params: Record<string, string> }>({
    method,
    url: path,
    schema: pageSchema(page, path),
    config: { access: 'anyone' },
    handler: async (request, reply) => {
      const { bytes } = isBody(request.body) ? request.body : noBody
      const answer = await page.handle({ path: request.params, headers: request.raw.headers, bytes })
      return reply
        .code(answer.status)
        .headers(answer.headers ?? {})
        .send(answer.body)
    },
  })
}

function isBody(body: unknown): body is Body {
  return typeof body === 'object' && body !== null && 'bytes' in body
}

/** The place that Roblox says the request comes from: a script can't set this header. Studio sends 0 (contract `/connect` 1). */
function robloxPlaceOf(request: FastifyRequest): string | undefined {
  const header = request.headers['roblox-id']
  if (typeof header !== 'string' || !/^\d+$/.test(header)) return undefined
  const place = BigInt(header)
  return place === 0n ? undefined : place.toString()
}
