import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CallName, Players } from './calls.ts'
import { Databases } from './databases.ts'
import { type LoadGenerator, startLoadGenerator } from './load-generator.ts'
import type { Order } from './measure.ts'
import type { Options } from './options.ts'
import { type Outside, startOutside } from './outside.ts'
import type { Program } from './programs.ts'
import type { Report } from './report.ts'

/** What every measurement needs, and what is left when it ends in any way: nothing. */
export type Laboratory = {
  options: Options
  folder: string
  databases: Databases
  outside: Outside
  load: LoadGenerator
  report: Report
  /** Tells the person who waits what is done now. */
  tell(line: string): void
  /** Keeps a program to be stopped when all is over, if nobody stops it before. */
  keep(program: Promise<Program>): Promise<Program>
  close(): Promise<void>
}

export async function openLaboratory(options: Options, report: Report): Promise<Laboratory> {
  const folder = mkdtempSync(join(tmpdir(), 'magicband-bench-'))
  const databases = new Databases(folder)
  const outside = await startOutside()
  const load = startLoadGenerator()
  const programs: Program[] = []
  return {
    options,
    folder,
    databases,
    outside,
    load,
    report,
    tell: (line) => process.stderr.write(`${line}\n`),
    keep: async (starting) => {
      const program = await starting
      programs.push(program)
      return program
    },
    close: async () => {
      await Promise.all(programs.map((program) => program.stop()))
      load.stop()
      outside.stop()
      await databases.remove()
      rmSync(folder, { recursive: true })
    },
  }
}

/** An order of one call, with shifts that no other order has. */
export function orderOf(
  call: CallName,
  { key, players, connections, ...rest }: { key: string; players: Players } & Partial<Order>,
): Order {
  return { calls: [call], key, players, connections: connections ?? 32, run: randomUUID(), ...rest }
}
