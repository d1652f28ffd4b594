import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { eventually } from '../../../test/magicband.ts'
import { type Given, payloadOf } from './interactions.ts'

/** What Discord knows of one interaction: when it was answered, what is shown by now, and who sees it. */
export type Shown = {
  id: string
  /** In the order in which they came: `defer`, `reply`, `choices`, `edit`. */
  steps: string[]
  /** The body of the last answer or edit. */
  body: Record<string, unknown>
  isPrivate: boolean
  /** Milliseconds from the interaction to its first answer. */
  firstAnswerMs: number | undefined
  sentAt: number
}

/** A Discord on this machine: its REST API and its gateway, as far as a bot with slash commands meets them. */
export type DiscordStandIn = {
  apiUrl: string
  token: string
  applicationId: string
  guildId: string
  /** The commands that are registered on the server. */
  commands: () => readonly Record<string, unknown>[]
  /** Somebody uses a command; given is what Discord has sent to the bot. */
  use: (given: Given) => Shown
  /** Sends the bot an interaction once more, as may happen after a lost connection. */
  sendAgain: (shown: Shown) => void
  /** Waits until its last step is such a one. */
  until: (shown: Shown, isIt: (step: string | undefined) => boolean) => Promise<Shown>
  /** What the next answer to an interaction meets. */
  refuseNext: (status: number, code: number) => void
  /** Ends the connections of bots, as Discord does now and then. */
  disconnect: (code: number) => void
  connections: () => number
  /** Tokens of interactions, which open them to whoever reads them. */
  secrets: () => string[]
  close: () => Promise<void>
}

const heartbeatMs = 41_250
const applicationId = '400000000000000001'
export const guildId = '200000000000000001'

