import { randomBytes } from 'node:crypto'
import { type App, type AppOptions, createApp } from '../src/app.ts'
import { type Community, parseCommunity } from '../src/config/community.ts'
import type { ServiceAddresses } from '../src/config/environment.ts'
import type { Schema } from '../src/database/schema.ts'
import { createKey } from '../src/keys/keys.ts'
import type { KeyKind } from '../src/keys/scopes.ts'
import { createLog } from '../src/log.ts'
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.ts'
import { LogContext } from '../src/telemetry/log-context.ts'
import { requireNoSecrets } from './secrets.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

/** The community of most tests: the sandbox's world, with what the contract's examples imply. */
export const communityFile = `
name: WED Imagineering
contact: JTmaveryk#0001
roblox: { group: 1, apiKey: sandbox-open-cloud-key }
ranks: { trainee: 10, cast: 50, clearance: [50, 100, 150] }
certifications:
  minimumRank: 10
  codes: { char: Characters, tot: Tower of Terror, mtp: Mad Tea Party, btmr: Big Thunder Mountain Railroad, rnrc: Rock 'n' Roller Coaster }
applications: { role: University Student, ladder: [Cast Member] }
discord:
  guild: "200000000000000001"
  links: [table, bloxlink, rover]
  bloxlinkKey: sandbox-bloxlink-key
  roverKey: sandbox-rover-key
`

/** A moderator's Discord id, beyond what a JavaScript number holds. */
export const moderator = '301715666401230851'

export type Reply = { status: number; headers: Record<string, string>; text: string; body: unknown }
export type Ask = {
  /** A kind of key of the first community, a key's text, or null for none. */
  key?: KeyKind | (string & {}) | null
  headers?: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer>
}

/** A running Magicband on a fresh database, over the sandbox, with a clock that only tests move. */
export type Magicband = {
  get(path: string, ask?: Ask): Promise<Reply>
  post(path: string, ask?: Ask): Promise<Reply>
  request(method: string, path: string, ask?: Ask): Promise<Reply>
  address: string
  app: App
  sandbox: Sandbox
  /** Keys by community and kind: `keys.wed.game`. */
  keys: Record<string, Record<KeyKind, string>>
  now(): number
  advance(ms: number): void
  /** Makes another key, of the first community and of all its kind's scopes unless told otherwise. */
  createKey(wanted: { kind: KeyKind } & Partial<NewKey>): Promise<string>
  databaseUrl: string
  /** Everything that was logged, at any level, a JSON line each. */
  log: string[]
  /** Starts one more server on the same database and the same outside world, as a second machine has it. */
  startAnother(): Promise<Pick<Magicband, 'get' | 'post' | 'app'> & { stop(): Promise<void> }>
  /** Stops the server and starts another on the same database and the same outside world. */
  restart(files?: Record<string, string>): Promise<void>
  stop(): Promise<void>
}

/**
 * For tests that are about what Roblox says, and not about how long it is waited for: on a busy machine the sandbox may
 * take longer than a join waits.
 */
export const muchPatience = { joinMs: 10_000, callMs: 10_000, unknownMs: 10_000, openCloudMs: 10_000 }

type NewKey = Parameters<typeof createKey>[1]

export type MagicbandOptions = {
  /** Community files by slug; `wed` with `communityFile` unless given. */
  files?: Record<string, string>
  startsAt?: number
  trustProxy?: readonly string[]
  connectionLimits?: AppOptions['connectionLimits']
  patience?: AppOptions['patience']
  /** Where it listens; 127.0.0.1 unless given. It is asked at 127.0.0.1 in either case. */
  host?: '::'
  randomBytes?: (count: number) => Buffer
  /** The database to run on; one of its own unless given. */
  database?: TestDatabase
  /** Where the outside services are, if not where the sandbox has them. */
  services?: (sandbox: Sandbox) => Promise<ServiceAddresses>
}

/** The start that is under way; it may fail. */
let starting: Promise<unknown> = Promise.resolve()

/**
 * Starts a Magicband for tests, one after the other: a start is work, and tests that run at once would measure in their
 * calls how busy the others' starts keep the machine.
 */
export function startMagicband(options: MagicbandOptions = {}): Promise<Magicband> {
  const start = starting.then(() => startNow(options))
  starting = start.catch(() => undefined)
  return start
}

