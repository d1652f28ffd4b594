import type { ServiceAddresses } from '../config/environment.ts'

export type SandboxService = keyof ServiceAddresses
/** One service, the four of Roblox, or all of them. */
export type FailureTarget = SandboxService | 'roblox' | 'all'

export const sandboxServices = [
  'robloxApis',
  'robloxUsers',
  'robloxGroups',
  'robloxThumbnails',
  'bloxlink',
  'rover',
  'pastebin',
  'discord',
] as const satisfies readonly SandboxService[]

export const failureTargets: readonly FailureTarget[] = ['all', 'roblox', ...sandboxServices]

/**
 * How a service can fail. Only `slow` and `lost` let the request take effect.
 * - `refuse`: the connection is reset without an answer; `lost`: the same, after the request took effect
 * - `hang`: the request is accepted and never answered; `slow`: answered rightly, after `delayMs`
 * - `429`, `500`: in the service's own shape of error; `html`: a 503 with a page instead of JSON
 * - `empty`: 200 with nothing in it; `truncated`: 200 with the first half of the body
 */
export const failureModes = ['refuse', 'lost', 'hang', 'slow', '429', '500', 'html', 'empty', 'truncated'] as const
export type FailureMode = (typeof failureModes)[number]

export type Failure = {
  mode: FailureMode
  /** For `slow`; 1,000 where it is not given. */
  delayMs?: number
  /** For `429`; without it the answer has no retry-after header. */
  retryAfterSeconds?: number
  /** How many requests fail before the service heals by itself; without it, all until it is healed. */
  times?: number
}

/** A failure that is on, and how many more requests it meets. */
export type ActiveFailure = Failure & { timesLeft: number }

/** Which services fail at present. */
export class Failures {
  readonly #active = new Map<SandboxService, ActiveFailure>()

  /** Lets a service, or a group of them, fail. A group shares one count of `times`. */
  fail(target: FailureTarget, failure: Failure): void {
    const active = { ...failure, timesLeft: failure.times ?? Number.POSITIVE_INFINITY }
    for (const service of servicesOf(target)) this.#active.set(service, active)
  }

  heal(target: FailureTarget = 'all'): void {
    for (const service of servicesOf(target)) this.#active.delete(service)
  }

  current(service: SandboxService): ActiveFailure | undefined {
    const active = this.#active.get(service)
    return active !== undefined && active.timesLeft > 0 ? active : undefined
  }

  /** The failure that the service's next request meets, counted as met. */
  take(service: SandboxService): Failure | undefined {
    const active = this.current(service)
    if (active !== undefined) active.timesLeft -= 1
    return active
  }
}

/** The services that a target stands for. */
export function servicesOf(target: FailureTarget): readonly SandboxService[] {
  if (target === 'all') return sandboxServices
  if (target === 'roblox') return sandboxServices.filter((service) => service.startsWith('roblox'))
  return [target]
}
