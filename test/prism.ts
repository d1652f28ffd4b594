import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const descriptionFile = fileURLToPath(new URL('data/roblox-openapi.json', import.meta.url))
const program = fileURLToPath(new URL('../node_modules/@stoplight/prism-cli/dist/index.js', import.meta.url))

/** Prism, which answers by Roblox's own description of its API and refuses what isn't as described there. */
export type Prism = { origin: string; stop(): Promise<void> }

/** Starts Prism on a free port of this machine. */
export async function startPrism(): Promise<Prism> {
  const port = await findFreePort()
  const args = ['mock', '-h', '127.0.0.1', '-p', String(port), '--errors', descriptionFile]
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let written = ''
  const ready = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        written += text
        if (written.includes('Prism is listening')) resolve()
      })
    }
    child.once('exit', (code) => reject(new Error(`Prism ended with ${code}: ${written}`)))
  })
  await ready
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill()
      await once(child, 'close')
    },
  }
}

/** A request to Roblox: which operation of the description it is, what Prism said, and what was wrong with it. */
export type Checked = { operation: string; status: number; fault: string | undefined }

/** Stands before a service of the sandbox: everything is shown to Prism, and answered by the sandbox. */
export type Checkpoint = { origin: string; stop(): Promise<void> }

/** Starts a checkpoint that writes down what it sees, apart from what isn't described at all. */
export async function startCheckpoint(
  prism: Prism,
  service: string,
  { seen, isDescribed }: { seen: Checked[]; isDescribed: (path: string) => boolean },
): Promise<Checkpoint> {
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = 'GET', url = '/' } = request
    const headers: Record<string, string> = {}
    for (const name of ['x-api-key', 'content-type'] as const) {
      const value = request.headers[name]
      if (typeof value === 'string') headers[name] = value
    }
    const sent = { method, headers, body: chunks.length === 0 ? null : Buffer.concat(chunks) }
    if (isDescribed(url)) seen.push(await check(prism, url, sent))
    const answer = await fetch(service + url, sent)
    const body = Buffer.from(await answer.arrayBuffer())
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' }).end(body)
  }
  const server = createHttpServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${portOf(server.address())}`,
    stop: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

type Sent = { method: string; headers: Record<string, string>; body: Uint8Array<ArrayBuffer> | null }

/** Shows a request to Prism, and looks for parameters that are not described, which Prism lets pass. */
export async function check(prism: Prism, url: string, sent: Sent): Promise<Checked> {
  const { pathname, searchParams } = new URL(url, prism.origin)
  const described = findOperation(sent.method, pathname)
  const reply = await fetch(prism.origin + url, sent)
  const { status } = reply
  const said = await reply.text()
  const unknown = [...searchParams.keys()].filter((name) => !described?.parameters.includes(name))
  const faults = [...(status < 300 ? [] : [said]), ...unknown.map((name) => `${name} is not described`)]
  return {
    operation: described === undefined ? `${sent.method} ${pathname}` : `${sent.method} ${described.path}`,
    status,
    fault: faults.length === 0 ? undefined : faults.join(', '),
  }
}

type Description = { paths: Record<string, Record<string, { parameters?: { in: string; name: string }[] }>> }
const description: Description = JSON.parse(readFileSync(descriptionFile, 'utf8'))

function findOperation(method: string, pathname: string): { path: string; parameters: string[] } | undefined {
  for (const [path, operations] of Object.entries(description.paths)) {
    const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, '[^/:]+')}$`)
    const operation = operations[method.toLowerCase()]
    if (operation === undefined || !pattern.test(pathname)) continue
    const inQuery = (operation.parameters ?? []).filter((one) => one.in === 'query')
    return { path, parameters: inQuery.map(({ name }) => name) }
  }
  return undefined
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server.address())
  server.close()
  await once(server, 'close')
  return port
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('a server on a TCP port has a port')
  return address.port
}
