/** Why a call did not succeed. The list is closed: a `switch` over it can be complete. */
export type MagicbandErrorCode =
  // A rule of the call says no; nothing was changed, and asking again changes nothing.
  | 'already-banned'
  | 'already-trainee'
  | 'applied-recently'
  | 'certification-held'
  | 'certification-missing'
  | 'certification-not-held'
  | 'certification-unknown'
  | 'not-banned'
  | 'rank-too-low'
  | 'refused'
  | 'user-not-found'
  // The request is not one that Magicband takes.
  | 'access-denied'
  | 'body-too-large'
  | 'idempotency-key-reused'
  | 'key-invalid'
  | 'not-found'
  | 'parameter-invalid'
  | 'request-malformed'
  // It may go better later; it was tried again already, where there was time for it.
  | 'busy'
  | 'failed'
  | 'roblox-unavailable'
  | 'too-many-requests'
  // There is no answer of Magicband's.
  | 'aborted'
  | 'timed-out'
  | 'unreachable'
  | 'unreadable'

export type MagicbandErrorDetails = {
  code: MagicbandErrorCode
  /** Method and path, such as `POST /ban/add`. */
  call: string
  /** What Magicband said, for programmers. */
  text?: string | undefined
  status?: number | undefined
  discord?: string | undefined
  retryAfterSeconds?: number | undefined
  requestId?: string | undefined
  idempotencyKey?: string | undefined
  mayBeDone?: boolean | undefined
  tries?: number | undefined
  cause?: unknown
}

/** What every call throws that does not succeed. It holds no API key, and none of what the call was about. */
export class MagicbandError extends Error {
  override readonly name = 'MagicbandError'
  readonly code: MagicbandErrorCode
  readonly call: string
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined
  /** A sentence for the person at Discord, where Magicband has one: Markdown, already escaped. */
  readonly discord: string | undefined
  /** When to ask again, where Magicband says so. */
  readonly retryAfterSeconds: number | undefined
  /** By which the call is found in Magicband's log. */
  readonly requestId: string | undefined
  /** Make the call with it again and it is the same one: what was done is not done twice. */
  readonly idempotencyKey: string | undefined
  /** A try that may have arrived got no answer, and none after it told what became of it: an act may have been done. */
  readonly mayBeDone: boolean
  /** How often it was asked. */
  readonly tries: number

  constructor(details: MagicbandErrorDetails) {
    super(`${details.call}: ${details.text ?? details.code}`, { cause: details.cause })
    this.code = details.code
    this.call = details.call
    this.status = details.status
    this.discord = details.discord
    this.retryAfterSeconds = details.retryAfterSeconds
    this.requestId = details.requestId
    this.idempotencyKey = details.idempotencyKey
    this.mayBeDone = details.mayBeDone ?? false
    this.tries = details.tries ?? 1
  }
}
