import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import manifest from '../package.json' with { type: 'json' }
import { readEnvironment } from '../src/config/environment.ts'
import { connectionLimits } from '../src/http/connections.ts'
import { makeCommandFolder } from './command-line.ts'
import { communityFile } from './magicband.ts'
import { listVariables } from './variables.ts'

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
const isThere = (file: string) => existsSync(fileURLToPath(new URL(`../${file}`, import.meta.url)))

const dockerfile = read('Dockerfile')
const unit = read('deploy/magicband.service')
const caddyfile = read('deploy/Caddyfile')
const { port: usualPort } = readEnvironment({})
/** A request may take so long, and what runs is finished before the server ends. */
const requestSeconds = connectionLimits.requestMs / 1000

type Service = {
  image: string
  build?: string
  environment?: Record<string, string>
  env_file?: string
  ports?: string[]
  volumes?: string[]
  read_only?: boolean
  tmpfs?: string[]
  logging?: { driver: string; options: Record<string, string> }
  stop_grace_period?: string
}
type Compose = {
  name: string
  services: Record<string, Service>
  networks: { default: { ipam: { config: { subnet: string }[] } } }
  volumes: Record<string, null>
}
const composes = ['sqlite', 'postgres'].map((kind) => {
  const file = `deploy/compose.${kind}.yaml`
  const compose: Compose = parse(read(file), { merge: true })
  return { file, compose, bands: Object.entries(compose.services).filter(([name]) => name.startsWith('magicband')) }
})

describe('the Dockerfile', () => {
  const lines = dockerfile.replaceAll(/\\\n\s*/g, ' ').split('\n')
  const instructions = (name: string) => lines.filter((line) => line.startsWith(`${name} `))

  test('copies what is there and not kept out by .dockerignore', () => {
    const [, ...allowed] = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#') && !line.includes('*.test'))
    const sources = instructions('COPY')
      .filter((line) => !line.includes('--from'))
      .flatMap((line) => line.split(' ').slice(1, -1))
    expect(sources.length).toBeGreaterThan(0)
    for (const source of sources) {
      expect([source, isThere(source)]).toEqual([source, true])
      expect(allowed.filter((entry) => entry === `!${source}` || entry.startsWith(`!${source}/`))).not.toEqual([])
    }
    // Everything else is kept out, above all data and secrets.
    expect(read('.dockerignore')).toMatch(/^\*$/m)
    expect(allowed.every((entry) => entry.startsWith('!'))).toBe(true)
  })

  test('runs the scripts that package.json has, on a Node that the program takes', () => {
    const scripts = [...dockerfile.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name)
    expect(scripts).toEqual(['build'])
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(scripts))
    const major = manifest.devDependencies.node.split('.')[0]
    for (const from of instructions('FROM')) expect(from).toMatch(new RegExp(`^FROM node:${major}-slim\\b`))
  })

  test('can be built with what traces need', () => {
    expect(instructions('ARG')).toEqual(['ARG TRACES=false'])
    const [name = ''] = Object.keys(manifest.peerDependencies)
    expect(instructions('RUN').filter((line) => line.includes('$TRACES'))).toEqual([
      expect.stringContaining(` ${name}`),
    ])
  })

  test('starts what the package has as its command, without root, and stops it by SIGTERM', () => {
    expect(dockerfile).toContain(`ln -s /opt/magicband/${manifest.bin.magicband} /usr/local/bin/magicband`)
    expect(instructions('ENTRYPOINT')).toEqual(['ENTRYPOINT ["magicband"]'])
    expect(instructions('CMD')).toEqual(['CMD ["start"]'])
    expect(instructions('USER')).toEqual(['USER 1000:1000'])
    expect(instructions('STOPSIGNAL')).toEqual(['STOPSIGNAL SIGTERM'])
    expect(instructions('EXPOSE')).toEqual([`EXPOSE ${usualPort}`])
    // The folders that the program is started beside.
    expect(instructions('WORKDIR').at(-1)).toBe('WORKDIR /')
    expect(dockerfile).toContain('mkdir /communities /data && chown node:node /data')
  })

  test('lets everyone read what it copies of a checkout, which may be one that is for its owner alone', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
    const copied = [...last.matchAll(/^COPY (?!--from).*$/gm)].map(({ index }) => index)
    expect(copied.length).toBeGreaterThan(0)
    expect(last.indexOf('RUN chmod -R a+rX /opt/magicband')).toBeGreaterThan(Math.max(...copied))
  })

  describe('has a health check', () => {
    let status = 200
    const paths: (string | undefined)[] = []
    const server = createServer((request, response) => {
      paths.push(request.url)
      response.writeHead(status).end()
    })
    beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
    afterAll(() => server.close())

    test.each([
      [200, 0],
      [503, 1],
    ])('that says of %i at /health: %i', async (answered, exit) => {
      status = answered
      const [, list = '[]'] = dockerfile.match(/^HEALTHCHECK .* CMD (\[.*\])$/m) ?? []
      const [command, ...args]: string[] = JSON.parse(list)
      expect(command).toBe('node')
      const address = server.address()
      const PORT = String(typeof address === 'object' ? address?.port : '')
      const { promise, resolve } = Promise.withResolvers<number | null>()
      spawn(process.execPath, args, { env: { PORT } }).on('exit', resolve)
      expect(await promise).toBe(exit)
      expect(paths.at(-1)).toBe('/health')
    })
  })
})

