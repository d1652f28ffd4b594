import { type Static, Type } from 'typebox'
import type { Problem, ProblemCode } from '../problem.ts'

/** Names and no addresses: they stay the same wherever a server runs. */
const typePrefix = 'urn:magicband:problem:'

/** The closed list of what goes wrong with calls of `/v1`: the end of `type`, and what it stands for. */
const types = {
  'access-denied': { status: 403, title: 'The source, the key or the place does not allow this' },
  busy: { status: 503, title: 'The server is busy' },
  'body-invalid': { status: 400, title: 'The body is not what the call takes' },
  'body-too-large': { status: 413, title: 'The body is over 256 KiB' },
  failed: { status: 500, title: 'The call failed and nothing was changed' },
  'idempotency-key-reused': { status: 409, title: 'The idempotency key was used for another call' },
  'key-invalid': { status: 401, title: 'The key is missing, unknown, expired or revoked' },
  'method-not-allowed': { status: 405, title: 'The path has other methods' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'parameter-invalid': { status: 400, title: 'A parameter is missing or invalid' },
  refused: { status: 409, title: 'A rule refuses this' },
  'request-malformed': { status: 400, title: 'The request can not be read' },
  'roblox-unavailable': { status: 503, title: 'Roblox is needed and can not be asked' },
  'too-many-headers': { status: 431, title: 'The request has too many headers' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
} as const satisfies Readonly<Record<string, { status: number; title: string }>>

type ProblemType = keyof typeof types

/** The body of every problem, for the OpenAPI document. */
export const ProblemBody = Type.Object(
  {
    type: Type.Enum(
      Object.keys(types).map((name) => typePrefix + name),
      { type: 'string' },
    ),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.Optional(Type.String({ description: 'What the problem is about' })),
  },
  { additionalProperties: false },
)

/** What each problem is under `/v1`. Those that only the nine older calls know are refusals by a rule. */
const typeOf = {
  'already-banned': 'refused',
  'already-trainee': 'refused',
  'applied-recently': 'refused',
  'body-invalid': 'body-invalid',
  'body-too-large': 'body-too-large',
  'call-failed': 'failed',
  'certification-held': 'refused',
  'certification-missing': 'refused',
  'certification-not-held': 'refused',
  'certification-unknown': 'refused',
  'idempotency-key-reused': 'idempotency-key-reused',
  'key-invalid': 'key-invalid',
  'key-unreadable': 'failed',
  'key-without-scope': 'access-denied',
  'method-not-allowed': 'method-not-allowed',
  'not-banned': 'refused',
  'not-found': 'not-found',
  'not-ranked': 'refused',
  'parameter-combination': 'parameter-invalid',
  'parameter-invalid': 'parameter-invalid',
  'parameter-missing': 'parameter-invalid',
  'place-refused': 'access-denied',
  'player-unknown': 'not-found',
  'rank-too-low': 'refused',
  'request-malformed': 'request-malformed',
  'roblox-unavailable': 'roblox-unavailable',
  'server-busy': 'busy',
  'signature-invalid': 'key-invalid',
  'source-blocked': 'access-denied',
  'too-many-headers': 'too-many-headers',
  'too-many-requests': 'too-many-requests',
  'user-not-found': 'not-found',
} as const satisfies Record<ProblemCode, ProblemType>

type ProblemDetails = { status: number; body: Static<typeof ProblemBody> }

/** A problem as RFC 9457 wants it: `detail` names what it is about, where it is about something. */
export function toProblemDetails({ code, subject }: Problem): ProblemDetails {
  const name = typeOf[code]
  const { status, title } = types[name]
  const detail = subject === undefined ? {} : { detail: subject }
  return { status, body: { type: typePrefix + name, title, status, ...detail } }
}

export const problemContentType = 'application/problem+json; charset=utf-8'
