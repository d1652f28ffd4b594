import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as the handlers see it, its body read to the end. */
export type Call = {
  method: string
  /** As it was sent: nothing is decoded. */
  path: string
  query: URLSearchParams
  /** The path with its query, as it was sent. */
  url: string
  headers: Record<string, string>
  body: string
}

export type Answer = { status: number; type: string; body: string; headers: Record<string, string> }

/** What becomes of a connection: an answer, a reset without one, or silence. */
export type Outcome = Answer | 'reset' | 'silence'

/** Thrown by a handler to answer at once; it is the service's own answer, no fault of the sandbox. */
export class Refusal extends Error {
  readonly answer: Answer

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`)
    this.answer = answer
  }
}

/** An answer with a JSON body. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(value), headers }
}

/** An answer with a plain text body. */
export function text(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return { status, type: 'text/plain; charset=utf-8', body, headers }
}

/** An answer with an HTML page. */
export function html(status: number, body: string): Answer {
  return { status, type: 'text/html; charset=utf-8', body, headers: {} }
}

/** An answer that claims to be JSON and has nothing in it, as some of Roblox's successes are. */
export function nothing(status: number): Answer {
  return { status, type: 'application/json; charset=utf-8', body: '', headers: {} }
}

/** The call's body as JSON; undefined where it is none. */
export function readJson(call: Call): unknown {
  try {
    return JSON.parse(call.body)
  } catch {
    return undefined
  }
}

type Params<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Params<Rest> : never

export type Route = {
  method: string
  pattern: RegExp
  /** What the service would answer if it had nothing at all. */
  empty: Answer
  handle: (call: Call, params: Record<string, string>) => Answer
}

/**
 * A route for a path such as `/cloud/v2/users/{user}:generateThumbnail`. A parameter matches neither `:` nor `%`:
 * Roblox's custom verbs are known by a raw colon, and no id needs an escape.
 */
export function route<Path extends string>(
  method: string,
  path: Path,
  empty: Answer,
  handle: (call: Call, params: Record<Params<Path>, string>) => Answer,
): Route {
  const source = path.replace(/[.]/g, '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/:%]+)')
  return { method, pattern: new RegExp(`^${source}$`), empty, handle }
}

/** The route that a call asks for; undefined with the reason where there is none. */
export function findRoute(routes: readonly Route[], call: Call) {
  const onPath = routes.filter(({ pattern }) => pattern.test(call.path))
  const found = onPath.find(({ method }) => method === call.method)
  if (found === undefined) return { route: undefined, status: onPath.length > 0 ? 405 : 404 } as const
  return { route: found, params: { ...found.pattern.exec(call.path)?.groups } }
}

const maxBodyBytes = 1024 * 1024

export type LoopbackServer = { address: string; close: () => Promise<void> }

/** Listens on 127.0.0.1; port 0 takes any free one. `close` also ends connections that still wait. */
export async function listenOnLoopback(options: {
  port: number
  respond: (call: Call) => Outcome | Promise<Outcome>
  /** Answers to a body of more than 1 MiB, which is not kept. */
  tooLarge: () => Answer
}): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    // Nothing is left to tell to a client that went away in the middle of its request or of our answer.
    serve(request, response, options).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: options.port, host: '127.0.0.1' }, resolve)
  })
  return {
    address: `http://127.0.0.1:${portOf(server.address())}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('a server on a TCP port has a port')
  return address.port
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: { respond: (call: Call) => Outcome | Promise<Outcome>; tooLarge: () => Answer },
): Promise<void> {
  const body = await readBody(request)
  if (body === undefined) return send(response, options.tooLarge())
  const outcome = await options.respond(toCall(request, body))
  if (outcome === 'reset') request.socket.resetAndDestroy()
  else if (outcome !== 'silence') send(response, outcome)
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    const buffer = Buffer.from(chunk)
    bytes += buffer.length
    // What is too much is still taken in: a client that is writing would see a reset instead of the answer.
    if (bytes <= maxBodyBytes) chunks.push(buffer)
  }
  return bytes > maxBodyBytes ? undefined : Buffer.concat(chunks).toString('utf8')
}

function toCall(request: IncomingMessage, body: string): Call {
  const url = request.url ?? '/'
  const [path = '/', ...query] = url.split('?')
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return { method: request.method ?? 'GET', path, query: new URLSearchParams(query.join('?')), url, headers, body }
}

function send(response: ServerResponse, { status, type, body, headers }: Answer): void {
  const content = Buffer.from(body)
  if (status === 204) response.writeHead(status, headers)
  else response.writeHead(status, { 'content-type': type, 'content-length': content.length, ...headers })
  response.end(status === 204 ? undefined : content)
}
