import type { ServiceAddresses } from '../config/environment.ts'
import { bloxlink } from './bloxlink.ts'
import { startControl } from './control.ts'
import { discord } from './discord.ts'
import { type Failure, Failures, type FailureTarget, type SandboxService } from './failures.ts'
import { pastebin } from './pastebin.ts'
import { type RecordedRequest, RequestLog } from './request-log.ts'
import { robloxApis } from './roblox-apis.ts'
import { robloxGroups } from './roblox-groups.ts'
import { robloxThumbnails } from './roblox-thumbnails.ts'
import { robloxUsers } from './roblox-users.ts'
import { rover } from './rover.ts'
import { type Service, type ServiceServer, startService } from './server.ts'
import { World } from './world.ts'

export type { Failure, FailureMode, FailureTarget, SandboxService } from './failures.ts'
export type { RecordedRequest } from './request-log.ts'

/** The outside world on loopback: a server for each service, and one to steer them with. */
export type Sandbox = {
  addresses: ServiceAddresses
  /** Origin of the server that lets a person see the requests and break the services. */
  controlAddress: string
  world: World
  fail: (target: FailureTarget, failure: Failure) => void
  /** Without a target all services heal. */
  heal: (target?: FailureTarget) => void
  /** The last 10,000 requests, oldest first. */
  requests: (target?: FailureTarget) => readonly RecordedRequest[]
  forgetRequests: () => void
  /** Ends all connections, also those that wait for an answer. */
  close: () => Promise<void>
}

export type SandboxOptions = {
  /** Milliseconds since 1970; what expires in the sandbox expires by it. */
  clock: () => number
  /** Where the world is kept between two runs; without it, in memory only. */
  file?: string
  /** Any free port for those that are not given. */
  ports?: Partial<Record<SandboxService, number>>
  controlPort?: number
}

/** Starts all servers of the sandbox on 127.0.0.1, or none of them. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const world = new World(options)
  const failures = new Failures()
  const log = new RequestLog(options.clock)
  const started: ServiceServer[] = []
  const start = async (name: SandboxService, service: Service): Promise<string> => {
    const server = await startService({
      name,
      service,
      port: options.ports?.[name] ?? 0,
      record: (call) => log.record(name, call),
      takeFailure: () => failures.take(name),
      rehearse: (act) => world.rehearse(act),
    })
    started.push(server)
    return server.address
  }
  const close = async () => {
    await Promise.all(started.map((server) => server.close()))
  }
  try {
    const addresses: ServiceAddresses = {
      robloxApis: await start('robloxApis', robloxApis(world)),
      robloxUsers: await start('robloxUsers', robloxUsers(world)),
      robloxGroups: await start('robloxGroups', robloxGroups(world)),
      robloxThumbnails: await start('robloxThumbnails', robloxThumbnails(world)),
      bloxlink: await start('bloxlink', bloxlink(world)),
      rover: await start('rover', rover(world)),
      pastebin: await start('pastebin', pastebin(world)),
      discord: await start('discord', discord(world)),
    }
    const control = await startControl({ port: options.controlPort ?? 0, addresses, world, failures, log })
    started.push(control)
    return {
      addresses,
      controlAddress: control.address,
      world,
      fail: (target, failure) => failures.fail(target, failure),
      heal: (target) => failures.heal(target),
      requests: (target) => log.list(target),
      forgetRequests: () => log.clear(),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
