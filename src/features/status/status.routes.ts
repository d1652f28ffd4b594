import { type TSchema, Type } from 'typebox'
import { type Call, defineCall } from '../../call/call.ts'
import { definePage, type PageRoute } from '../../call/page.ts'
import { describeStatus, isDatabaseUp, type StatusDependencies } from './status.ts'
import { pagePolicy, type StatusPage } from './status-page.ts'

const states = (...names: string[]): TSchema => Type.Unsafe<string>({ type: 'string', enum: names })

const Part = Type.Object(
  {
    status: states('ok', 'degraded', 'down', 'unused'),
    lastSeen: Type.Optional(Type.String({ format: 'date-time', description: 'When it last worked' })),
    latencyMs: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
)

const Status = Type.Object(
  {
    status: states('ok', 'degraded', 'down'),
    version: Type.String(),
    uptime: Type.Integer({ minimum: 0, description: 'Seconds' }),
    database: Part,
    roblox: Part,
    discord: Part,
    pastebin: Part,
  },
  { additionalProperties: false },
)

/** `GET /status`; 503 when the whole is down, which the database decides. */
export function statusCall(dependencies: StatusDependencies): Call {
  return defineCall({
    summary: 'How the server is doing',
    description: 'And what it stands on: the database, Roblox, Discord, Pastebin.',
    parameters: {},
    answers: { 200: Status, 503: Status },
    isForBot: false,
    failure: { message: 'error encountered' },
    handle: async ({ community }) => {
      const status = await describeStatus(dependencies, community)
      return { status: status.status === 'down' ? 503 : 200, body: status }
    },
  })
}

/** `GET /health` */
export function healthPage(dependencies: StatusDependencies): PageRoute {
  return definePage({
    summary: 'Whether the server works',
    description: 'For load balancers and containers; it tells nothing more.',
    handle: async () => {
      const isUp = await isDatabaseUp(dependencies)
      return { status: isUp ? 200 : 503, body: { status: isUp ? 'ok' : 'error' } }
    },
  })
}

/** `GET /`, where a community has turned it on; 503 while the database can't be read, as `/health`. */
export function statusPage(page: StatusPage): PageRoute {
  return definePage({
    summary: 'The status page',
    description: 'For players: whether the server works, and what stands behind it.',
    handle: async () => {
      const { html, isUp } = await page.get()
      return {
        status: isUp ? 200 : 503,
        body: html,
        headers: {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': pagePolicy,
          'cache-control': 'public, max-age=5',
          'referrer-policy': 'no-referrer',
        },
      }
    },
  })
}