describe.each(composes)('$file', ({ compose, bands }) => {
  test('tells the server only what it knows, and where the proxy is', () => {
    expect(bands.length).toBeGreaterThan(0)
    const [{ subnet } = { subnet: '' }] = compose.networks.default.ipam.config
    for (const [, { environment = {} }] of bands) {
      expect(listVariables()).toEqual(expect.arrayContaining(Object.keys(environment)))
      const given = { ...environment, PUBLIC_URL: '' }
      expect(readEnvironment(given)).toMatchObject({
        port: usualPort,
        host: '0.0.0.0',
        communitiesFolder: '/communities',
        trustProxy: [subnet],
      })
    }
  })

  test('builds the image of this checkout, and runs it on a root that it can not write', () => {
    for (const [, band] of bands) {
      expect(band).toMatchObject({ build: '..', image: 'magicband', env_file: '../.env', read_only: true })
      expect(band.volumes).toContain('../communities:/communities:ro')
      expect(Number.parseInt(band.stop_grace_period ?? '', 10)).toBeGreaterThan(requestSeconds)
    }
  })

  test('keeps every volume that it names, and publishes the ports that are served', () => {
    const mounted = Object.values(compose.services).flatMap(({ volumes = [] }) =>
      volumes.map((one) => one.split(':')[0]),
    )
    expect(mounted).toEqual(expect.arrayContaining(Object.keys(compose.volumes)))
    const ports = Object.values(compose.services).flatMap(({ ports: published = [] }) => published)
    expect(ports.map((one) => one.split(':').at(-1)?.replace('/udp', ''))).toEqual(
      bands.length === 1 ? [String(usualPort)] : ['80', '443', '443'],
    )
  })

  test('keeps backups on the host, where a container that ends takes nothing with it', () => {
    for (const [, { volumes, tmpfs = [] }] of bands) {
      expect(volumes).toContain('../backups:/backups')
      expect(tmpfs).not.toContain('/backups')
    }
    expect(read('.gitignore')).toMatch(/^\/backups\/$/m)
  })

  test('lets no log grow for ever', () => {
    for (const [name, { logging }] of Object.entries(compose.services))
      expect([name, logging]).toEqual([
        name,
        { driver: 'json-file', options: { 'max-size': expect.any(String), 'max-file': expect.any(String) } },
      ])
  })

  test('asks for variables of a file of its own, which the server is not handed', () => {
    const example = parseEnv(read('deploy/.env.example'))
    for (const [, name = ''] of JSON.stringify(compose).matchAll(/\$\{(\w+)/g)) {
      expect(Object.keys(example)).toContain(name)
      expect(read('.env.example')).not.toContain(name)
    }
    for (const [, { env_file }] of bands) expect(env_file).toBe('../.env')
  })
})

test('the two compose files can run beside each other', () => {
  const names = composes.map(({ compose }) => compose.name)
  const subnets = composes.flatMap(({ compose }) => compose.networks.default.ipam.config.map(({ subnet }) => subnet))
  expect([new Set(names).size, new Set(subnets).size]).toEqual([2, 2])
})

test('the SQLite file is in the volume, and PostgreSQL where its address says', () => {
  const [sqlite, postgres] = composes
  expect(sqlite?.bands[0]?.[1].environment?.DATABASE_URL).toBe('sqlite:/data/magicband.db')
  expect(sqlite?.bands[0]?.[1].volumes).toContain('data:/data')
  const url = new URL(postgres?.bands[0]?.[1].environment?.DATABASE_URL?.replace(/\$\{[^}]*\}/, 'password') ?? '')
  expect(postgres?.compose.services[url.hostname]).toMatchObject({
    image: 'postgres:18',
    environment: { POSTGRES_USER: url.username, POSTGRES_DB: url.pathname.slice(1) },
    // Since 18 PostgreSQL's image has its data in a folder of its version in there.
    volumes: ['postgres:/var/lib/postgresql'],
  })
})

