import type { TSchema } from 'typebox'
import type { Community } from '../config/community.ts'
import type { Db } from '../database/schema.ts'
import { Problem } from '../problem.ts'
import type { Body } from './body.ts'
import { createReader, type Parameters, type Values } from './parameters.ts'

/** Who makes a call, and what a feature needs to know of the request besides its parameters. */
export type CallContext = {
  community: Community
  keyId: string
  key: CallKey
  requestId: string
  /**
   * The transaction of this call: the answer that `work` returns is kept together with its effects where the caller
   * sent an `idempotency-key`. A call that changes anything does it here, and once. Its `lane` is that of the community's
   * other acts, which all move the end of the audit trail, unless another one is given.
   */
  act: (work: (trx: Db) => Promise<Answer>, lane?: string) => Promise<Answer>
  /** The place that Roblox itself says the request comes from, where it says one. */
  robloxPlace: string | undefined
  /** Headers for the answer, such as `x-magicband-stale`. */
  answerHeaders: Record<string, string>
}

/** The key that a call is made with, apart from its id. */
export type CallKey = {
  name: string
  scopes: readonly string[]
  limit: { count: number; perMs: number } | undefined
  /** What it has in common with the keys that it was rotated from and to, and with their tokens. */
  caller: string
  /** The game server that it is the token of. */
  token: { place: string; server: string } | undefined
}

/** One call of the API, apart from its method, path and scope, which `http/server.ts` lists. */
export type Call = {
  summary: string
  description: string
  parameters: Parameters
  /** Of these parameters exactly one is given. */
  exactlyOne?: readonly string[]
  /** What the OpenAPI document says of the body, where there is one. */
  body?: TSchema
  /** The schema of each answer but the ones that all calls share. */
  answers: Readonly<Record<number, TSchema>>
  /** One of the newer calls: JSON in, problem details out, the key in a header. */
  isV1?: true
  /**
   * Programs ask it again and again: its 200 has an `etag`, and a 304 says that nothing has changed (`http/etag.ts`). It
   * changes nothing itself, so an `idempotency-key` means nothing.
   */
  isPolled?: true
  /** The answer holds a secret: it is kept nowhere, so an `idempotency-key` means nothing. */
  isSecret?: true
  /** The bot shows `discord` to a person, so refusals carry a sentence for one. */
  isForBot: boolean
  /** The members of this call's own 500 between `status` and `discord` (contract, "Database error"). */
  failure: Readonly<Record<string, string | number>>
  /** Reads and checks the parameters; the values identify the call for its `idempotency-key`. */
  prepare(query: Readonly<Record<string, unknown>>, body: Body): PreparedCall | Promise<PreparedCall>
}

export type PreparedCall = { values: object; run(context: CallContext): Promise<Answer> }

/** What a call answers when nothing refuses it. */
export type Answer = { status: number; body: object }

/** A 200. */
export function ok(body: object): Answer {
  return { status: 200, body }
}

type Definition<P extends Parameters, Fields> = Omit<Call, 'prepare' | 'parameters'> & {
  parameters: P
  readBody?: (body: Body) => Promise<Fields>
  handle(context: CallContext, values: Values<P>, fields: Fields): Promise<Answer>
}

/** Makes a call whose handler gets its parameters typed. */
export function defineCall<P extends Parameters, Fields = undefined>(definition: Definition<P, Fields>): Call {
  const { handle, readBody, ...call } = definition
  const read = createReader(definition.parameters)
  const toPrepared = (values: Values<P>, fields: Fields): PreparedCall => ({
    values: { ...values, ...fields },
    run: (context) => handle(context, values, fields),
  })
  return {
    ...call,
    prepare: (query, body) => {
      requireExactlyOne(definition.exactlyOne, query)
      const values = read(query)
      // `Fields` is undefined exactly where there is no `readBody`.
      if (readBody === undefined) return toPrepared(values, undefined as Fields)
      return readBody(body).then((fields) => toPrepared(values, fields))
    },
  }
}

function requireExactlyOne(names: readonly string[] | undefined, query: Readonly<Record<string, unknown>>): void {
  if (names === undefined) return
  const given = names.filter((name) => query[name] !== undefined && query[name] !== '')
  if (given.length !== 1) throw new Problem('parameter-combination', { subject: names.join(', ') })
}

/** Tells the caller the age of a rank that is older than the community wants (contract `/connect` 4). */
export function noteStaleRank(
  { answerHeaders }: CallContext,
  { staleSeconds }: { staleSeconds: number | undefined },
): void {
  if (staleSeconds !== undefined) answerHeaders['x-magicband-stale'] = String(staleSeconds)
}
