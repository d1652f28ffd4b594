import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { type TSchema, Type } from 'typebox'
import { ErrorBody } from '../call/answers.ts'
import type { Call } from '../call/call.ts'
import type { PageRoute } from '../call/page.ts'
import { parametersSchema } from '../call/parameters.ts'
import type { Scope } from '../keys/scopes.ts'
import type { AccessControl } from './access.ts'
import { addDocsPage } from './docs-page.ts'
import { refuseOtherMethods } from './methods.ts'
import { ProblemBody } from './problem-details.ts'

const errorBody = 'Error'
const problemBody = 'Problem'

/** The refusals and failures that every call shares (the table in the contract's rules). */
const sharedAnswers: Readonly<Record<number, string>> = {
  400: 'A parameter is missing or invalid, or a rule of the call refuses',
  401: 'The key is missing, unknown, expired or revoked',
  403: 'The source or the key does not allow this, or a rule of the call refuses',
  404: 'No such user',
  409: 'The idempotency key was used for another call',
  413: 'The body is over 256 KiB',
  429: 'Too many wrong keys, or over the limit of the key; see retry-after',
  431: 'More than 100 headers, or more than 32 KiB of them',
  500: 'The call failed; nothing was changed',
  503: 'The server is busy, or Roblox is needed and can not be asked; see retry-after',
}

const idempotencyHeader = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^[ -~]{1,200}$',
      description:
        'A call repeated with the same one within 48 hours is answered as the first time, and does nothing more',
    }),
  ),
})

const polledHeader = Type.Object({
  'if-none-match': Type.Optional(
    Type.String({ description: 'The `etag` of an answer that is remembered; 304 where it still holds' }),
  ),
})
const notModified = { description: 'What the `if-none-match` names still holds', type: 'null' }

/** Collects the routes that are added after it into an OpenAPI 3.1 document, at `/openapi.json`, with a page at `/docs`. */
export function addDocumentation(
  app: FastifyInstance,
  { version, access }: { version: string; access: AccessControl },
): void {
  // The schemas describe; `call/parameters.ts` decides, in the contract's order and words.
  app.setValidatorCompiler(() => () => true)
  app.addSchema({ $id: errorBody, ...ErrorBody })
  app.addSchema({ $id: problemBody, ...ProblemBody })
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Magicband', version, description: 'The staff backend of a Roblox community.' },
      components: {
        securitySchemes: {
          header: { type: 'apiKey', in: 'header', name: 'x-api-key' },
          bearer: { type: 'http', scheme: 'bearer' },
          query: { type: 'apiKey', in: 'query', name: 'key' },
        },
      },
    },
    refResolver: { buildLocalReference: (json, _baseUri, _fragment, index) => String(json.$id ?? `schema-${index}`) },
  })
  app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'any known source' }
    })
    scope.addHook('onRequest', async (request) => access.checkSource(request.ip))
    for (const path of ['/openapi.json', '/docs', '/docs/']) refuseOtherMethods(app, path, ['GET', 'HEAD'])
    scope.get('/openapi.json', { schema: { hide: true } }, async () => scope.swagger())
    addDocsPage(scope)
  })
}

/** What the OpenAPI document says of a call. */
export function callSchema(call: Call, scopes: readonly Scope[]): FastifySchema {
  if (call.isV1) return jsonCallSchema(call, scopes)
  const shared = Object.entries(sharedAnswers).map(([status, description]) => [
    status,
    { description, $ref: `${errorBody}#` },
  ])
  return {
    summary: call.summary,
    description: `${call.description}\n\nScope: ${scopes.map((scope) => `\`${scope}\``).join(' or ')}.`,
    security: [{ header: [] }, { bearer: [] }, { query: [] }],
    headers: idempotencyHeader,
    ...(Object.keys(call.parameters).length === 0 ? {} : { querystring: parametersSchema(call.parameters) }),
    ...(call.body === undefined
      ? {}
      : {
          body: call.body,
          consumes: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'],
        }),
    response: { ...Object.fromEntries(shared), ...withDescriptions(call.answers) },
  }
}

function jsonCallSchema(call: Call, scopes: readonly Scope[]): FastifySchema {
  const problems = Object.entries({ ...sharedAnswers, 404: 'There is no such thing' }).map(([status, description]) => [
    status,
    { description, content: { 'application/problem+json': { schema: { $ref: `${problemBody}#` } } } },
  ])
  return {
    summary: call.summary,
    description: `${call.description}\n\nScope: ${scopes.map((scope) => `\`${scope}\``).join(' or ')}.`,
    security: [{ header: [] }, { bearer: [] }],
    ...(call.isSecret ? {} : { headers: call.isPolled ? polledHeader : idempotencyHeader }),
    ...(call.body === undefined ? {} : { body: call.body, consumes: ['application/json'] }),
    response: {
      ...Object.fromEntries(problems),
      ...(call.isPolled ? { 304: notModified } : {}),
      ...withDescriptions(call.answers),
    },
  }
}

/** What the OpenAPI document says of a page; what it answers is told in words. */
export function pageSchema(page: PageRoute, path: string): FastifySchema {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
  const parameters = Type.Object(Object.fromEntries(names.map((name) => [name, Type.String()])))
  return {
    summary: page.summary,
    description: page.description,
    security: [],
    ...(names.length === 0 ? {} : { params: parameters }),
  }
}

function withDescriptions(answers: Readonly<Record<number, TSchema>>): Record<string, TSchema> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => [
      status,
      { description: status.startsWith('2') ? 'Done' : 'Not well', ...schema },
    ]),
  )
}
