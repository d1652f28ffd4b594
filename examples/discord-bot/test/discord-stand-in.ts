import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { eventually } from '../../../test/magicband.ts'
import { Gateway } from './gateway.ts'
import type { Given } from './interactions.ts'
import { Interactions, type Reply, type Request, refuse, type Shown } from './shown.ts'

/** A Discord on this machine: its REST API and its gateway, as far as a bot with slash commands meets them. */
export type DiscordStandIn = {
  apiUrl: string
  token: string
  guildId: string
  gateway: Gateway
  /** The commands that are registered on the server. */
  commands: () => readonly Record<string, unknown>[]
  /** Somebody uses a command, or types into one. */
  use: (given: Given) => Shown
  /** Sends the bot an interaction once more, as may happen after a lost connection. */
  sendAgain: (shown: Shown) => void
  /** Waits until its last step is such a one. */
  until: (shown: Shown, isIt: (step: string | undefined) => boolean) => Promise<Shown>
  /** What the next answer to an interaction meets. */
  refuseNext: (status: number, code: number) => void
  /** The bot's token, and those of interactions, which open them to whoever reads them. */
  secrets: () => string[]
  close: () => Promise<void>
}

const applicationId = '400000000000000001'
const guildId = '200000000000000001'
const token = 'stand-in.bot.token'

export async function startDiscord(): Promise<DiscordStandIn> {
  const interactions = new Interactions({ applicationId, guildId })
  const registered: { commands: readonly Record<string, unknown>[] } = { commands: [] }
  const server = createServer((request, response) => {
    respond(request, response, (call, isBot) => {
      if (/^\/(?:interactions|webhooks)\//.test(call.path)) return interactions.answer(call)
      return isBot ? answerBot(call, registered, addressOf(server)) : refuse(401, 0, '401: Unauthorized')
    }).catch(() => response.destroy())
  })
  const gateway = new Gateway(server, { token, applicationId })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    apiUrl: `http://${addressOf(server)}/api`,
    token,
    guildId,
    gateway,
    commands: () => registered.commands,
    use: (given) => {
      const shown = interactions.add(given)
      gateway.send(shown.payload)
      return shown
    },
    sendAgain: ({ payload }) => gateway.send(payload),
    until: (shown, isIt) => eventually(() => (isIt(shown.steps.at(-1)) ? shown : undefined), 15_000),
    refuseNext: (status, code) => interactions.refuseNext(status, code),
    secrets: () => [token, ...interactions.tokens],
    close: async () => {
      gateway.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Answers what needs the token of the bot. */
function answerBot(
  { method, path, body }: Request,
  registered: { commands: readonly Record<string, unknown>[] },
  address: string,
): Reply {
  switch (`${method} ${path}`) {
    case 'GET /gateway/bot': {
      const limit = { total: 1000, remaining: 999, reset_after: 0, max_concurrency: 1 }
      return { status: 200, body: { url: `ws://${address}`, shards: 1, session_start_limit: limit } }
    }
    case 'GET /applications/@me':
      return { status: 200, body: { id: applicationId, name: 'Magicband' } }
    case `PUT /applications/${applicationId}/guilds/${guildId}/commands`:
      registered.commands = Object.values(body) as Record<string, unknown>[]
      return { status: 200, body: registered.commands }
    default:
      return refuse(404, 0, '404: Not Found')
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (call: Request, isBot: boolean) => Reply,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  const path = decodeURIComponent(request.url ?? '').replace(/\?.*/, '')
  const call = {
    method: request.method ?? 'GET',
    path: path.replace(/^\/api\/v10/, ''),
    body: text === '' ? {} : JSON.parse(text),
  }
  const { status, body } = answer(call, request.headers.authorization === `Bot ${token}`)
  response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json' })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}

function addressOf(server: Server): string {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a server on a TCP port has a port')
  return `127.0.0.1:${address.port}`
}
