import type { KeyKind, Scope } from '../src/keys/scopes.ts'
import { type Ask, type Magicband, moderator, pathOf, type Reply } from './magicband.ts'

type Query = Readonly<Record<string, string>>

/** A right request for one call; `query` lists the parameters in the contract's order. */
export type ExampleCall = {
  method: 'GET' | 'POST'
  path: string
  query: Query
  body?: string
  scopes: readonly Scope[]
  kinds: readonly KeyKind[]
}

const answers = JSON.stringify({ q1: 'I like rides', q2: 'Daily', q3: 'Yes', q4: 'No' })

/** One for each call. Made in this order on a fresh database, each is answered with 200. */
export const exampleCalls: readonly ExampleCall[] = [
  {
    method: 'GET',
    path: '/connect',
    query: { place: '1', id: '1002', training: 'false', server: 'job-1' },
    scopes: ['connect'],
    kinds: ['game'],
  },
  { method: 'GET', path: '/profile', query: { id: '1002' }, scopes: ['profile'], kinds: ['game', 'bot'] },
  {
    method: 'POST',
    path: '/certification/grant',
    query: { certification: 'tot', username: 'CastOne', moderator },
    scopes: ['certification'],
    kinds: ['bot'],
  },
  {
    method: 'POST',
    path: '/certification/revoke',
    query: { certification: 'tot', username: 'CastOne', moderator },
    scopes: ['certification'],
    kinds: ['bot'],
  },
  {
    method: 'POST',
    path: '/ban/add',
    query: { reason: 'bad boy', username: 'Visitor100001', moderator, duration: '86400' },
    scopes: ['ban'],
    kinds: ['bot'],
  },
  {
    method: 'POST',
    path: '/ban/remove',
    query: { reason: 'good boy', username: 'Visitor100001', moderator },
    scopes: ['ban'],
    kinds: ['bot'],
  },
  {
    method: 'POST',
    path: '/application/upload',
    query: { id: '1006' },
    body: answers,
    scopes: ['application', 'application:upload'],
    kinds: ['game', 'bot'],
  },
  {
    method: 'POST',
    path: '/application/approve',
    query: { id: '1006', moderator },
    scopes: ['application'],
    kinds: ['bot'],
  },
  {
    method: 'POST',
    path: '/log',
    query: { id: '1002', place: '1', duration: '600', training: 'false', server: 'job-1' },
    scopes: ['log'],
    kinds: ['game'],
  },
  { method: 'GET', path: '/status', query: {}, scopes: ['status'], kinds: ['bot', 'status'] },
]

/** A right request for one call of `/v1`, made with a key of its first kind; the community has server tokens. */
export type V1Call = { method: 'GET' | 'POST'; path: string; body?: object; kinds: readonly KeyKind[] }

/** One for each call of `/v1`. */
export const v1Calls: readonly V1Call[] = [
  { method: 'GET', path: '/v1/certifications', kinds: ['bot'] },
  { method: 'POST', path: '/v1/server-token', body: { place: '4895128840', server: 'job-1' }, kinds: ['game'] },
]

/** Makes an example call, with other or further parameters where they are given. */
export function make(band: Magicband, call: ExampleCall, ask: Ask & { query?: Query } = {}): Promise<Reply> {
  const { query, ...rest } = ask
  const body = call.body === undefined ? {} : { body: call.body }
  return band.request(call.method, pathOf(call.path, { ...call.query, ...query }), { ...body, ...rest })
}

/** The example of one call. */
export function exampleOf(path: string): ExampleCall {
  const found = exampleCalls.find((call) => call.path === path)
  if (found === undefined) throw new Error(`there is no example of ${path}`)
  return found
}
