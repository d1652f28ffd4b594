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

export const kinds = ['game', 'bot', 'status'] as const
export type KeyKind = (typeof kinds)[number]

/** The scopes that a key of each kind can have, and has unless it was created with fewer. */
export const scopesOfKind: Readonly<Record<KeyKind, readonly Scope[]>> = {
  game: ['connect', 'log', 'profile', 'application:upload'],
  bot: ['profile', 'certification', 'ban', 'application', 'status'],
  status: ['status'],
}
