import { Type } from 'typebox'
import { documented } from './documented.ts'
import { type HttpClient, writeTimeoutMs } from './http-client.ts'
import type { components } from './roblox-api.d.ts'

/** The user restriction that keeps a player out of every place of a universe; without `seconds` it has no end. */
export type JoinRestriction =
  | { isActive: true; seconds?: number; displayReason: string; privateReason: string }
  | { isActive: false }

/** A universe, and the Open Cloud key to ask for it. */
export type KeyedUniverse = { universe: string; apiKey: string }

type Described = components['schemas']

const UserRestriction = documented<Described['UserRestriction']>()(
  Type.Object({ gameJoinRestriction: Type.Object({ active: Type.Boolean() }) }),
)
const UserRestrictions = documented<Described['ListUserRestrictionsResponse']>()(
  Type.Object({ userRestrictions: Type.Optional(Type.Array(UserRestriction)) }),
)

/**
 * Sets a user's join restriction as a whole; a second try with the same `idempotencyKey` (a UUID) does nothing more.
 * Roblox takes two a minute of one user. @throws OutsideError
 */
export async function restrictUser(
  apis: HttpClient,
  { universe, apiKey }: KeyedUniverse,
  { userId, restriction }: { userId: string; restriction: JoinRestriction },
  { idempotencyKey, firstSentAt }: { idempotencyKey: string; firstSentAt: number },
): Promise<void> {
  const query = new URLSearchParams({
    updateMask: 'game_join_restriction',
    'idempotencyKey.key': idempotencyKey,
    'idempotencyKey.firstSent': new Date(firstSentAt).toISOString(),
  })
  await apis.askJson(
    {
      method: 'PATCH',
      path: `/cloud/v2/universes/${universe}/user-restrictions/${userId}?${query}`,
      headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
      body: JSON.stringify({ gameJoinRestriction: toBody(restriction) }),
      isIdempotent: true,
      budget: `restrict ${universe} ${userId}`,
      credential: apiKey,
      timeoutMs: writeTimeoutMs,
    },
    UserRestriction,
  )
}

/** Asks for one restriction, to see whether the key may. @throws OutsideError */
export async function tryListRestrictions(apis: HttpClient, { universe, apiKey }: KeyedUniverse): Promise<void> {
  const path = `/cloud/v2/universes/${universe}/user-restrictions?maxPageSize=1`
  await apis.askJson(
    {
      method: 'GET',
      path,
      headers: { 'x-api-key': apiKey },
      isIdempotent: true,
      budget: 'restrictions',
      credential: apiKey,
    },
    UserRestrictions,
  )
}

function toBody(restriction: JoinRestriction): Described['UserRestriction_GameJoinRestriction'] {
  if (!restriction.isActive) return { active: false }
  const { seconds, displayReason, privateReason } = restriction
  const duration = seconds === undefined ? {} : { duration: `${seconds}s` }
  return { active: true, ...duration, displayReason, privateReason, excludeAltAccounts: false }
}
