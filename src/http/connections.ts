import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../problem.ts'
import type { HttpMetrics } from '../telemetry/http-metrics.ts'
import { callerNameOf } from './addresses.ts'

/** How long and how much a connection may take, so that nobody can hold the server up by being slow or by never ending. */
export type ConnectionLimits = {
  /** From the opening, or the first byte of another request, to the end of the headers. */
  headersMs: number
  /** To the end of the body. */
  requestMs: number
  /** Between two requests: longer than the minute for which balancers keep connections, which reuse them. */
  idleMs: number
  /** Without a byte in either direction, whatever goes on: longer than any call waits for Roblox. */
  silentMs: number
  /** How often the first two are looked at. */
  checkedEveryMs: number
  connections: number
  /** From one address that is no proxy's: one alone must not have them all. */
  connectionsOfOne: number
  headers: number
  /** A request that waits this long for its turn, as all others do, is one too many. */
  delayMs: number
}

export const connectionLimits: ConnectionLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 72_000,
  silentMs: 120_000,
  checkedEveryMs: 2_000,
  connections: 10_000,
  connectionsOfOne: 2_000,
  headers: 100,
  delayMs: 1_000,
}

/** What Fastify and Node are told of the limits. */
export function connectionOptions(limits: ConnectionLimits) {
  return {
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionTimeout: limits.silentMs,
    http: { headersTimeout: limits.headersMs, connectionsCheckingInterval: limits.checkedEveryMs },
  }
}

/** Refuses connections over their number, and requests with too many headers, of which Node would leave some out. */
export function limitConnections(
  app: FastifyInstance,
  { connections, connectionsOfOne, headers }: ConnectionLimits,
  { isProxy, metrics }: { isProxy: (address: string) => boolean; metrics: HttpMetrics },
): void {
  app.server.maxConnections = connections
  app.server.maxHeadersCount = headers + 1
  const open = new Map<string, number>()
  app.server.on('drop', () => metrics.refusedConnection('all'))
  app.server.on('connection', (socket: Socket) => {
    metrics.connected()
    socket.once('close', () => metrics.disconnected())
    const { remoteAddress = '' } = socket
    if (isProxy(remoteAddress)) return
    const caller = callerNameOf(remoteAddress)
    const count = (open.get(caller) ?? 0) + 1
    if (count > connectionsOfOne) {
      metrics.refusedConnection('address')
      socket.destroy()
      return
    }
    open.set(caller, count)
    socket.once('close', () => {
      const left = (open.get(caller) ?? 1) - 1
      if (left > 0) open.set(caller, left)
      else open.delete(caller)
    })
  })
  app.addHook('onRequest', (request, _reply, done) => {
    done(request.raw.rawHeaders.length / 2 > headers ? new Problem('too-many-headers') : undefined)
  })
}
