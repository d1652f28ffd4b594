import { type FailureTarget, type SandboxService, servicesOf } from './failures.ts'
import type { Call } from './http.ts'

/** A request that a stand-in received, whatever it answered. */
export type RecordedRequest = {
  service: SandboxService
  method: string
  /** With the query, as it was sent. */
  path: string
  headers: Record<string, string>
  body: string
  /** By the sandbox's clock. */
  at: number
}

const maxRequests = 10_000
const maxBodyCharacters = 32 * 1024 * 1024

/** The last 10,000 requests, fewer where their bodies come to more than 32 MiB. */
export class RequestLog {
  readonly #clock: () => number
  #requests: RecordedRequest[] = []
  #bodyCharacters = 0
  #counts = new Map<SandboxService, number>()

  constructor(clock: () => number) {
    this.#clock = clock
  }

  record(service: SandboxService, { method, url, headers, body }: Call): void {
    this.#requests.push({ service, method, path: url, headers, body, at: this.#clock() })
    this.#counts.set(service, this.count(service) + 1)
    this.#bodyCharacters += body.length
    while (this.#requests.length > maxRequests || this.#bodyCharacters > maxBodyCharacters) {
      this.#bodyCharacters -= this.#requests.shift()?.body.length ?? 0
    }
  }

  /** Oldest first. */
  list(target: FailureTarget = 'all'): readonly RecordedRequest[] {
    const services = servicesOf(target)
    return this.#requests.filter(({ service }) => services.includes(service))
  }

  /** All of a service's requests since the log was last cleared, those that are no longer kept included. */
  count(service: SandboxService): number {
    return this.#counts.get(service) ?? 0
  }

  clear(): void {
    this.#requests = []
    this.#bodyCharacters = 0
    this.#counts = new Map()
  }
}
