type Details = { status?: number; answer?: string; retryAfterMs?: number; cause?: unknown }

/**
 * An outside service did not do what was asked. `unavailable`: it can't be asked, or made no sense; `refused`: it
 * understood and said no (`status`, and what it said in `answer`, without what it was asked with).
 */
export class OutsideError extends Error {
  readonly service: string
  readonly kind: 'unavailable' | 'refused'
  readonly status: number | undefined
  readonly answer: string
  readonly retryAfterMs: number | undefined

  constructor(service: string, kind: 'unavailable' | 'refused', message: string, details: Details = {}) {
    super(`${service}: ${message}`, { cause: details.cause })
    this.name = 'OutsideError'
    this.service = service
    this.kind = kind
    this.status = details.status
    this.answer = details.answer ?? ''
    this.retryAfterMs = details.retryAfterMs
  }
}

/** Whether a service refused with this status. */
export function isRefusal(error: unknown, status: number): boolean {
  return error instanceof OutsideError && error.kind === 'refused' && error.status === status
}

/** Whether a service refused for want of rights, as with a key that has run out. */
export function isDenial(error: unknown): boolean {
  return isRefusal(error, 401) || isRefusal(error, 403)
}
