import type { ServiceAddresses } from '../config/environment.ts'
import {
  type Failure,
  type Failures,
  type FailureTarget,
  failureModes,
  failureTargets,
  sandboxServices,
} from './failures.ts'
import {
  type Answer,
  type Call,
  findRoute,
  type LoopbackServer,
  listenOnLoopback,
  Refusal,
  type Route,
  route,
} from './http.ts'
import { visitorIds } from './population.ts'
import type { RequestLog } from './request-log.ts'
import { sandboxGroupName, type World } from './world.ts'
import type { SandboxUser } from './world-state.ts'

type Controlled = { addresses: ServiceAddresses; world: World; failures: Failures; log: RequestLog }

const maxDelayMs = 600_000
const maxTimes = 1_000_000

/** The server with which a person watches and breaks the sandbox by curl. It never fails itself. */
export async function startControl({ port, ...controlled }: Controlled & { port: number }): Promise<LoopbackServer> {
  let address = ''
  const routes = controlRoutes(controlled, () => address)
  const server = await listenOnLoopback({
    port,
    tooLarge: () => wrong(413, 'The body is larger than 1 MiB; the control server reads the query only.').answer,
    respond: (call) => respond(routes, call),
  })
  address = server.address
  return server
}

function respond(routes: readonly Route[], call: Call): Answer {
  const found = findRoute(routes, call)
  try {
    if (found.route === undefined)
      throw wrong(found.status, 'There are: GET /, GET /world, GET /requests, POST /fail, POST /heal.')
    return found.route.handle(call, found.params)
  } catch (error) {
    if (error instanceof Refusal) return error.answer
    throw error
  }
}

function controlRoutes({ addresses, world, failures, log }: Controlled, address: () => string): Route[] {
  const nothing = pretty(200, {})
  const services = () =>
    Object.fromEntries(
      sandboxServices.map((service) => {
        const requests = log.count(service)
        return [service, { address: addresses[service], failure: showFailure(failures, service), requests }]
      }),
    )
  return [
    route('GET', '/', nothing, () =>
      pretty(200, { sandbox: sandboxGroupName, services: services(), modes: failureModes, use: examples(address()) }),
    ),
    route('POST', '/fail', nothing, ({ query }) => {
      allowOnly(query, ['service', 'mode', 'retryAfter', 'delayMs', 'times'])
      failures.fail(readTarget(query) ?? refuseTarget(), readFailure(query))
      return pretty(200, services())
    }),
    route('POST', '/heal', nothing, ({ query }) => {
      allowOnly(query, ['service'])
      failures.heal(readTarget(query))
      return pretty(200, services())
    }),
    route('GET', '/requests', nothing, ({ query }) => {
      allowOnly(query, ['service'])
      return pretty(200, log.list(readTarget(query)))
    }),
    route('GET', '/world', nothing, () => pretty(200, showWorld(world))),
  ]
}

function showFailure(failures: Failures, service: keyof ServiceAddresses) {
  const failure = failures.current(service)
  if (failure === undefined) return null
  const { timesLeft, ...shown } = failure
  return Number.isFinite(timesLeft) ? { ...shown, timesLeft } : shown
}

function examples(address: string): string[] {
  return [
    `curl -X POST '${address}/fail?service=roblox&mode=429&retryAfter=2&times=5'`,
    `curl -X POST '${address}/fail?service=discord&mode=slow&delayMs=3000'`,
    `curl -X POST '${address}/heal?service=roblox'`,
    `curl -X POST '${address}/heal'`,
    `curl '${address}/requests?service=robloxApis'`,
    `curl '${address}/world'`,
  ]
}

function readTarget(query: URLSearchParams): FailureTarget | undefined {
  const asked = query.get('service')
  if (asked === null) return undefined
  const target = failureTargets.find((each) => each === asked)
  return target ?? refuseTarget()
}

function refuseTarget(): never {
  throw wrong(400, `service must be one of: ${failureTargets.join(', ')}.`)
}

function readFailure(query: URLSearchParams): Failure {
  const mode = failureModes.find((each) => each === query.get('mode'))
  if (mode === undefined) throw wrong(400, `mode must be one of: ${failureModes.join(', ')}.`)
  const retryAfterSeconds = readNumber(query, { name: 'retryAfter', least: 0, most: 86_400 })
  const delayMs = readNumber(query, { name: 'delayMs', least: 0, most: maxDelayMs })
  const times = readNumber(query, { name: 'times', least: 1, most: maxTimes })
  return {
    mode,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(delayMs !== undefined && { delayMs }),
    ...(times !== undefined && { times }),
  }
}

function readNumber(query: URLSearchParams, { name, least, most }: { name: string; least: number; most: number }) {
  const asked = query.get(name)
  if (asked === null) return undefined
  const number = Number(asked)
  if (!/^\d{1,9}$/.test(asked) || number < least || number > most) {
    throw wrong(400, `${name} must be a whole number from ${least} to ${most}.`)
  }
  return number
}

/** A misspelt parameter would otherwise be a failure that isn't the one that was asked for. */
function allowOnly(query: URLSearchParams, names: readonly string[]): void {
  const unknown = [...query.keys()].find((name) => !names.includes(name))
  if (unknown !== undefined) throw wrong(400, `${unknown} is no parameter here. There are: ${names.join(', ')}.`)
}

function showWorld(world: World) {
  const { state } = world
  const users = [...state.users.values()].filter((user) => !isUntouchedVisitor(world, user))
  return {
    roles: [...state.roles.values()],
    users: users.map((user) => showUser(world, user)),
    visitors: `${visitorIds.first} to ${visitorIds.last} hold the base role; those that changed are among the users`,
    restrictions: [...state.restrictions.values()],
    publishedMessages: state.publishedMessages,
    pastes: [...state.pastes.values()],
    webhookMessages: state.webhookMessages,
  }
}

function isUntouchedVisitor(world: World, { id, previousNames, isBanned }: SandboxUser): boolean {
  const isVisitor = Number(id) >= visitorIds.first && Number(id) <= visitorIds.last
  return isVisitor && previousNames.length === 0 && !isBanned && world.highestRoleOf(id)?.isBase === true
}

function showUser(world: World, { id, name, previousNames, isBanned }: SandboxUser) {
  const discordIds = (links: ReadonlyMap<string, string>) =>
    [...links].flatMap(([discordId, robloxId]) => (robloxId === id ? [discordId] : []))
  return {
    id,
    name,
    previousNames,
    isBanned,
    rank: world.highestRoleOf(id)?.rank ?? 0,
    roles: world.rolesOf(id).map((role) => role.name),
    joinRequestIsPending: world.state.joinRequests.has(id),
    bloxlink: discordIds(world.state.bloxlinkLinks),
    rover: discordIds(world.state.roverLinks),
  }
}

function wrong(status: number, sentence: string): Refusal {
  return new Refusal(pretty(status, { error: sentence }))
}

/** JSON for people: indented, and with a line end after it. */
function pretty(status: number, value: unknown): Answer {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(value, null, 2)}\n`, headers: {} }
}
