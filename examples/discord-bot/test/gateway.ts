import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'

const heartbeatMs = 41_250
/** What the gateway's messages are (Discord, "Gateway Opcodes"). */
const opcodes = { dispatch: 0, heartbeat: 1, identify: 2, resume: 6, hello: 10, heard: 11 } as const
const wrongToken = 4004

type Bot = { token: string; applicationId: string }

/** Discord's gateway: bots connect to it, tell who they are, and are sent what happens. */
export class Gateway {
  readonly #server: WebSocketServer
  readonly #bot: Bot
  #connected: WebSocket[] = []
  #sequence = 0
  /** How often bots have connected. */
  sessions = 0

  constructor(server: Server, bot: Bot) {
    this.#bot = bot
    this.#server = new WebSocketServer({ server })
    this.#server.on('connection', (socket) => {
      socket.send(JSON.stringify({ op: opcodes.hello, d: { heartbeat_interval: heartbeatMs } }))
      socket.on('message', (text) => this.#hear(socket, JSON.parse(String(text))))
      socket.on('close', () => {
        this.#connected = this.#connected.filter((one) => one !== socket)
      })
    })
  }

  /** How many bots are connected. */
  get connections(): number {
    return this.#connected.length
  }

  /** Sends an interaction to all bots. */
  send(payload: object): void {
    for (const bot of this.#connected) this.#dispatch(bot, 'INTERACTION_CREATE', payload)
  }

  /** Ends the connections of bots, as Discord does now and then. */
  disconnect(code: number): void {
    for (const bot of this.#connected) bot.close(code)
  }

  close(): void {
    for (const client of this.#server.clients) client.terminate()
    this.#server.close()
  }

  #hear(socket: WebSocket, { op, d }: { op: number; d: { token?: string } }): void {
    if (op === opcodes.heartbeat) socket.send(JSON.stringify({ op: opcodes.heard }))
    if (op !== opcodes.identify && op !== opcodes.resume) return
    if (d.token !== this.#bot.token) {
      socket.close(wrongToken, 'Authentication failed.')
      return
    }
    this.#connected.push(socket)
    this.sessions++
    if (op === opcodes.resume) this.#dispatch(socket, 'RESUMED', {})
    else this.#dispatch(socket, 'READY', this.#ready())
  }

  #ready(): object {
    const { applicationId: id } = this.#bot
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('a server on a TCP port has a port')
    return {
      v: 10,
      guilds: [],
      session_id: 'one',
      resume_gateway_url: `ws://127.0.0.1:${address.port}`,
      user: { id, username: 'Magicband', discriminator: '0', avatar: null },
      application: { id, flags: 0 },
    }
  }

  #dispatch(socket: WebSocket, name: string, data: object): void {
    this.#sequence++
    socket.send(JSON.stringify({ op: opcodes.dispatch, s: this.#sequence, t: name, d: data }))
  }
}
