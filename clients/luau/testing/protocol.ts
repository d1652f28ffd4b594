/** What goes between the tests and the process of a game server. */

export type Boot = {
  jobId: string
  placeId: number
  /** The server's start, in seconds since 1970. */
  epoch: number
  isStudio: boolean
  isHttpEnabled: boolean
  hasDataStores: boolean
  /** Of its random numbers. */
  seed: number
  secrets: Record<string, string>
  /** Module scripts by name. */
  modules: Record<string, string>
}

export type Command =
  | { do: 'boot'; boot: Boot }
  /** Runs a script in a thread of its own; what it returns is answered once it has ended. */
  | { do: 'run'; name: string; source: string }
  | { do: 'advance'; seconds: number }
  | { do: 'secret'; name: string; value: string }
  /** Runs what is bound to the end, for so many seconds at most. */
  | { do: 'shut down'; within: number }

export type Line = { level: 'info' | 'warn' | 'error'; text: string; at: number }
export type Outcome = { now: number; lines: Line[]; values: (string | number | boolean | null)[] }

export type StoreRequest = {
  store: string
  isOrdered: boolean
} & (
  | { op: 'get'; key: string }
  | { op: 'set'; key: string; text: string; version?: number }
  | { op: 'remove'; key: string }
  | { op: 'sorted'; count: number; least: number; most: number }
  | { op: 'list' }
)
export type StoreAnswer = {
  /** After which it arrives; none unless given. */
  seconds?: number
  error?: string
  text?: string
  version?: number
  isOutrun?: boolean
  entries?: { key: string; value: number }[]
  keys?: { KeyName: string }[]
}

export type ToServer = { id: number; command: Command } | { storeId: number; answer: StoreAnswer }
export type FromServer =
  | { id: number; outcome: Outcome }
  | { id: number; failure: string }
  | { storeId: number; request: StoreRequest }
