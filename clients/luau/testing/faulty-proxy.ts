import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { delayHeader, neverHeader, nowHeader } from './operations.ts'

/**
 * What becomes of a request on its way. `cut` and `hang` don't let it through, `lost` and `lost hang` do and lose its
 * answer; `delay` has it answered these seconds later.
 */
export type Fault =
  | 'cut'
  | 'hang'
  | 'lost'
  | 'lost hang'
  | { delay: number }
  | { status: number; headers?: Record<string, string>; body: string }

export type Passed = {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: string
  /** The time of the game server that asked. */
  at: number
  /** What it was answered by Magicband, where it got there. */
  status?: number
}

type Options = { target: () => string; setNow: (now: number) => void }

/** The way between game servers and Magicband, which can be out of order. */
export class FaultyProxy {
  readonly requests: Passed[] = []
  fault: (request: Passed) => Fault | undefined = () => undefined
  readonly #options: Options
  #server: Server | undefined
  #port = 0

  constructor(options: Options) {
    this.#options = options
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Takes connections, at the same address as before. */
  async open(): Promise<void> {
    const server = createServer((request, response) => {
      this.#pass(request, response).catch(() => response.destroy())
    })
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
    this.#port = address.port
    this.#server = server
  }

  /** Refuses connections. */
  async close(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }

  /** The requests for a path. */
  to(path: string): Passed[] {
    return this.requests.filter((request) => request.path === path)
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request)
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://proxy')
    const { [nowHeader]: now, ...headers } = request.headers
    const at = Number(now)
    this.#options.setNow(at)
    const passed: Passed = {
      method: request.method ?? '',
      path: pathname,
      query: searchParams,
      headers,
      body,
      at,
    }
    this.requests.push(passed)
    const fault = this.fault(passed)
    if (fault === 'cut') response.destroy()
    else if (fault === 'hang') response.writeHead(200, { [neverHeader]: '1' }).end()
    else if (typeof fault === 'object' && 'status' in fault)
      response.writeHead(fault.status, fault.headers).end(fault.body)
    else {
      const answer = await this.#forward(request, passed)
      if (fault === 'lost') response.destroy()
      else if (fault === 'lost hang') response.writeHead(200, { [neverHeader]: '1' }).end()
      else {
        const more = fault === undefined ? {} : { [delayHeader]: `${fault.delay}` }
        response.writeHead(answer.status, { ...answer.headers, ...more }).end(answer.body)
      }
    }
  }

  async #forward(
    request: IncomingMessage,
    passed: Passed,
  ): Promise<{ status: number; headers: Record<string, string>; body: string }> {
    const { host: _host, connection: _connection, 'content-length': _length, ...rest } = passed.headers
    const headers = Object.fromEntries(
      Object.entries(rest).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    )
    const hasBody = passed.method !== 'GET' && passed.body !== ''
    const answer = await fetch(this.#options.target() + request.url, {
      method: passed.method,
      headers,
      ...(hasBody && { body: passed.body }),
    })
    passed.status = answer.status
    const kept = ['content-type', 'retry-after', 'x-magicband-stale', 'x-request-id']
    return {
      status: answer.status,
      headers: Object.fromEntries([...answer.headers].filter(([name]) => kept.includes(name))),
      body: await answer.text(),
    }
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}
