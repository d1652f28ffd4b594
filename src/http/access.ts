import type { FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import type { Community } from '../config/community.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { ApiKey } from '../keys/keys.store.ts'
import type { Scope } from '../keys/scopes.ts'
import { Problem } from '../problem.ts'
import { KeyLimits, WrongKeys } from './limits.ts'
import { Sources } from './sources.ts'

/** Who may ask for a route: a key with one of these scopes; anyone from a known source; or anyone at all. */
export type RouteAccess = readonly Scope[] | 'any known source' | 'anyone'

/** A request's key and its community. */
export type Caller = { key: ApiKey; community: Community }

type Dependencies = { communities: ReadonlyMap<string, Community>; keyRing: KeyRing; clock: Clock }

/** The checks of the contract's rule 4 between the route and the parameters. */
export class AccessControl {
  readonly #communities: ReadonlyMap<string, Community>
  readonly #keyRing: KeyRing
  readonly #sources: Sources
  readonly #wrongKeys: WrongKeys
  readonly #limits: KeyLimits

  constructor({ communities, keyRing, clock }: Dependencies) {
    this.#communities = communities
    this.#keyRing = keyRing
    this.#sources = new Sources(communities.values())
    this.#wrongKeys = new WrongKeys(clock)
    this.#limits = new KeyLimits(clock)
  }

  /** @throws Problem `source-blocked` for an address that no community takes callers from */
  checkSource(address: string): void {
    if (!this.#sources.knows(address)) throw new Problem('source-blocked')
  }

  /**
   * Source → wrong keys → key → source of the key's kind → scope → limit; the first that fails is thrown.
   * @throws Problem `source-blocked`, `too-many-requests`, `key-invalid`, `key-unreadable` or `key-without-scope`
   */
  async admit(request: FastifyRequest, scopes: readonly Scope[]): Promise<Caller> {
    const address = request.ip
    this.checkSource(address)
    this.#wrongKeys.check(address)
    const caller = await this.#identify(request, address)
    if (!this.#sources.allows(address, caller.community.slug, caller.key.kind)) throw new Problem('source-blocked')
    if (!scopes.some((scope) => caller.key.scopes.includes(scope))) throw new Problem('key-without-scope')
    this.#limits.take(caller.key)
    return caller
  }

  async #identify(request: FastifyRequest, address: string): Promise<Caller> {
    const text = presentedKey(request)
    if (text === undefined) throw new Problem('key-invalid')
    const key = text === null ? undefined : await this.#keyRing.find(text)
    const community = key && this.#communities.get(key.community)
    if (key === undefined || community === undefined) {
      this.#wrongKeys.count(address)
      throw new Problem('key-invalid')
    }
    return { key, community }
  }
}

/** The key from `x-api-key`, `authorization` or the query, in that order; null for one that is given twice or can't be decoded. */
function presentedKey(request: FastifyRequest): string | null | undefined {
  const query: unknown = request.query
  const inQuery = typeof query === 'object' && query !== null && 'key' in query ? query.key : undefined
  if (inQuery !== undefined && typeof inQuery !== 'string') return null
  const header = request.headers['x-api-key']
  if (typeof header === 'string' && header !== '') return header
  const bearer = request.headers.authorization?.match(/^bearer +(.+)$/i)?.[1]
  if (bearer !== undefined) return bearer
  return inQuery === '' ? undefined : inQuery
}
