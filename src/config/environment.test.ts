import { describe, expect, test } from 'vitest'
import { type Environment, readEnvironment } from './environment.ts'
import { ConfigurationError } from './mistakes.ts'
import { cloudflare } from './network-lists.ts'

type Variables = Record<string, string | undefined>

const defaults: Environment = {
  port: 3000,
  host: undefined,
  publicUrl: undefined,
  databaseUrl: undefined,
  communitiesFolder: './communities',
  trustProxy: [],
  logLevel: 'info',
  metricsPort: undefined,
  metricsHost: '127.0.0.1',
  services: {
    robloxApis: 'https://apis.roblox.com',
    robloxUsers: 'https://users.roblox.com',
    robloxGroups: 'https://groups.roblox.com',
    robloxThumbnails: 'https://thumbnails.roblox.com',
    bloxlink: 'https://api.blox.link',
    rover: 'https://registry.rover.link',
    pastebin: 'https://pastebin.com',
    discord: 'https://discord.com',
  },
}

function listMistakes(variables: Variables): string[] {
  try {
    readEnvironment(variables)
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n')
    throw error
  }
  return []
}

const portMistake = 'environment: PORT must be a whole number from 0 to 65535, for example 3000'
const hostMistake = 'environment: HOST must be an address or a host name alone, for example 0.0.0.0'
const publicUrlMistake =
  'environment: PUBLIC_URL must be an http or https address, for example https://magicband.example.com'
const databaseMistake =
  'environment: DATABASE_URL must be sqlite:FILE or postgres://…, for example sqlite:./data/magicband.db'
const proxyMistake = 'environment: TRUST_PROXY must be networks separated by commas, for example loopback,10.0.0.0/8'
const metricsPortMistake = 'environment: METRICS_PORT must be a whole number from 0 to 65535, for example 9464'
const metricsHostMistake = 'environment: METRICS_HOST must be an address or a host name alone, for example 127.0.0.1'
const logMistake = 'environment: LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent'
const roverMistake =
  'environment: ROVER_URL must be an http or https address without a path or a slash at its end, like https://registry.rover.link'

describe('what is no value of a variable is refused', () => {
  test.each<[string, string, string]>([
    ['PORT', '-1', portMistake],
    ['PORT', '65536', portMistake],
    ['PORT', '80.5', portMistake],
    ['PORT', 'http', portMistake],
    ['PORT', ' 80', portMistake],
    ['HOST', 'http://0.0.0.0', hostMistake],
    ['HOST', 'localhost:3000', hostMistake],
    ['METRICS_PORT', 'on', metricsPortMistake],
    ['METRICS_PORT', '3000', 'environment: METRICS_PORT must be another port than PORT (3000)'],
    ['METRICS_HOST', 'http://127.0.0.1', metricsHostMistake],
    ['PUBLIC_URL', 'magicband.example.com', publicUrlMistake],
    ['PUBLIC_URL', 'ftp://magicband.example.com', publicUrlMistake],
    ['PUBLIC_URL', 'https:magicband.example.com', publicUrlMistake],
    ['PUBLIC_URL', 'https://a.example?b', publicUrlMistake],
    ['PUBLIC_URL', 'https://a.example#b', publicUrlMistake],
    ['PUBLIC_URL', 'https://name:word@a.example', publicUrlMistake],
    ['DATABASE_URL', './data/magicband.db', databaseMistake],
    ['DATABASE_URL', 'sqlite:', databaseMistake],
    ['DATABASE_URL', 'postgres:', databaseMistake],
    ['DATABASE_URL', 'mysql://user:hush@host/db', databaseMistake],
    ['TRUST_PROXY', 'localhost', proxyMistake],
    ['TRUST_PROXY', 'roblox', proxyMistake],
    ['TRUST_PROXY', '10.0.0.0/33', proxyMistake],
    ['TRUST_PROXY', '10.0.0.0/8,,loopback', proxyMistake],
    ['TRUST_PROXY', '10.1/16', proxyMistake],
    ['TRUST_PROXY', 'fe80::1%eth0', proxyMistake],
    ['TRUST_PROXY', '::ffff:10.0.0.1', proxyMistake],
    ['LOG_LEVEL', 'verbose', logMistake],
    ['LOG_LEVEL', 'INFO', logMistake],
    ['ROVER_URL', 'https://registry.rover.link/', roverMistake],
    ['ROVER_URL', 'https://registry.rover.link/api', roverMistake],
    ['ROVER_URL', 'registry.rover.link', roverMistake],
    ['ROVER_URL', 'https://registry.rover.link?a', roverMistake],
  ])('%s=%s', (name, text, mistake) => {
    expect(listMistakes({ [name]: text })).toEqual([mistake])
  })
})

