import { isIP } from 'node:net'
import { ConfigurationError } from './mistakes.ts'
import { cloudflare, loopback } from './network-lists.ts'
import { findNetwork } from './networks.ts'

/** Origins (no path) of the outside services. Tests, mirrors and the sandbox put their own in. */
export type ServiceAddresses = {
  robloxApis: string
  robloxUsers: string
  robloxGroups: string
  robloxThumbnails: string
  bloxlink: string
  rover: string
  pastebin: string
  discord: string
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

export type LogLevel = (typeof logLevels)[number]

/** What the server takes from its environment variables, checked and with its defaults. */
export type Environment = {
  port: number
  host: string | undefined
  publicUrl: string | undefined
  databaseUrl: string | undefined
  communitiesFolder: string
  trustProxy: readonly string[]
  logLevel: LogLevel
  /** Where metrics are served to whoever asks; nowhere without a port. */
  metricsPort: number | undefined
  metricsHost: string
  services: ServiceAddresses
}

/** One variable's text as a value, or undefined where it can't be read as one. */
type Parser<Value> = (text: string) => Value | undefined

const namedProxies: ReadonlyMap<string, readonly string[]> = new Map([
  ['loopback', loopback],
  ['cloudflare', cloudflare],
])

/** Where community files are looked for unless `MAGICBAND_COMMUNITIES` says otherwise. */
export const usualCommunitiesFolder = './communities'

/**
 * Reads the environment variables, of which an empty one counts as absent.
 * Throws a ConfigurationError that names every mistake at once, and no variable's value.
 */
export function readEnvironment(variables: Record<string, string | undefined>): Environment {
  const mistakes: string[] = []

  function read<Value>(name: string, parse: Parser<Value>, demand: string): Value | undefined {
    const text = variables[name]
    if (text === undefined || text === '') return undefined
    const value = parse(text)
    if (value === undefined) mistakes.push(`${name} must be ${demand}`)
    return value
  }

  function readOrigin(name: string, usual: string): string {
    return (
      read(name, parseOrigin, `an http or https address without a path or a slash at its end, like ${usual}`) ?? usual
    )
  }

  const environment: Environment = {
    port: read('PORT', parsePort, 'a whole number from 0 to 65535, for example 3000') ?? 3000,
    host: read('HOST', parseHost, 'an address or a host name alone, for example 0.0.0.0'),
    publicUrl: read(
      'PUBLIC_URL',
      parsePublicUrl,
      'an http or https address, for example https://magicband.example.com',
    ),
    databaseUrl: read(
      'DATABASE_URL',
      parseDatabaseUrl,
      'sqlite:FILE or postgres://…, for example sqlite:./data/magicband.db',
    ),
    communitiesFolder: read('MAGICBAND_COMMUNITIES', (text) => text, 'a folder') ?? usualCommunitiesFolder,
    trustProxy:
      read('TRUST_PROXY', parseNetworks, 'networks separated by commas, for example loopback,10.0.0.0/8') ?? [],
    logLevel: read('LOG_LEVEL', parseLogLevel, `one of ${logLevels.join(', ')}`) ?? 'info',
    metricsPort: read('METRICS_PORT', parsePort, 'a whole number from 0 to 65535, for example 9464'),
    metricsHost:
      read('METRICS_HOST', parseHost, 'an address or a host name alone, for example 127.0.0.1') ?? '127.0.0.1',
    services: {
      robloxApis: readOrigin('ROBLOX_APIS_URL', 'https://apis.roblox.com'),
      robloxUsers: readOrigin('ROBLOX_USERS_URL', 'https://users.roblox.com'),
      robloxGroups: readOrigin('ROBLOX_GROUPS_URL', 'https://groups.roblox.com'),
      robloxThumbnails: readOrigin('ROBLOX_THUMBNAILS_URL', 'https://thumbnails.roblox.com'),
      bloxlink: readOrigin('BLOXLINK_URL', 'https://api.blox.link'),
      rover: readOrigin('ROVER_URL', 'https://registry.rover.link'),
      pastebin: readOrigin('PASTEBIN_URL', 'https://pastebin.com'),
      discord: readOrigin('DISCORD_URL', 'https://discord.com'),
    },
  }
  if (environment.metricsPort !== 0 && environment.metricsPort === environment.port)
    mistakes.push(`METRICS_PORT must be another port than PORT (${environment.port})`)
  if (mistakes.length > 0) throw new ConfigurationError(mistakes.map((message) => ({ file: 'environment', message })))
  return environment
}

function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : undefined
  return port !== undefined && port <= 65535 ? port : undefined
}

function parseHost(text: string): string | undefined {
  return isIP(text) !== 0 || /^[A-Za-z0-9._-]+$/.test(text) ? text : undefined
}

/** An http or https address with nothing in it that a server's own address can't have. */
function parseWebAddress(text: string): URL | undefined {
  const url = URL.parse(text)
  if (url === null || !/^https?:\/\//i.test(text) || /[?#@\s\\]/.test(text)) return undefined
  return url
}

function parsePublicUrl(text: string): string | undefined {
  const url = parseWebAddress(text)
  return url && url.origin + url.pathname.replace(/\/+$/, '')
}

function parseOrigin(text: string): string | undefined {
  const url = parseWebAddress(text)
  return url?.pathname === '/' && !text.endsWith('/') ? url.origin : undefined
}

function parseDatabaseUrl(text: string): string | undefined {
  return /^(sqlite:|postgres(ql)?:\/\/)\S/.test(text) ? text : undefined
}

function parseNetworks(text: string): readonly string[] | undefined {
  const names = text.split(',').map((name) => name.trim())
  const read = (name: string): readonly (string | undefined)[] => namedProxies.get(name) ?? [findNetwork(name)]
  const networks = names.flatMap(read)
  return networks.every((network) => network !== undefined) ? networks : undefined
}

function parseLogLevel(text: string): LogLevel | undefined {
  return logLevels.find((level) => level === text)
}
