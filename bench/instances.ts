import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { fewPlayers, playersOf } from './data.ts'
import { type Laboratory, orderOf } from './laboratory.ts'
import { type Figures, interleave, measure, medianRatio, medians } from './measure.ts'
import type { Program } from './programs.ts'
import { makeSite } from './site.ts'

/** The part of a processor that each instance may use, so that the database and the load have the rest. */
const share = 0.25
/** How long an instance runs before it is held: short beside the time in which a person would notice. */
const runMs = 5

/** One instance and two on one PostgreSQL, each held to a part of a processor. */
export async function compareInstances(laboratory: Laboratory): Promise<void> {
  const { databases, folder, outside, keep, options, load, report, tell } = laboratory
  const url = await databases.create('postgres')
  const site = await makeSite(`${folder}/instances`, { url, outside, amount: fewPlayers })
  const one = await keep(site.start({ name: 'one' }))
  const other = await keep(site.start({ name: 'other' }))
  const groups = { one: [one], two: [one, other] }
  for (const call of options.calls) {
    tell(`postgres: /${call} on one instance and on two …`)
    const order = () =>
      orderOf(call, { key: site.keys.wed, players: playersOf(fewPlayers), connections: 64, seconds: options.seconds })
    await measure(load, groups.two, order())
    const idle: number[] = []
    const rounds = await interleave(['one', 'two'], options.rounds, async (name) => {
      const { figures, idleShare } = await measureHeld(groups[name], () => measure(load, groups[name], order()))
      if (name === 'two') idle.push(idleShare)
      return figures
    })
    report.instances.push({
      call,
      share,
      one: medians(rounds.one),
      two: medians(rounds.two),
      ratio: medianRatio(rounds.two, rounds.one, 'perSecond'),
      idleShare: Math.min(...idle),
    })
  }
}

async function measureHeld(
  programs: readonly Program[],
  work: () => Promise<Figures>,
): Promise<{ figures: Figures; idleShare: number }> {
  const release = hold(programs)
  const before = processorTimes()
  try {
    const figures = await work()
    const after = processorTimes()
    return { figures, idleShare: (after.idle - before.idle) / (after.all - before.all) }
  } finally {
    await release()
  }
}

/** Stops and continues the programs in turns, so that each runs for its share of the time; the function lets them go. */
function hold(programs: readonly Program[]): () => Promise<void> {
  const periodMs = runMs / share
  const timers = programs.map(({ pid }, index) => {
    const turn = (): void => {
      process.kill(pid, 'SIGCONT')
      setTimeout(() => process.kill(pid, 'SIGSTOP'), runMs)
    }
    let timer: NodeJS.Timeout | undefined
    // Evenly spread, so that two never want the same moment.
    const first = setTimeout(
      () => {
        turn()
        timer = setInterval(turn, periodMs)
      },
      (index * periodMs) / programs.length,
    )
    return () => {
      clearTimeout(first)
      clearInterval(timer)
    }
  })
  return async () => {
    for (const clear of timers) clear()
    // A last stop may still be under way.
    await sleep(runMs * 4)
    for (const { pid } of programs) process.kill(pid, 'SIGCONT')
  }
}

function processorTimes(): { idle: number; all: number } {
  let idle = 0
  let all = 0
  for (const { times } of cpus()) {
    idle += times.idle
    all += times.idle + times.user + times.sys + times.nice + times.irq
  }
  return { idle, all }
}
