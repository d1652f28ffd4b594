import type { Report, Target, TroubleRow } from './report.ts'

/** Joins of players with old ranks wait this long for Roblox (contract `/connect` 4), and a little for their turn. */
const patientMs = 250
/** What is called the same: a difference that nobody notices is none. */
const unnoticedMs = 2
/** Below this part of the machine nothing is left to make a second instance faster with. */
const idleEnough = 0.05

/** Holds what was found against what was promised. */
export function judge(report: Report): Target[] {
  return [
    ...judgeThroughput(report),
    ...judgeLatency(report),
    ...report.trouble.map(judgeTrouble),
    ...report.coldStart.map((row) => {
      const name = `${row.database}: cold start with ${row.players.toLocaleString('en')} players`
      return target(name, { wanted: '< 1000 ms', found: `${Math.round(row.ms)} ms`, passed: row.ms < 1000 })
    }),
    ...judgeSizes(report),
    ...judgeMemory(report),
    ...judgeInstances(report),
  ]
}

function target(name: string, rest: Omit<Target, 'name'>): Target {
  return { name, ...rest }
}

function atLeast(name: string, wanted: number, found: number): Target {
  return target(name, { wanted: `≥ ${wanted}`, found: found.toFixed(2), passed: found >= wanted })
}

const wantedRatios: Record<string, number> = {
  'connect node:http': 0.6,
  'connect express': 2,
  'profile node:http': 0.55,
  'log one transaction': 1,
}

function judgeThroughput({ throughput }: Report): Target[] {
  return throughput.flatMap(({ database, call, connections, ratios }) =>
    Object.entries(ratios).flatMap(([floor, ratio]) => {
      const wanted = wantedRatios[`${call} ${floor}`]
      // One request at a time is told, but promised nowhere.
      if (wanted === undefined || connections !== 32) return []
      return atLeast(`${database}: /${call} in parts of ${floor}, at ${connections}`, wanted, ratio)
    }),
  )
}

function judgeLatency({ sameRate }: Report): Target[] {
  return sameRate.map(({ database, call, perSecond, p99Ratio }) =>
    target(`${database}: p99 of /${call} in parts of the floor's, at ${perSecond} a second`, {
      wanted: '≤ 3',
      found: p99Ratio.toFixed(2),
      passed: p99Ratio <= 3,
    }),
  )
}

function judgeTrouble({ database, trouble, quiet, troubled }: TroubleRow): Target {
  const most = quiet === undefined ? patientMs : quiet.p99Ms * 2 + unnoticedMs
  return target(`${database}: p99 of joins: ${trouble}`, {
    wanted: `≤ ${most.toFixed(1)} ms`,
    found: `${troubled.p99Ms.toFixed(1)} ms`,
    passed: troubled.p99Ms <= most,
  })
}

function judgeSizes({ size }: Report): Target[] {
  return size.map(({ database, call, connections, ratio }) =>
    atLeast(`${database}: /${call} with many players in parts of few, at ${connections}`, 0.9, ratio),
  )
}

function judgeMemory({ memory }: Report): Target[] {
  const last = memory.at(-1)
  if (last === undefined) return []
  const { database, millions } = last
  const most = Math.max(...memory.map(({ rssMb }) => rssMb))
  const found = [
    target(`${database}: memory over ${millions} million requests`, {
      wanted: '< 150 MB',
      found: `${Math.round(most)} MB`,
      passed: most < 150,
    }),
  ]
  // The first million is there to grow up to its size.
  const grown = memory.filter((row) => row.millions > 1)
  if (millions < 4) return found
  const [early, late] = [grown.slice(0, grown.length >> 1), grown.slice(grown.length >> 1)]
  const mean = (rows: typeof memory) => rows.reduce((sum, { rssMb }) => sum + rssMb, 0) / rows.length
  const growth = mean(late) / mean(early)
  return [
    ...found,
    target(`${database}: memory in the later half of ${millions} million requests in parts of the earlier`, {
      wanted: '≤ 1.05',
      found: growth.toFixed(2),
      passed: growth <= 1.05,
    }),
  ]
}

function judgeInstances({ instances }: Report): Target[] {
  return instances.map(({ call, share, ratio, idleShare }) => {
    const passed = ratio >= 1.7
    const isFull = !passed && idleShare < idleEnough
    const why = isFull ? ', not measurable: the machine was full' : ''
    return target(`postgres: /${call} on two instances in parts of one, each held to ${share} of a processor`, {
      wanted: '≥ 1.7',
      found: `${ratio.toFixed(2)}${why}`,
      passed: isFull ? undefined : passed,
    })
  })
}
