import { hash } from 'node:crypto'
import type { Answer, Call, CallContext, PreparedCall } from '../call/call.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { Db } from '../database/schema.ts'
import { Problem } from '../problem.ts'
import { answerError } from './errors.ts'
import { claimKey, findAnswer, forgetAnswers, type IdempotencyId, keepAnswer } from './idempotency.store.ts'

/** How long an answer is remembered (contract, rule 8). */
const rememberedMs = 48 * 3_600_000

type Request = {
  call: Call
  route: string
  idempotencyKey: string | undefined
  prepared: PreparedCall
  context: Omit<CallContext, 'act'>
}

/** Runs calls, each `idempotency-key` once: its answer is kept in the transaction of the call's effects. */
export class IdempotentCalls {
  readonly #database: Database
  readonly #clock: Clock
  readonly #running = new Map<string, Promise<unknown>>()

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /** @throws Problem `idempotency-key-reused`, and whatever the call throws that is not remembered */
  run(request: Request): Promise<Answer> {
    const { idempotencyKey, prepared, context } = request
    const database = this.#database
    const slug = context.community.slug
    if (idempotencyKey === undefined)
      return prepared.run({ ...context, act: (work, lane = slug) => database.act(work, lane) })
    // A server has one token after the other, the next server sends what it has left, and keys are rotated.
    const id = { community: slug, keyId: context.key.caller, route: request.route, idempotencyKey }
    return this.#oneAtATime(JSON.stringify(id), () => this.#runOnce(request, id))
  }

  /** Forgets the answers that have run out. */
  async forget(): Promise<void> {
    await this.#database.act((trx) => forgetAnswers(trx, this.#clock() - rememberedMs))
  }

  /** A copy that arrives while the first still runs waits for it, and so doesn't ask outside services again. */
  async #oneAtATime(id: string, run: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      const running = this.#running.get(id)
      if (running === undefined) break
      await Promise.allSettled([running])
    }
    const answer = run()
    this.#running.set(id, answer)
    try {
      return await answer
    } finally {
      this.#running.delete(id)
    }
  }

  async #runOnce(request: Request, id: IdempotencyId): Promise<Answer> {
    const requestHash = hash('sha256', JSON.stringify(request.prepared.values))
    const remembered = await this.#replay(id, requestHash)
    if (remembered !== undefined) return remembered
    let isKept = false
    const keep = async (trx: Db, work: (trx: Db) => Promise<Answer>): Promise<Answer> => {
      const now = this.#clock()
      const claim = { requestHash, robloxId: playerOf(request.prepared), now, since: now - rememberedMs }
      if (!(await claimKey(trx, id, claim))) throw new AnsweredElsewhere()
      const answer = await work(trx)
      await keepAnswer(trx, id, { status: answer.status, body: JSON.stringify(answer.body) })
      return answer
    }
    const act: CallContext['act'] = async (work, lane = id.community) => {
      const answer = await this.#database.act((trx) => keep(trx, work), lane)
      isKept = true
      return answer
    }
    try {
      const answer = await this.#orRefusal(request, act)
      if (isKept || answer.status >= 500) return answer
      return await this.#database.act((trx) => keep(trx, async () => answer))
    } catch (error) {
      if (!(error instanceof AnsweredElsewhere)) throw error
      const first = await this.#replay(id, requestHash)
      if (first === undefined) throw new Error('an answer that was kept can not be found', { cause: error })
      return first
    }
  }

  /**
   * The call's answer; a refusal by its own rules is an answer like any other, a failure is thrown. So is the refusal of a
   * place, since it is a matter of access: a game repeats its shifts, with their keys, until its place is listed.
   */
  async #orRefusal({ call, prepared, context }: Request, act: CallContext['act']): Promise<Answer> {
    try {
      return await prepared.run({ ...context, act })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const answer = answerError(error, call, context.community.contact)
      if (answer.status >= 500 || error.code === 'place-refused') throw error
      return answer
    }
  }

  async #replay(id: IdempotencyId, requestHash: string): Promise<Answer | undefined> {
    const remembered = await findAnswer(this.#database.read, id, this.#clock() - rememberedMs)
    if (remembered === undefined) return undefined
    if (remembered.requestHash !== requestHash) throw new Problem('idempotency-key-reused')
    return { status: remembered.status, body: JSON.parse(remembered.body) }
  }
}

/** The Roblox id that a call names, where it names one: its answer goes when that player is erased. */
function playerOf({ values }: PreparedCall): string | null {
  return 'id' in values && typeof values.id === 'string' ? values.id : null
}

/** Another instance answered this call while it ran here; what was done here is rolled back. */
class AnsweredElsewhere extends Error {}

/**
 * The `idempotency-key` header; undefined where there is none.
 * @throws Problem `parameter-invalid` for one that isn't 1–200 printable characters
 */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  if (typeof header !== 'string' || !/^[\x20-\x7e]{1,200}$/.test(header)) {
    throw new Problem('parameter-invalid', { subject: 'idempotency-key' })
  }
  return header
}