async function startNow(options: MagicbandOptions): Promise<Magicband> {
  const testDatabase = options.database ?? (await createTestDatabase())
  let now = options.startsAt ?? Date.parse('2026-01-15T12:00:00.000Z')
  const clock = () => now
  const log: string[] = []
  /** All of the log and of the answers, also what a test has taken out of its own log. */
  const written: string[] = []
  const databaseUrl = testDatabase.url
  const sandbox = await startSandbox({ clock })
  const keys: Magicband['keys'] = {}
  const services = (await options.services?.(sandbox)) ?? sandbox.addresses

  const logContext = new LogContext()
  const destination = {
    write: (line: string) => {
      log.push(line)
      written.push(line)
    },
  }

  const open = async (files: Record<string, string>): Promise<{ app: App; address: string }> => {
    const app = createApp({
      communities: Object.entries(files).map(([slug, text]) => readCommunity(slug, text)),
      services,
      databaseUrl,
      trustProxy: options.trustProxy ?? [],
      ...(options.connectionLimits && { connectionLimits: options.connectionLimits }),
      ...(options.patience && { patience: options.patience }),
      log: createLog('trace', destination, logContext),
      logContext,
      clock,
      ...(options.randomBytes && { randomBytes: options.randomBytes }),
      publicUrl: () => 'https://band.example',
    })
    await app.start()
    const address = await app.server.listen({ host: options.host ?? '127.0.0.1', port: 0 })
    return { app, address: address.replace('[::]', '127.0.0.1') }
  }

  let files = options.files ?? { wed: communityFile }
  let { app, address } = await open(files)
  for (const slug of Object.keys(files)) keys[slug] = await createKeys(app, slug, clock)

  const requestAt = async (origin: string, method: string, path: string, ask: Ask = {}): Promise<Reply> => {
    const key = ask.key === undefined ? defaultKind(path) : ask.key
    const text = key === null ? undefined : (Object.values(keys)[0]?.[key as KeyKind] ?? key)
    const headers = { ...(text === undefined ? {} : { 'x-api-key': text }), ...ask.headers }
    const response = await fetch(origin + path, {
      method,
      headers,
      redirect: 'manual',
      ...(ask.body === undefined ? {} : { body: ask.body }),
    })
    const answer = await response.text()
    // A token is answered with its text, once.
    if (!path.startsWith('/v1/server-token')) written.push(JSON.stringify([...response.headers]), answer)
    return { status: response.status, headers: Object.fromEntries(response.headers), text: answer, body: parse(answer) }
  }

  return {
    request: (method, path, ask) => requestAt(address, method, path, ask),
    get: (path, ask) => requestAt(address, 'GET', path, ask),
    post: (path, ask) => requestAt(address, 'POST', path, ask),
    get address() {
      return address
    },
    get app() {
      return app
    },
    sandbox,
    keys,
    now: clock,
    advance: (ms) => {
      now += ms
    },
    createKey: (wanted) => {
      const key = { community: Object.keys(files)[0] ?? '', name: '', ...wanted }
      return app.database.act((trx) => createKey(trx, key, { clock, randomBytes }))
    },
    databaseUrl,
    log,
    startAnother: async () => {
      const another = await open(files)
      return {
        get: (path, ask) => requestAt(another.address, 'GET', path, ask),
        post: (path, ask) => requestAt(another.address, 'POST', path, ask),
        app: another.app,
        stop: () => another.app.stop(),
      }
    },
    restart: async (next) => {
      await app.stop()
      files = next ?? files
      const opened = await open(files)
      app = opened.app
      address = opened.address
    },
    stop: async () => {
      await app.stop()
      await sandbox.close()
      await testDatabase.remove()
      requireNoSecrets(written)
    },
  }
}

/** The address of a call with its parameters. */
export function pathOf(route: string, parameters: Readonly<Record<string, string>>): string {
  return `${route}?${new URLSearchParams(parameters)}`
}

/** The last line of the log with this text in it, if there is one. */
export function findLogLine({ log }: Pick<Magicband, 'log'>, text: string): Record<string, unknown> | undefined {
  const line = log.findLast((one) => one.includes(text))
  return line === undefined ? undefined : JSON.parse(line)
}

/** Every table that calls read or write. */
const tables: readonly (keyof Schema)[] = [
  ...(['roblox_user', 'membership', 'player', 'certification', 'ban', 'shift', 'recent_shift', 'point_entry'] as const),
  ...(['application', 'paste', 'audit_entry', 'api_key', 'idempotency', 'discord_link', 'job'] as const),
]

/**
 * Makes the database fail every statement on these tables, all of them unless some are named, and gives a function that
 * mends it.
 */
export async function breakDatabase({ app }: Magicband, broken = tables): Promise<() => Promise<void>> {
  const rename = (from: (name: string) => string, to: (name: string) => string) =>
    app.database.act(async (trx) => {
      for (const name of broken) await trx.schema.alterTable(from(name)).renameTo(to(name)).execute()
    })
  await rename(
    (name) => name,
    (name) => `lost_${name}`,
  )
  return () =>
    rename(
      (name) => `lost_${name}`,
      (name) => name,
    )
}

/** Waits for something that happens soon, such as a job. */
export async function eventually<T>(look: () => T | undefined | Promise<T | undefined>, withinMs = 20_000): Promise<T> {
  const until = Date.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > until) throw new Error('it did not happen in time')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export function readCommunity(slug: string, text: string): Community {
  return parseCommunity({ slug, file: `${slug}.yaml`, text, variables: {} })
}

async function createKeys(app: App, community: string, clock: () => number): Promise<Record<KeyKind, string>> {
  const make = (kind: KeyKind) =>
    app.database.act((trx) => createKey(trx, { community, kind, name: kind }, { clock, randomBytes }))
  return { game: await make('game'), bot: await make('bot'), status: await make('status') }
}

/** The kind of key that a call is usually made with. */
function defaultKind(path: string): KeyKind {
  if (path.startsWith('/status')) return 'status'
  return /^\/(?:connect|log|application\/upload)\b/.test(path) ? 'game' : 'bot'
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
