import { BlockList, isIPv6 } from 'node:net'
import type { Community } from '../config/community.ts'
import { type KeyKind, kinds } from '../keys/scopes.ts'

type Networks = { includes(address: string): boolean }

const anywhere: Networks = { includes: () => true }

/** The networks that callers may come from (contract, "Sources"), made ready for quick look-ups. */
export class Sources {
  readonly #allowed = new Map<string, Networks>()
  readonly #known: Networks

  constructor(communities: Iterable<Community>) {
    const sources: ('any' | readonly string[])[] = []
    for (const community of communities) {
      for (const kind of kinds) {
        const source = community.sources[kind]
        sources.push(source)
        this.#allowed.set(`${community.slug} ${kind}`, compile(source))
      }
    }
    this.#known = sources.length === 0 || sources.includes('any') ? anywhere : networksOf(new Set(sources.flat()))
  }

  /** Whether any community takes callers of any kind from this address. */
  knows(address: string): boolean {
    return this.#known.includes(address)
  }

  /** Whether this community takes callers of this kind from this address. */
  allows(address: string, community: string, kind: KeyKind): boolean {
    return this.#allowed.get(`${community} ${kind}`)?.includes(address) ?? false
  }
}

function compile(source: 'any' | readonly string[]): Networks {
  return source === 'any' ? anywhere : networksOf(source)
}

/** Networks in CIDR notation, made ready for quick look-ups. */
export function networksOf(source: Iterable<string>): Networks {
  const list = new BlockList()
  for (const network of source) {
    const [address = '', prefix] = network.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    list.addSubnet(address, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family)
  }
  return { includes: (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4') }
}
