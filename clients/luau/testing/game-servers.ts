import { type ChildProcess, fork } from 'node:child_process'
import type { DataStores } from './data-stores.ts'
import type { Boot, Command, FromServer, Line, Outcome, StoreAnswer, StoreRequest, ToServer } from './protocol.ts'

type Waiting = { resolve: (outcome: Outcome) => void; reject: (error: Error) => void }

/** The process of a game server; it can be one server after another. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  #count = 0
  /** Asks the data stores, in the name of the server that it is. */
  askStore: (request: StoreRequest) => StoreAnswer = () => ({ error: 'there are no data stores' })

  constructor() {
    this.#child = fork(new URL('game-server.ts', import.meta.url), { execArgv: [] })
    this.#child.on('message', (message: FromServer) => this.#receive(message))
    this.#child.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the game server is gone'))
      this.#waiting.clear()
    })
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  ask(command: Command): Promise<Outcome> {
    const id = ++this.#count
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#send({ id, command })
    })
  }

  async kill(): Promise<void> {
    if (!this.isAlive) return
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await gone
  }

  #send(message: ToServer): void {
    if (this.isAlive && this.#child.connected) this.#child.send(message, () => undefined)
  }

  #receive(message: FromServer): void {
    if ('storeId' in message) {
      const { storeId, request } = message
      this.#send({ storeId, answer: this.askStore(request) })
      return
    }
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if ('outcome' in message) waiting?.resolve(message.outcome)
    else waiting?.reject(new Error(message.failure))
  }
}

/** Processes that tests take and give back, since Luau takes half a second to start. */
export class ServerProcesses {
  readonly #idle = new Set<ServerProcess>()
  readonly #all = new Set<ServerProcess>()

  take(): ServerProcess {
    const [idle] = this.#idle
    const process = idle ?? new ServerProcess()
    this.#idle.delete(process)
    this.#all.add(process)
    return process
  }

  giveBack(process: ServerProcess): void {
    if (process.isAlive) this.#idle.add(process)
  }

  giveBackAll(): void {
    for (const process of this.#all) this.giveBack(process)
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#all].map((process) => process.kill()))
  }
}

/** A game server, which runs real Luau. */
export class GameServer {
  readonly jobId: string
  readonly lines: Line[] = []
  readonly #process: ServerProcess
  readonly #whenDown: () => void
  #now = 0

  private constructor(process: ServerProcess, jobId: string, whenDown: () => void) {
    this.#process = process
    this.jobId = jobId
    this.#whenDown = whenDown
  }

  /** Makes a process this server; it may be another one when it is `down`. */
  static async start(
    process: ServerProcess,
    boot: Boot,
    { stores, whenDown }: { stores: DataStores; whenDown: () => void },
  ): Promise<GameServer> {
    process.askStore = (request) => stores.answer(request, boot.jobId)
    const server = new GameServer(process, boot.jobId, whenDown)
    await server.#ask({ do: 'boot', boot })
    return server
  }

  /** Seconds since its start. */
  get now(): number {
    return this.#now
  }

  /** Runs a script, and gives it a minute to come to its end; its values are what it returns. */
  async run(source: string, name = 'script'): Promise<Outcome['values']> {
    return (await this.#ask({ do: 'run', source, name })).values
  }

  /** As `run`, of an expression whose value is a table or anything else that JSON has. */
  async value(expression: string): Promise<unknown> {
    const [text] = await this.run(`return __json.encode((${expression}))`)
    return JSON.parse(String(text))
  }

  async join(id: number, name = `Player${id}`): Promise<void> {
    await this.run(`__join(${id}, "${name}")`)
  }

  async leave(id: number): Promise<void> {
    await this.run(`__leave(${id})`)
  }

  async advance(seconds: number): Promise<void> {
    await this.#ask({ do: 'advance', seconds })
  }

  async setSecret(name: string, value: string): Promise<void> {
    await this.#ask({ do: 'secret', name, value })
  }

  /** Shuts it down in order. @returns how many seconds it took, of the 30 that Roblox gives it */
  async shutDown({ within = 30 } = {}): Promise<number> {
    const { values } = await this.#ask({ do: 'shut down', within })
    this.#whenDown()
    return Number(values[0])
  }

  /** Ends it in the middle of whatever it does. */
  kill(): Promise<void> {
    return this.#process.kill()
  }

  texts(level: Line['level']): string[] {
    return this.lines.filter((line) => line.level === level).map(({ text }) => text)
  }

  async #ask(command: Command): Promise<Outcome> {
    const outcome = await this.#process.ask(command)
    this.#now = outcome.now
    this.lines.push(...outcome.lines)
    const failures = outcome.lines.filter(({ level }) => level === 'error')
    if (failures.length > 0) throw new Error(`a script failed: ${failures.map(({ text }) => text).join('\n')}`)
    return outcome
  }
}
