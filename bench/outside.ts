import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { ServiceAddresses } from '../src/config/environment.ts'
import { serviceVariables } from '../test/services.ts'

/** The outside world, steered through the control server of the sandbox. */
export type Outside = {
  /** Where a server finds it, as environment variables. */
  environment: Record<string, string>
  /** Requests that Roblox's services have received so far. */
  countRobloxRequests(): Promise<number>
  hangRoblox(): Promise<void>
  heal(): Promise<void>
  stop(): void
}

export async function startOutside(): Promise<Outside> {
  const child = fork(new URL('./outside-world.ts', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const [{ addresses, controlAddress }] = (await once(child, 'message')) as [
    { addresses: ServiceAddresses; controlAddress: string },
  ]
  const control = async (method: string, path: string): Promise<unknown> => {
    const response = await fetch(controlAddress + path, { method })
    if (!response.ok) throw new Error(`the sandbox refused ${path}: ${await response.text()}`)
    return response.json()
  }
  return {
    environment: serviceVariables(addresses),
    countRobloxRequests: async () => {
      const { services } = (await control('GET', '/')) as { services: Record<string, { requests: number }> }
      const roblox = Object.entries(services).filter(([name]) => name.startsWith('roblox'))
      return roblox.reduce((sum, [, { requests }]) => sum + requests, 0)
    },
    hangRoblox: async () => {
      await control('POST', '/fail?service=roblox&mode=hang')
    },
    heal: async () => {
      await control('POST', '/heal')
    },
    stop: () => child.kill(),
  }
}
