import type { MagicbandErrorCode } from './error.ts'

/** What an answer that is no success says, as far as it says it. */
export type Refusal = { code: MagicbandErrorCode; text?: string; discord?: string }

/** Codes of refusals that have no `message`, by their status: which rule it is follows from the call. */
export type RuleCodes = Readonly<Record<number, MagicbandErrorCode>>

/** The messages of the nine older calls, which are frozen: those that tell more than the status, and the others. */
const byMessage: ReadonlyMap<string, MagicbandErrorCode> = new Map([
  ["couldn't find user", 'user-not-found'],
  ["user doesn't exist", 'user-not-found'],
  ['unknown certification', 'certification-unknown'],
  ['invalid certification', 'certification-missing'],
  ['user is already trainee/cast', 'already-trainee'],
  ['user applied recently', 'applied-recently'],
  ['malformed request', 'request-malformed'],
  ['roblox is unavailable', 'roblox-unavailable'],
])

const others: ReadonlySet<string> = new Set([
  'access denied',
  'body too large',
  "couldn't rank user",
  'error encountered',
  'idempotency key was used for another call',
  'invalid body',
  'invalid key',
  'not found',
  'server is busy',
  'too many requests',
])
const withSubject = /^(?:(?:missing|invalid) parameter|give one of): /

/** The router of a host may answer in the same form, with words of its own, that may hold all of the request. */
function isOurs(message: string): boolean {
  return byMessage.has(message) || others.has(message) || withSubject.test(message)
}

/** The ends of the problem types of `/v1` that are named otherwise here, or that are one thing to a caller. */
const byType: ReadonlyMap<string, MagicbandErrorCode> = new Map([
  ['body-invalid', 'parameter-invalid'],
  ['parameter-invalid', 'parameter-invalid'],
  ['refused', 'refused'],
  ['request-malformed', 'request-malformed'],
  ['roblox-unavailable', 'roblox-unavailable'],
])

const byStatus: RuleCodes = {
  401: 'key-invalid',
  403: 'access-denied',
  404: 'not-found',
  405: 'not-found',
  409: 'idempotency-key-reused',
  413: 'body-too-large',
  429: 'too-many-requests',
  431: 'request-malformed',
  503: 'busy',
}

/** Reads a refusal or failure; undefined for what Magicband doesn't answer, such as the page of a proxy. */
export function readRefusal(status: number, body: unknown, rules: RuleCodes): Refusal | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const type = 'type' in body && typeof body.type === 'string' ? body.type : undefined
  const message = 'message' in body && typeof body.message === 'string' ? body.message : undefined
  const discord = 'discord' in body && typeof body.discord === 'string' ? body.discord : undefined
  if (type?.startsWith(typePrefix)) {
    const detail = 'detail' in body && typeof body.detail === 'string' ? body.detail : undefined
    const name = type.slice(typePrefix.length)
    return { code: byType.get(name) ?? codeOf(status), text: detail === undefined ? name : `${name}: ${detail}` }
  }
  if (!('status' in body) || body.status !== 'error') return undefined
  if (message === undefined ? discord === undefined : !isOurs(message)) return undefined
  const said = { ...(message !== undefined && { text: message }), ...(discord !== undefined && { discord }) }
  if (message === undefined) return { code: rules[status] ?? codeOf(status), ...said }
  return { code: byMessage.get(message) ?? codeOf(status), ...said }
}

const typePrefix = 'urn:magicband:problem:'

/** 400 has a code of its own only by its message: what is left of it names a parameter. */
function codeOf(status: number): MagicbandErrorCode {
  if (status === 400) return 'parameter-invalid'
  return byStatus[status] ?? (status >= 500 ? 'failed' : 'refused')
}
