/** Everything that can go wrong with a call and that its caller is told. What HTTP makes of each is in `http/errors.ts`. */
export type ProblemCode =
  | 'already-banned'
  | 'already-trainee'
  | 'applied-recently'
  | 'body-invalid'
  | 'body-too-large'
  | 'call-failed'
  | 'certification-held'
  | 'certification-missing'
  | 'certification-not-held'
  | 'certification-unknown'
  | 'idempotency-key-reused'
  | 'key-invalid'
  | 'key-unreadable'
  | 'key-without-scope'
  | 'method-not-allowed'
  | 'not-banned'
  | 'not-found'
  | 'not-ranked'
  | 'parameter-combination'
  | 'parameter-invalid'
  | 'parameter-missing'
  | 'place-refused'
  | 'player-unknown'
  | 'rank-too-low'
  | 'request-malformed'
  | 'roblox-unavailable'
  | 'server-busy'
  | 'signature-invalid'
  | 'source-blocked'
  | 'too-many-headers'
  | 'too-many-requests'
  | 'user-not-found'

type ProblemDetails = {
  /** What the message is about: a parameter's name, the names to choose from, or what is wrong with a body. */
  subject?: string
  /** A sentence for the Discord user, Markdown already escaped. */
  discord?: string
  retryAfterSeconds?: number
  /** For the log only. */
  cause?: unknown
}

/** A refusal or a failure with a code of the closed list above. Features throw it and know no HTTP. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly subject: string | undefined
  readonly discord: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    super(details.subject === undefined ? code : `${code}: ${details.subject}`, { cause: details.cause })
    this.name = 'Problem'
    this.code = code
    this.subject = details.subject
    this.discord = details.discord
    this.retryAfterSeconds = details.retryAfterSeconds
  }
}