export async function startDiscord(): Promise<DiscordStandIn> {
  const token = 'stand-in.bot.token'
  const open = new Map<string, Shown>()
  const sent = new Map<Shown, object>()
  const tokens: string[] = []
  let commands: readonly Record<string, unknown>[] = []
  let refusal: { status: number; code: number } | undefined
  let bots: WebSocket[] = []
  let sequence = 1

  const dispatch = (payload: object): void => {
    sequence++
    for (const bot of bots) bot.send(JSON.stringify({ op: 0, s: sequence, t: 'INTERACTION_CREATE', d: payload }))
  }

  const answer = (request: IncomingMessage, body: unknown, origin: string): [number, unknown] => {
    const path = decodeURIComponent(request.url ?? '')
      .replace(/\?.*/, '')
      .replace(/^\/api\/v10/, '')
    const isBot = request.headers.authorization === `Bot ${token}`
    if (path.startsWith('/interactions/') || path.startsWith('/webhooks/')) {
      if (refusal !== undefined) {
        const { status, code } = refusal
        refusal = undefined
        return [status, { message: 'refused', code }]
      }
      return answerInteraction(request.method ?? '', path, body)
    }
    if (!isBot) return [401, { message: '401: Unauthorized', code: 0 }]
    if (path === '/gateway/bot') {
      const session_start_limit = { total: 1000, remaining: 999, reset_after: 0, max_concurrency: 1 }
      return [200, { url: origin.replace('http', 'ws'), shards: 1, session_start_limit }]
    }
    if (path === '/applications/@me') return [200, { id: applicationId, name: 'Magicband' }]
    if (request.method === 'PUT' && path === `/applications/${applicationId}/guilds/${guildId}/commands`) {
      commands = body as typeof commands
      return [200, commands]
    }
    return [404, { message: '404: Not Found', code: 0 }]
  }

  const answerInteraction = (method: string, path: string, body: unknown): [number, unknown] => {
    const [, first, second, secret, last] = path.split('/')
    const shown = open.get(secret ?? '')
    if (shown === undefined) return [404, { message: 'Unknown interaction', code: 10062 }]
    const sent = body as { type?: number; data?: Record<string, unknown> }
    if (method === 'POST' && first === 'interactions' && second === shown.id && last === 'callback') {
      if (shown.firstAnswerMs !== undefined)
        return [400, { message: 'Interaction has already been acknowledged.', code: 40060 }]
      shown.firstAnswerMs = performance.now() - shown.sentAt
      shown.isPrivate = ((Number(sent.data?.flags) || 0) & 64) !== 0
      shown.steps.push({ 4: 'reply', 5: 'defer', 8: 'choices' }[sent.type ?? 0] ?? 'unknown')
      shown.body = sent.data ?? {}
      return [204, undefined]
    }
    if (method === 'PATCH' && second === applicationId && path.endsWith('/messages/@original')) {
      if (!shown.steps.includes('defer')) return [404, { message: 'Unknown Webhook', code: 10015 }]
      const fault = faultOf(body as Record<string, unknown>)
      if (fault !== undefined) return [400, { message: `Invalid Form Body: ${fault}`, code: 50035 }]
      shown.steps.push('edit')
      shown.body = body as Record<string, unknown>
      return [200, messageOf(shown)]
    }
    return [404, { message: '404: Not Found', code: 0 }]
  }

  const server = createServer((request, response) => {
    respond(request, response, (body) => answer(request, body, `http://${request.headers.host}`)).catch(() =>
      response.destroy(),
    )
  })
  const gateway = new WebSocketServer({ server })
  gateway.on('connection', (socket) => {
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: heartbeatMs } }))
    socket.on('message', (text) => {
      const { op, d } = JSON.parse(String(text))
      if (op === 1) socket.send(JSON.stringify({ op: 11 }))
      if (op !== 2 && op !== 6) return
      if (d.token !== token) return socket.close(4004, 'Authentication failed.')
      bots.push(socket)
      const session = { v: 10, guilds: [], session_id: 'one', resume_gateway_url: `ws://${addressOf(server)}` }
      const ready = { ...session, user: { id: applicationId, username: 'Magicband', discriminator: '0', avatar: null } }
      const d2 = op === 2 ? { ...ready, application: { id: applicationId, flags: 0 } } : {}
      socket.send(JSON.stringify({ op: 0, s: 1, t: op === 2 ? 'READY' : 'RESUMED', d: d2 }))
    })
    socket.on('close', () => {
      bots = bots.filter((one) => one !== socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    apiUrl: `http://${addressOf(server)}/api`,
    token,
    applicationId,
    guildId,
    commands: () => commands,
    use: (given) => {
      const payload = payloadOf(given, { applicationId, guildId })
      const shown: Shown = {
        id: payload.id,
        steps: [],
        body: {},
        isPrivate: false,
        firstAnswerMs: undefined,
        sentAt: performance.now(),
      }
      open.set(payload.token, shown)
      sent.set(shown, payload)
      tokens.push(payload.token)
      dispatch(payload)
      return shown
    },
    sendAgain: (shown) => dispatch(sent.get(shown) ?? {}),
    until: (shown, isIt) => eventually(() => (isIt(shown.steps.at(-1)) ? shown : undefined), 15_000),
    refuseNext: (status, code) => {
      refusal = { status, code }
    },
    disconnect: (code) => {
      for (const bot of bots) bot.close(code)
    },
    connections: () => bots.length,
    secrets: () => [token, ...tokens],
    close: async () => {
      for (const client of gateway.clients) client.terminate()
      gateway.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (body: unknown) => [number, unknown],
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  const [status, body] = answer(text === '' ? undefined : JSON.parse(text))
  response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json' })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}

function addressOf(server: ReturnType<typeof createServer>): string {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a server on a TCP port has a port')
  return `127.0.0.1:${address.port}`
}

/** What Discord refuses of a message. */
function faultOf({ content, embeds }: Record<string, unknown>): string | undefined {
  const text = typeof content === 'string' ? content : ''
  const shown = Array.isArray(embeds) ? embeds : []
  if (text === '' && shown.length === 0) return 'empty message'
  if (text.length > 2000) return 'content'
  for (const { description = '', fields = [], title = '' } of shown) {
    if (description.length > 4096 || title.length > 256) return 'embed'
    for (const { name, value } of fields) if (name === '' || value === '' || value.length > 1024) return 'field'
  }
  return undefined
}

function messageOf({ id, body }: Shown): object {
  return {
    id: String(BigInt(id) + 1n),
    channel_id: '300000000000000001',
    author: { id: applicationId, username: 'Magicband', discriminator: '0', avatar: null, bot: true },
    timestamp: new Date().toISOString(),
    edited_timestamp: null,
    type: 0,
    content: '',
    ...body,
    attachments: [],
    embeds: [],
    mentions: [],
    mention_roles: [],
    components: [],
  }
}