test('all mistakes are reported at once, without the values', () => {
  const mistakes = listMistakes({
    PORT: 'hush',
    HOST: 'hush/',
    PUBLIC_URL: 'hush',
    DATABASE_URL: 'hush',
    TRUST_PROXY: 'hush',
    LOG_LEVEL: 'hush',
    ROVER_URL: 'hush',
  })
  expect(mistakes).toEqual([
    portMistake,
    hostMistake,
    publicUrlMistake,
    databaseMistake,
    proxyMistake,
    logMistake,
    roverMistake,
  ])
  expect(mistakes.join()).not.toContain('hush')
})

test('each service is read from its own variable', () => {
  const names = {
    robloxApis: 'ROBLOX_APIS_URL',
    robloxUsers: 'ROBLOX_USERS_URL',
    robloxGroups: 'ROBLOX_GROUPS_URL',
    robloxThumbnails: 'ROBLOX_THUMBNAILS_URL',
    bloxlink: 'BLOXLINK_URL',
    rover: 'ROVER_URL',
    pastebin: 'PASTEBIN_URL',
    discord: 'DISCORD_URL',
  }
  for (const [service, name] of Object.entries(names)) {
    const address = `http://127.0.0.1:9/`.slice(0, -1)
    expect(readEnvironment({ [name]: address }).services).toEqual({ ...defaults.services, [service]: address })
    expect(listMistakes({ [name]: `${address}/` })).toHaveLength(1)
  }
})

describe('what a variable says is taken', () => {
  test.each<[Variables, Partial<Environment>]>([
    [{ PORT: '0' }, { port: 0 }],
    [{ PORT: '65535' }, { port: 65535 }],
    [{ HOST: '127.0.0.1' }, { host: '127.0.0.1' }],
    [{ HOST: '::' }, { host: '::' }],
    [{ METRICS_PORT: '9464' }, { metricsPort: 9464 }],
    [
      { PORT: '0', METRICS_PORT: '0' },
      { port: 0, metricsPort: 0 },
    ],
    [{ METRICS_HOST: '0.0.0.0' }, { metricsHost: '0.0.0.0' }],
    [{ HOST: 'my-host.local' }, { host: 'my-host.local' }],
    [{ PUBLIC_URL: 'https://a.example/' }, { publicUrl: 'https://a.example' }],
    [{ PUBLIC_URL: 'http://localhost:3000' }, { publicUrl: 'http://localhost:3000' }],
    [{ PUBLIC_URL: 'https://a.example/magicband//' }, { publicUrl: 'https://a.example/magicband' }],
    [{ DATABASE_URL: 'sqlite:./a.db' }, { databaseUrl: 'sqlite:./a.db' }],
    [{ DATABASE_URL: 'postgres://u:p@h/d' }, { databaseUrl: 'postgres://u:p@h/d' }],
    [{ DATABASE_URL: 'postgresql:///d?host=/run' }, { databaseUrl: 'postgresql:///d?host=/run' }],
    [{ MAGICBAND_COMMUNITIES: '/etc/mb' }, { communitiesFolder: '/etc/mb' }],
    [{ TRUST_PROXY: 'loopback' }, { trustProxy: ['127.0.0.0/8', '::1/128'] }],
    [{ TRUST_PROXY: 'cloudflare, 10.0.0.1' }, { trustProxy: [...cloudflare, '10.0.0.1/32'] }],
    [{ TRUST_PROXY: '10.0.0.1, 2001:db8::/32' }, { trustProxy: ['10.0.0.1/32', '2001:db8::/32'] }],
    [{ TRUST_PROXY: '2001:db8::1' }, { trustProxy: ['2001:db8::1/128'] }],
    [{ LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
  ])('%o', (variables, expected) => {
    expect(readEnvironment(variables)).toEqual({ ...defaults, ...expected })
  })
})

test('without variables, and with empty ones, everything has its default', () => {
  expect(readEnvironment({})).toEqual(defaults)
  const empty = ['PORT', 'HOST', 'PUBLIC_URL', 'DATABASE_URL', 'MAGICBAND_COMMUNITIES', 'TRUST_PROXY', 'LOG_LEVEL']
  expect(readEnvironment(Object.fromEntries([...empty, 'DISCORD_URL'].map((name) => [name, ''])))).toEqual(defaults)
})
