import { existsSync } from 'node:fs'
import { startCold } from './cold-start.ts'
import { type Amount, countPlayers, fewPlayers, manyPlayers, playersOf } from './data.ts'
import type { DatabaseKind } from './databases.ts'
import { sqliteIn } from './databases.ts'
import { type Laboratory, orderOf } from './laboratory.ts'
import { type Figures, interleave, measure, medianRatio, medians } from './measure.ts'
import { makeSite, type Site } from './site.ts'

/** The same calls on a database with 1,000 players and on one with 1,000,000, in turns. */
export async function compareSizes(laboratory: Laboratory, kind: DatabaseKind): Promise<void> {
  const { databases, folder, outside, keep, options, load, report, tell } = laboratory
  const few = await makeSite(`${folder}/few`, { url: await databases.create(kind), outside, amount: fewPlayers })
  const many = await openMany(laboratory, kind)
  for (const [site, amount] of [
    [few, fewPlayers],
    [many, manyPlayers],
  ] as const) {
    await startCold(laboratory, { kind, site, players: playersOf(amount) })
  }
  const sides = {
    few: { program: await keep(few.start()), site: few, players: playersOf(fewPlayers) },
    many: { program: await keep(many.start()), site: many, players: playersOf(manyPlayers) },
  }
  const turn = (name: 'few' | 'many', call: (typeof options.calls)[number], connections: number): Promise<Figures> => {
    const { program, site, players } = sides[name]
    const order = orderOf(call, {
      key: site.keys.wed,
      players,
      connections,
      seconds: options.seconds,
      staysAwake: kind === 'sqlite',
    })
    return measure(load, program, order)
  }
  for (const call of options.calls) {
    for (const name of ['few', 'many'] as const) await turn(name, call, 32)
    for (const connections of options.connections) {
      tell(`${kind}: /${call} at ${connections} connections …`)
      const rounds = await interleave(['few', 'many'], options.rounds, (name) => turn(name, call, connections))
      report.size.push({
        database: kind,
        call,
        connections,
        few: medians(rounds.few),
        many: medians(rounds.many),
        ratio: medianRatio(rounds.many, rounds.few, 'perSecond'),
      })
    }
  }
}

/** The large database, made now unless `--data` has one already. */
async function openMany(laboratory: Laboratory, kind: DatabaseKind): Promise<Site> {
  const { databases, folder, outside, options, tell } = laboratory
  const home = `${folder}/many`
  const kept = options.dataFolder !== undefined && kind === 'sqlite' ? options.dataFolder : undefined
  const url = kept === undefined ? await databases.create(kind) : sqliteIn(kept)
  if (kept !== undefined && existsSync(url.slice('sqlite:'.length)) && (await isFilled(url, manyPlayers))) {
    tell(`${kind}: the large database is there already; what it remembers is made fresh …`)
    return makeSite(home, { url, outside })
  }
  tell(`${kind}: making the large database …`)
  return makeSite(home, { url, outside, amount: manyPlayers, tell: progressBar() })
}

async function isFilled(url: string, { players }: Amount): Promise<boolean> {
  const found = await countPlayers(url)
  if (found >= players) return true
  throw new Error(
    `the database in --data has ${found} players instead of ${players}: delete it, or name another folder`,
  )
}

const barWidth = 40

/** A bar on a terminal, and a line now and then elsewhere. */
function progressBar(): (done: number, of: number) => void {
  let toldAt = 0
  return (done, of) => {
    const isDone = done === of
    if (!isDone && Date.now() - toldAt < (process.stderr.isTTY ? 100 : 5000)) return
    toldAt = Date.now()
    const filled = Math.round((done / of) * barWidth)
    const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`
    const end = process.stderr.isTTY && !isDone ? '\r' : '\n'
    process.stderr.write(`${bar} ${done.toLocaleString('en')} of ${of.toLocaleString('en')} rows${end}`)
  }
}
