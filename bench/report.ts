import type { CallName } from './calls.ts'
import type { DatabaseKind } from './databases.ts'
import type { Figures } from './measure.ts'

/** Servers side by side on one call: the figures of each (medians), and Magicband's requests a second as a part of theirs. */
export type ThroughputRow = {
  database: DatabaseKind
  call: CallName
  connections: number
  servers: Record<string, Figures>
  ratios: Record<string, number>
}

/** The same with as many requests for both, which fall due at an even rate. */
export type SameRateRow = {
  database: DatabaseKind
  call: CallName
  perSecond: number
  servers: Record<string, Figures>
  /** Magicband's p99 in parts of the floor's. */
  p99Ratio: number
}

export type RobloxRow = { database: DatabaseKind; players: string; joins: number; requests: number }

/** Joins at an even rate while something else goes wrong, beside the same joins while nothing does. */
export type TroubleRow = {
  database: DatabaseKind
  trouble: string
  perSecond: number
  quiet: Figures | undefined
  troubled: Figures
}

export type ColdStartRow = { database: DatabaseKind; players: number; ms: number; rssMb: number }

/** Many players beside few: requests a second in parts of each other. */
export type SizeRow = {
  database: DatabaseKind
  call: CallName
  connections: number
  few: Figures
  many: Figures
  ratio: number
}

export type MemoryRow = { database: DatabaseKind; millions: number; rssMb: number }

export type InstancesRow = {
  call: CallName
  /** The part of a processor that each instance is held to. */
  share: number
  one: Figures
  two: Figures
  ratio: number
  /** How much of the machine nobody used while two ran: without any, they could not be faster than one. */
  idleShare: number
}

/** What the time of a call goes to: the processor's time for an answer, and how much of it each part takes. */
export type ProfileRow = {
  database: DatabaseKind
  call: CallName
  /** Without the profiler. */
  cpuUsPerAnswer: number
  shares: readonly { part: string; share: number }[]
}

/** A target, what was found, and whether that is enough; undefined where it could not be measured. */
export type Target = { name: string; wanted: string; found: string; passed: boolean | undefined }

export type Report = {
  at: string
  machine: { processors: number; model: string; node: string; platform: string }
  seconds: number
  rounds: number
  throughput: ThroughputRow[]
  sameRate: SameRateRow[]
  roblox: RobloxRow[]
  trouble: TroubleRow[]
  coldStart: ColdStartRow[]
  size: SizeRow[]
  memory: MemoryRow[]
  instances: InstancesRow[]
  profiles: ProfileRow[]
  targets: Target[]
}
