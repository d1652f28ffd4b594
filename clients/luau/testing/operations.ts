import type { StoreAnswer, StoreRequest } from './protocol.ts'

/** Headers by which the proxy tells when its answer arrives, in the server's own time: these seconds later, or never. */
export const delayHeader = 'x-test-delay'
export const neverHeader = 'x-test-never'
/** Tells the proxy the server's time, in milliseconds since 1970. */
export const nowHeader = 'x-test-now'

type HttpRequest = {
  url: string
  method: string
  headers: Record<string, string>
  body?: string
  timeout: number
  place: string
}
type Scheduled = { at: number; id: number; answer: string }
type Dependencies = {
  now: () => number
  epochMs: () => number
  ask: (request: StoreRequest) => Promise<StoreAnswer>
}

/**
 * What Luau waits for. Asking takes no time of the server, unless the answer says how much: what is under way is waited
 * for before the server's time moves on.
 */
export class Operations {
  readonly #dependencies: Dependencies
  readonly #running = new Map<number, Promise<void>>()
  #scheduled: Scheduled[] = []
  #count = 0

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  begin(kind: string, text: string): number {
    const id = ++this.#count
    const request: unknown = JSON.parse(text)
    const from = this.#dependencies.now()
    const running = (kind === 'http' ? this.#http(request as HttpRequest) : this.#store(request as StoreRequest)).then(
      ({ seconds, answer }) => {
        if (this.#running.delete(id)) this.#scheduled.push({ at: from + seconds, id, answer: JSON.stringify(answer) })
      },
    )
    this.#running.set(id, running)
    return id
  }

  /** Waits until all that is under way has been answered, or is known to be answered later. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.race(this.#running.values())
  }

  /** What has been answered by this time. */
  takeUntil(time: number): Scheduled[] {
    const due = this.#scheduled.filter(({ at }) => at <= time).sort((one, other) => one.at - other.at)
    this.#scheduled = this.#scheduled.filter(({ at }) => at > time)
    return due
  }

  /** When the next answer arrives that is known. */
  nextAt(): number {
    return Math.min(...this.#scheduled.map(({ at }) => at), Number.POSITIVE_INFINITY)
  }

  forgetAll(): void {
    this.#running.clear()
    this.#scheduled = []
  }

  async #store(request: StoreRequest): Promise<{ seconds: number; answer: object }> {
    const { seconds = 0, ...answer } = await this.#dependencies.ask(request)
    return { seconds, answer }
  }

  async #http({
    url,
    method,
    headers,
    body,
    timeout,
    place,
  }: HttpRequest): Promise<{ seconds: number; answer: object }> {
    const timedOut = { seconds: timeout, answer: { error: 'HttpError: Timedout' } }
    try {
      const locked = {
        'user-agent': 'Roblox/Linux',
        'roblox-id': place,
        [nowHeader]: `${this.#dependencies.epochMs()}`,
      }
      const response = await fetch(url, {
        method,
        headers: { ...headers, ...locked },
        ...(body !== undefined && { body }),
      })
      const text = await response.text()
      if (response.headers.has(neverHeader)) return timedOut
      const seconds = Number(response.headers.get(delayHeader) ?? 0)
      if (seconds >= timeout) return timedOut
      const answer = {
        Success: response.ok,
        StatusCode: response.status,
        StatusMessage: response.statusText,
        Headers: Object.fromEntries(response.headers),
        Body: text,
      }
      return { seconds, answer }
    } catch (error) {
      return { seconds: 0, answer: { error: isRefused(error) ? 'HttpError: ConnectFail' : 'HttpError: NetFail' } }
    }
  }
}

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ECONNREFUSED'
}
