import type { Clock, RandomBytes } from '../clock.ts'
import { createObjectIds } from '../database/object-id.ts'
import type { Db } from '../database/schema.ts'
import { createKeyText, hashKey } from './key-text.ts'
import { type ApiKey, insertKey } from './keys.store.ts'
import { type KeyKind, type Scope, scopesOfKind } from './scopes.ts'

type NewKey = {
  community: string
  kind: KeyKind
  name: string
  /** All that the kind can have, where absent. */
  scopes?: readonly Scope[]
  limit?: { count: number; perMs: number }
  expiresAt?: number
}

/** Creates a key and returns its text, which is kept nowhere. */
export async function createKey(
  trx: Db,
  wanted: NewKey,
  { clock, randomBytes }: { clock: Clock; randomBytes: RandomBytes },
): Promise<string> {
  const text = createKeyText(wanted.kind, randomBytes)
  const key: ApiKey = {
    id: createObjectIds(clock, randomBytes)(),
    community: wanted.community,
    kind: wanted.kind,
    name: wanted.name,
    start: text.slice(0, `mb_${wanted.kind}_`.length + 4),
    scopes: wanted.scopes ?? scopesOfKind[wanted.kind],
    limit: wanted.limit,
    createdAt: clock(),
    expiresAt: wanted.expiresAt,
    revokedAt: undefined,
    lastUsedAt: undefined,
  }
  await insertKey(trx, key, hashKey(text))
  return text
}
