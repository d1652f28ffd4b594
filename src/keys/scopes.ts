/** What a key may be used for (contract, "Scopes and kinds of key"). */
export type Scope =
  | 'connect'
  | 'log'
  | 'profile'
  | 'certification'
  | 'ban'
  | 'application'
  | 'application:upload'
  | 'status'
  | 'server-token'

export const kinds = ['game', 'bot', 'status'] as const
export type KeyKind = (typeof kinds)[number]

/** The scopes that a key of each kind can have, and has unless it was created with fewer. */
export const scopesOfKind: Readonly<Record<KeyKind, readonly Scope[]>> = {
  game: ['connect', 'log', 'profile', 'application:upload'],
  bot: ['profile', 'certification', 'ban', 'application', 'status'],
  status: ['status'],
}

/**
 * What a key opens. `server-token` is given to none: every key of a game may ask for the tokens of its servers, and where
 * the community has them it opens nothing else; a token never opens it.
 */
export function openedBy(
  { kind, scopes, token }: { kind: KeyKind; scopes: readonly Scope[]; token: object | undefined },
  hasServerTokens: boolean,
): readonly Scope[] {
  if (kind !== 'game' || token !== undefined) return scopes
  return hasServerTokens ? ['server-token'] : [...scopes, 'server-token']
}
