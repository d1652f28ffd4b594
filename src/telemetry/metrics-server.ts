import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Metrics } from './metrics.ts'

/** Prometheus has one or two. */
const connectionLimit = 20
const requestMs = 5000

/** Answers `GET /metrics` to whoever reaches its port, without a key; it listens only when it is told to. */
export class MetricsServer {
  readonly #server: Server

  constructor(metrics: Metrics) {
    this.#server = createServer({ requestTimeout: requestMs, headersTimeout: requestMs }, (request, response) => {
      answer(metrics, request, response).catch(() => response.destroy())
    })
    this.#server.maxConnections = connectionLimit
  }

  /** The address that it listens on. @throws what the system says where it can't */
  async listen(where: { host: string; port: number }): Promise<string> {
    this.#server.listen(where)
    await once(this.#server, 'listening')
    return addressOf(this.#server.address())
  }

  /** Ends what is being answered as well: a scrape is asked for again. */
  async close(): Promise<void> {
    if (!this.#server.listening) return
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}

async function answer(metrics: Metrics, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url?.split('?')[0]
  if (path !== '/metrics') return refuse(response, 404)
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405)
  const { contentType, text } = await metrics.scrape()
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text)
}

function refuse(response: ServerResponse, status: 404 | 405): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end('GET /metrics\n')
}

function addressOf(address: string | AddressInfo | null): string {
  if (address === null || typeof address === 'string') return String(address)
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `http://${host}:${address.port}/metrics`
}
