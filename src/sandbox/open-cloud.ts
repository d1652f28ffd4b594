import { type Answer, type Call, json, Refusal, type Route, route } from './http.ts'
import type { RateLimit, RateLimitName, RateVerdict } from './rate-limits.ts'
import type { RefusalStatus } from './server.ts'
import { sandboxKeys, type World } from './world.ts'

const statuses = {
  INVALID_ARGUMENT: 400,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
} as const

/** An error in Open Cloud's shape, to be thrown. */
export function openCloudError(code: keyof typeof statuses, message: string): Refusal {
  return new Refusal(json(statuses[code], { code, message }))
}

/** What Open Cloud answers before an operation is reached; routing faults come from its gateway, in the older shape. */
export function refuseOpenCloud(status: RefusalStatus): Answer {
  switch (status) {
    case 429:
      return openCloudError('RESOURCE_EXHAUSTED', 'The request quota was exceeded.').answer
    case 500:
      return openCloudError('INTERNAL', 'An internal error occurred.').answer
    default:
      return json(status, { errors: [{ code: 0, message: status === 413 ? 'Payload Too Large' : 'NotFound' }] })
  }
}

/** What Open Cloud's gateway answers to a key that it doesn't know or that can't be used any more. */
export function refuseKey(): Refusal {
  return new Refusal(json(401, { errors: [{ code: 0, message: 'Invalid API Key' }] }))
}

/** A route that is reached with the key only, counts against its rate limit and may need a scope. */
export function operation<Path extends string>(
  world: World,
  { method, path, limit, scope }: { method: string; path: Path; limit: RateLimitName; scope?: string },
  empty: Answer,
  handle: (call: Call, params: Parameters<Parameters<typeof route<Path>>[3]>[1]) => Answer,
): Route {
  return route(method, path, empty, (call, params) => {
    if (call.headers['x-api-key'] !== sandboxKeys.openCloud || !keyIsUsable(world)) throw refuseKey()
    const { answer: limited, headers } = takeFromLimit(world, { name: limit, limit: world.rateLimits[limit] })
    if (limited !== undefined) throw new Refusal(limited)
    if (scope !== undefined && !world.keyScopes.includes(scope)) {
      throw openCloudError('PERMISSION_DENIED', `The API key doesn't have the scope ${scope}.`)
    }
    const answer = handle(call, params)
    return { ...answer, headers: { ...headers, ...answer.headers } }
  })
}

/** Whether the key is neither switched off nor past its end. */
export function keyIsUsable(world: World): boolean {
  return world.keyIsEnabled && !keyIsExpired(world)
}

export function keyIsExpired(world: World): boolean {
  return world.keyExpiresAt !== undefined && world.keyExpiresAt <= world.clock()
}

/** Counts a request; `answer` is the 429 where it was one too many. */
export function takeFromLimit(
  world: World,
  { name, limit }: { name: string; limit: RateLimit },
): { answer?: Answer; headers: Record<string, string> } {
  const verdict = world.counters.take(name, limit)
  const headers = rateHeaders(limit, verdict)
  if (verdict.isAllowed) return { headers }
  const retryAfter = { 'retry-after': String(Math.ceil(verdict.resetSeconds)) }
  return { answer: { ...refuseOpenCloud(429), headers: { ...headers, ...retryAfter } }, headers }
}

/** Roblox repeats the limit with its window, so that the header is no plain number. */
function rateHeaders({ limit, seconds }: RateLimit, { remaining, resetSeconds }: RateVerdict): Record<string, string> {
  return {
    'x-ratelimit-limit': `${limit}, ${limit};w=${seconds}`,
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(Math.ceil(resetSeconds)),
  }
}

/** One page of a list, and the token of the next one: empty on the last. A token holds for the same query only. */
export function page<Item>(
  items: readonly Item[],
  query: URLSearchParams,
  { maxPageSize }: { maxPageSize: number },
): { items: Item[]; nextPageToken: string } {
  const asked = query.get('maxPageSize') ?? '0'
  if (!/^\d{1,9}$/.test(asked)) throw openCloudError('INVALID_ARGUMENT', 'maxPageSize must be a whole number from 0.')
  const size = Number(asked) === 0 ? 10 : Math.min(Number(asked), maxPageSize)
  const others = new URLSearchParams([...query].filter(([name]) => name !== 'pageToken'))
  others.sort()
  const token = query.get('pageToken') ?? ''
  const start = token === '' ? 0 : readPageToken(token, others.toString())
  const end = start + size
  const nextPageToken = end < items.length ? Buffer.from(`${end}?${others}`).toString('base64url') : ''
  return { items: items.slice(start, end), nextPageToken }
}

function readPageToken(token: string, query: string): number {
  const [start = '', ...rest] = Buffer.from(token, 'base64url').toString('utf8').split('?')
  if (!/^\d{1,9}$/.test(start) || rest.join('?') !== query) {
    throw openCloudError('INVALID_ARGUMENT', 'The page token is invalid for this request.')
  }
  return Number(start)
}

export type Condition = { field: string; operator: '==' | 'in'; values: string[] }

/** Reads the little that Open Cloud knows of CEL: `field == 'text'`, `field in ['text', …]`, and `&&` between them. */
export function parseFilter(filter: string): Condition[] {
  if (filter.trim() === '') return []
  return filter.split('&&').map((part) => {
    const equal = /^\s*(\w+)\s*==\s*(?:'([^']*)'|"([^"]*)")\s*$/.exec(part)
    if (equal?.[1] !== undefined) return { field: equal[1], operator: '==', values: [equal[2] ?? equal[3] ?? ''] }
    const within = /^\s*(\w+)\s+in\s+\[(.*)\]\s*$/.exec(part)
    const values = within?.[2]?.split(',').map((value) => /^\s*(?:'([^']*)'|"([^"]*)")\s*$/.exec(value))
    if (within?.[1] === undefined || values === undefined || values.some((value) => value === null)) {
      throw openCloudError('INVALID_ARGUMENT', `The filter is invalid: ${part.trim()}`)
    }
    return { field: within[1], operator: 'in', values: values.map((value) => value?.[1] ?? value?.[2] ?? '') }
  })
}

/** The id in a path such as `users/156`; undefined where the path is of another kind. */
export function idInPath(kind: string, path: string): string | undefined {
  const [head, id, ...rest] = path.split('/')
  return head === kind && id !== undefined && rest.length === 0 && /^\d+$/.test(id) ? id : undefined
}

/** A membership's id: the user id in base64 without its padding. */
export function membershipIdOf(userId: string): string {
  return Buffer.from(userId).toString('base64').replace(/=+$/, '')
}

/** The user that a membership id, or a user id in its place, stands for; undefined where it stands for none. */
export function userIdOf(membershipId: string): string | undefined {
  if (/^\d+$/.test(membershipId)) return membershipId
  const userId = Buffer.from(membershipId, 'base64').toString('utf8')
  return /^\d+$/.test(userId) && membershipIdOf(userId) === membershipId ? userId : undefined
}

/** Open Cloud shows some times to the nanosecond, which not every date parser reads. */
export function toNanoseconds(isoTime: string): string {
  return isoTime.replace(/(\.\d{3})Z$/, '$1549500Z')
}
