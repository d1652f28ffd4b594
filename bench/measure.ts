import type { LoadGenerator } from './load-generator.ts'
import type { LoadOrder, LoadReport } from './load-order.ts'
import { postgresCpuMs } from './postgres-cpu.ts'
import type { Usage } from './probe.ts'
import type { Program } from './programs.ts'

/** What the load generator saw of a server, and what the server used meanwhile. */
export type Figures = Omit<LoadReport, 'firstWrong' | 'cpuShare'> &
  Usage & {
    /** Of the server, in microseconds. */
    cpuUsPerAnswer: number
    /** Of PostgreSQL's processes, in microseconds; 0 on SQLite, which is in the server. */
    databaseUsPerAnswer: number
    /** How much of a processor the load generator used: near 1, it is what is measured. */
    loadShare: number
  }

export type Order = Omit<LoadOrder, 'ports'>

/** Loads one program, or several as one, and adds up what they used. @throws Error where an answer was not what it should be */
export async function measure(
  load: LoadGenerator,
  programs: Program | readonly Program[],
  order: Order,
): Promise<Figures> {
  const all = Array.isArray(programs) ? programs : [programs]
  await Promise.all(all.map((program) => program.usage()))
  const databaseMs = postgresCpuMs()
  const report = await load.load({ ...order, ports: all.map((program) => program.port) })
  const databaseUsedMs = postgresCpuMs() - databaseMs
  const usages = await Promise.all(all.map((program) => program.usage()))
  const name = all.map((program) => program.name).join(' and ')
  if (report.wrong > 0) throw new Error(`${name}: ${report.wrong} wrong answers, such as: ${report.firstWrong}`)
  if (report.answers === 0) throw new Error(`${name} answered nothing in time: let a measurement take more seconds`)
  const { firstWrong: _, cpuShare, ...seen } = report
  const sum = (part: keyof Usage) => usages.reduce((total, usage) => total + usage[part], 0)
  const most = (part: keyof Usage) => Math.max(...usages.map((usage) => usage[part]))
  return {
    ...seen,
    cpuMs: sum('cpuMs'),
    rssMb: most('rssMb'),
    delayP50Ms: most('delayP50Ms'),
    delayP99Ms: most('delayP99Ms'),
    delayMaxMs: most('delayMaxMs'),
    cpuUsPerAnswer: (sum('cpuMs') * 1000) / seen.answers,
    databaseUsPerAnswer: (databaseUsedMs * 1000) / seen.answers,
    loadShare: cpuShare,
  }
}

/** Gives each contestant its turn, round after round: A B A B. Whatever else the machine does meets all of them. */
export async function interleave<Name extends string>(
  names: readonly Name[],
  rounds: number,
  turn: (name: Name, round: number) => Promise<Figures>,
): Promise<Record<Name, Figures[]>> {
  const found = Object.fromEntries(names.map((name) => [name, [] as Figures[]])) as Record<Name, Figures[]>
  for (let round = 0; round < rounds; round++) for (const name of names) found[name].push(await turn(name, round))
  return found
}

/** The median of each figure over the rounds. */
export function medians(rounds: readonly Figures[]): Figures {
  const [first] = rounds
  if (first === undefined) throw new Error('there are no rounds')
  const names = Object.keys(first) as (keyof Figures)[]
  return Object.fromEntries(names.map((name) => [name, median(rounds.map((round) => round[name]))])) as Figures
}

/** The median of the rounds' own ratios: what disturbed one round disturbs both sides of its ratio. */
export function medianRatio(
  ours: readonly Figures[],
  theirs: readonly Figures[],
  figure: 'perSecond' | 'p99Ms',
): number {
  return median(ours.map((round, index) => round[figure] / (theirs[index]?.[figure] ?? Number.NaN)))
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length >> 1
  const [low = Number.NaN, high = Number.NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]]
  return (low + high) / 2
}
