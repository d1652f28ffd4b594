import type { FastifyRequest } from 'fastify'
import { createBoundedCache } from '../bounded-cache.ts'
import type { Clock } from '../clock.ts'
import type { Community } from '../config/community.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { ApiKey } from '../keys/keys.store.ts'
import { openedBy, type Scope } from '../keys/scopes.ts'
import { Problem } from '../problem.ts'
import { callerNameOf } from './addresses.ts'
import { KeyLimits, WrongKeys } from './limits.ts'
import type { SharedCounts } from './shared-counts.ts'
import { Sources } from './sources.ts'

/** Who may ask for a route: a key with one of these scopes; anyone from a known source; or anyone at all. */
export type RouteAccess = readonly Scope[] | 'any known source' | 'anyone'

/** A request's key and its community. */
export type Caller = { key: ApiKey; community: Community }

type Dependencies = {
  communities: ReadonlyMap<string, Community>
  keyRing: KeyRing
  counts: SharedCounts
  clock: Clock
}

const rememberedNames = 10_000

/** The checks of the contract's rule 4 between the route and the parameters. */
export class AccessControl {
  readonly #communities: ReadonlyMap<string, Community>
  readonly #keyRing: KeyRing
  readonly #sources: Sources
  readonly #wrongKeys: WrongKeys
  readonly #limits: KeyLimits
  readonly #names = createBoundedCache<string, string>(rememberedNames)
  readonly #counts: SharedCounts

  constructor({ communities, keyRing, counts, clock }: Dependencies) {
    this.#communities = communities
    this.#keyRing = keyRing
    this.#sources = new Sources(communities.values())
    this.#counts = counts
    this.#wrongKeys = new WrongKeys(clock, (name, isOverTenth) => counts.note(`address ${name}`, isOverTenth))
    this.#limits = new KeyLimits(clock, (id, isOverTenth) => counts.note(`key ${id}`, isOverTenth))
  }

  /** Tells the other instances of wrong keys and of the use of limits, and hears what they have to tell. */
  async shareCounts(): Promise<void> {
    await this.#counts.share(({ name, count, at }) => {
      const [kind, rest = ''] = name.split(' ')
      if (kind === 'address') this.#wrongKeys.countElsewhere(rest, count, at)
      else this.#limits.takeElsewhere(rest, count)
    })
  }

  /** Remembered, since a game's servers ask from few addresses, and often. */
  #nameOf(address: string): string {
    let name = this.#names.get(address)
    if (name === undefined) {
      name = callerNameOf(address)
      this.#names.set(address, name)
    }
    return name
  }

  /** @throws Problem `source-blocked` for an address that no community takes callers from */
  checkSource(address: string): void {
    if (!this.#sources.knows(address)) throw new Problem('source-blocked')
  }

  /**
   * Source → wrong keys → key → source of the key's kind → scope → limit; the first that fails is thrown.
   * @throws Problem `source-blocked`, `too-many-requests`, `key-invalid`, `key-unreadable` or `key-without-scope`
   */
  async admit(request: FastifyRequest, { scopes, isV1 }: { scopes: readonly Scope[]; isV1: boolean }): Promise<Caller> {
    const address = request.ip
    this.checkSource(address)
    const name = this.#nameOf(address)
    this.#wrongKeys.check(name)
    const text = isV1 ? keyInHeader(request) : presentedKey(request)
    if (text === undefined) throw new Problem('key-invalid')
    const key = text === null ? undefined : await this.#keyRing.find(text)
    // Nobody guesses with it, and others at the address may have the one that replaced it: a game's servers share a few.
    if (key === 'ended') throw new Problem('key-invalid')
    const community = key && this.#communities.get(key.community)
    if (key === undefined || community === undefined) {
      this.#wrongKeys.count(name)
      throw new Problem('key-invalid')
    }
    if (!this.#sources.allows(address, community.slug, key.kind)) throw new Problem('source-blocked')
    const opened = openedBy(key, community.serverTokens)
    if (!scopes.some((scope) => opened.includes(scope))) throw new Problem('key-without-scope')
    this.#limits.take(key)
    return { key, community }
  }
}

/** The key from `x-api-key`, `authorization` or the query, in that order; null for one that is given twice or can't be decoded. */
function presentedKey(request: FastifyRequest): string | null | undefined {
  const query: unknown = request.query
  const inQuery = typeof query === 'object' && query !== null && 'key' in query ? query.key : undefined
  if (inQuery !== undefined && typeof inQuery !== 'string') return null
  return keyInHeader(request) ?? (inQuery === '' ? undefined : inQuery)
}

function keyInHeader(request: FastifyRequest): string | undefined {
  const header = request.headers['x-api-key']
  if (typeof header === 'string' && header !== '') return header
  return request.headers.authorization?.match(/^bearer +(.+)$/i)?.[1]
}