test('Caddy asks each of the instances, and the health that they answer', () => {
  const bands = composes.flatMap(({ bands }) => (bands.length > 1 ? bands.map(([name]) => `${name}:${usualPort}`) : []))
  expect(caddyfile).toContain(`reverse_proxy ${bands.join(' ')} {`)
  expect(caddyfile).toMatch(/^\s*health_uri \/health$/m)
  expect(composes[1]?.compose.services.caddy?.volumes).toContain('./Caddyfile:/etc/caddy/Caddyfile:ro')
})

test('Prometheus scrapes each of the instances by itself, on a port that nobody else is led to', () => {
  const [, postgres] = composes
  const ports = postgres?.bands.map(([name, { environment = {}, ports: published }]) => {
    const { metricsPort, metricsHost } = readEnvironment({ ...environment, PUBLIC_URL: '' })
    expect([metricsHost, published]).toEqual(['0.0.0.0', undefined])
    return `${name}:${metricsPort}`
  })
  expect(parse(read('deploy/prometheus.yaml')).scrape_configs).toEqual([
    { job_name: 'magicband', static_configs: [{ targets: ports }] },
  ])
  expect(caddyfile).not.toContain(postgres?.bands[0]?.[1].environment?.METRICS_PORT)
  expect(read('docs/metrics.md')).toContain(`--network ${postgres?.compose.name}_default `)
})

describe('the systemd unit', () => {
  const [, start = ''] = unit.match(/^ExecStart=(.*)$/m) ?? []

  test('starts the package with the flags of npm start', () => {
    const flags = manifest.scripts.start.split(' ').filter((word) => word.startsWith('--'))
    const program = `/opt/magicband/node_modules/magicband/${manifest.bin.magicband}`
    expect(start).toBe(['/opt/magicband/node_modules/.bin/node', ...flags, program, 'start'].join(' '))
    expect(read(manifest.bin.magicband.replace('dist', 'src').replace('.js', '.ts'))).toMatch(
      new RegExp(`^#!/usr/bin/env -S node ${flags.join(' ')}\\n`),
    )
  })

  test('is started in the folder that it may write, with a user of its own', () => {
    const [, state] = unit.match(/^StateDirectory=(.*)$/m) ?? []
    expect(unit).toContain(`\nWorkingDirectory=/var/lib/${state}\n`)
    expect(unit).toMatch(/^User=magicband$/m)
    expect(unit).toMatch(/^ProtectSystem=strict$/m)
  })

  test('waits for what runs when it stops, and starts again what failed', () => {
    const [, seconds] = unit.match(/^TimeoutStopSec=(\d+)$/m) ?? []
    expect(Number(seconds)).toBeGreaterThan(requestSeconds)
    expect(unit).toMatch(/^Restart=on-failure$/m)
    // Without it, systemd gives up after five starts that follow each other closely.
    expect(unit).toMatch(/^\[Unit\][^[]*^StartLimitIntervalSec=0$/m)
  })

  test.each([
    ['a mistake in the environment', { PORT: 'x' }, true],
    ['a database that is away', { DATABASE_URL: 'postgres://magic:hush@127.0.0.1:1/db' }, false],
  ])('is left alone after %s: %j', async (_what, variables, isLeft) => {
    const command = makeCommandFolder({ wed: communityFile })
    const { code } = await command.run(['start'], variables)
    await command.remove()
    expect(unit.match(/^RestartPreventExitStatus=(\d+)$/m)?.[1] === String(code)).toBe(isLeft)
  })

  const verifier = spawnSync('systemd-analyze', ['--version'])
  test.skipIf(verifier.error !== undefined)('is one that systemd reads without a word', () => {
    // The program isn't there; everything else of it is looked at.
    const checked = spawnSync(
      'systemd-analyze',
      ['verify', fileURLToPath(new URL('../deploy/magicband.service', import.meta.url))],
      { encoding: 'utf8' },
    )
    const complaints = checked.stderr.split('\n').filter((line) => line !== '' && !/is not executable/.test(line))
    expect(complaints).toEqual([])
  })
})
