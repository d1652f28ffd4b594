import { fewPlayers, playersOf } from './data.ts'
import type { DatabaseKind } from './databases.ts'
import { type Laboratory, orderOf } from './laboratory.ts'
import { measure } from './measure.ts'
import { makeSite } from './site.ts'

/** What a busy hour looks like: mostly joins, some profiles, some shifts. */
const mixture = [...Array<'connect'>(7).fill('connect'), 'profile', 'profile', 'log'] as const
const requestsAtOnce = 100_000

/** The memory of a server, looked at after every 100,000 requests. */
export async function soak(laboratory: Laboratory, kind: DatabaseKind): Promise<void> {
  const { databases, folder, outside, keep, load, options, report, tell } = laboratory
  const url = await databases.create(kind)
  const site = await makeSite(`${folder}/soak`, { url, outside, amount: fewPlayers })
  const program = await keep(site.start())
  const order = orderOf('connect', { key: site.keys.wed, players: playersOf(fewPlayers), calls: mixture })
  const total = options.millions * 1e6
  for (let sent = 0; sent < total; sent += requestsAtOnce) {
    const requests = Math.min(requestsAtOnce, total - sent)
    const figures = await measure(load, program, { ...order, requests, firstIndex: sent })
    const millions = (sent + requests) / 1e6
    report.memory.push({ database: kind, millions, rssMb: figures.rssMb })
    tell(`${kind}: ${millions.toFixed(1)} million requests, ${Math.round(figures.rssMb)} MB …`)
  }
}
