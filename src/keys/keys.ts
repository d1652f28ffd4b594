import type { Clock, RandomBytes } from '../clock.ts'
import { createObjectIds } from '../database/object-id.ts'
import type { Db } from '../database/schema.ts'
import { createKeyText, hashKey } from './key-text.ts'
import { type ApiKey, findKey, insertKey, replaceKey, type Token } from './keys.store.ts'
import { type KeyKind, type Scope, scopesOfKind } from './scopes.ts'

export type NewKey = {
  community: string
  kind: KeyKind
  name: string
  /** All that the kind can have, where absent. */
  scopes?: readonly Scope[]
  limit?: { count: number; perMs: number }
  expiresAt?: number
  token?: Token
  /** As whom it calls; a caller of its own, where absent. */
  caller?: string
}

export type KeyDependencies = { clock: Clock; randomBytes: RandomBytes }

/** A key as it was made: its text is kept nowhere. */
export type MadeKey = { text: string; key: ApiKey }

/** Creates a key and returns its text, which is kept nowhere. */
export async function createKey(trx: Db, wanted: NewKey, dependencies: KeyDependencies): Promise<string> {
  const { text, key } = makeKey(wanted, dependencies)
  await insertKey(trx, key, hashKey(text))
  return text
}

/** Makes a key that is not in the database yet. */
export function makeKey(wanted: NewKey, { clock, randomBytes }: KeyDependencies): MadeKey {
  const text = createKeyText(wanted.kind, randomBytes)
  const id = createObjectIds(clock, randomBytes)()
  const key: ApiKey = {
    id,
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
    replacedBy: undefined,
    caller: wanted.caller ?? id,
    token: wanted.token,
  }
  return { text, key }
}

/** Why a key can't be rotated. */
export type RotationRefusal = 'unknown' | 'revoked' | 'expired' | 'replaced' | 'token'
export type Rotation = { made: MadeKey; oldKey: ApiKey; oldEndsAt: number } | { refusal: RotationRefusal }

/**
 * Makes a new key like the one with this id, which ends when the overlap is over, or before that if it would have. The
 * new one lives as long as the old one was made for, counted from now, and is the same caller.
 */
export async function rotateKey(
  trx: Db,
  { id, overlapMs }: { id: string; overlapMs: number },
  dependencies: KeyDependencies,
): Promise<Rotation> {
  const now = dependencies.clock()
  const oldKey = await findKey(trx, id)
  const refusal = whyNotRotated(oldKey, now)
  if (oldKey === undefined || refusal !== undefined) return { refusal: refusal ?? 'unknown' }
  const oldEndsAt = Math.min(oldKey.expiresAt ?? Number.POSITIVE_INFINITY, now + overlapMs)
  const { community, kind, name, scopes, limit, createdAt, expiresAt, caller } = oldKey
  const made = makeKey(
    {
      community,
      kind,
      name,
      scopes,
      caller,
      ...(limit === undefined ? {} : { limit }),
      ...(expiresAt === undefined ? {} : { expiresAt: now + (expiresAt - createdAt) }),
    },
    dependencies,
  )
  // Another rotation or a revocation may have come in between: then it was first.
  if (!(await replaceKey(trx, { id, by: made.key.id, endsAt: oldEndsAt, now })))
    return { refusal: whyNotRotated(await findKey(trx, id), now) ?? 'replaced' }
  await insertKey(trx, made.key, hashKey(made.text))
  return { made, oldKey, oldEndsAt }
}

function whyNotRotated(key: ApiKey | undefined, now: number): RotationRefusal | undefined {
  if (key === undefined) return 'unknown'
  if (key.token !== undefined) return 'token'
  if (key.revokedAt !== undefined) return 'revoked'
  if (key.expiresAt !== undefined && key.expiresAt <= now) return 'expired'
  return key.replacedBy === undefined ? undefined : 'replaced'
}
