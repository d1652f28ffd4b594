import { setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseKind } from './databases.ts'
import type { Laboratory } from './laboratory.ts'
import { median } from './measure.ts'
import type { Site } from './site.ts'

/** From the start of the process to the first answer, on a database that is up to date, with all code still to be compiled. */
export async function startCold(
  { options, report, tell, keep }: Laboratory,
  { kind, site, players }: { kind: DatabaseKind; site: Site; players: { first: number; count: number } },
): Promise<void> {
  tell(`${kind}: cold start …`)
  const took: number[] = []
  const rss: number[] = []
  for (let round = 0; round < options.rounds; round++) {
    const startedAt = performance.now()
    const program = await keep(site.start({ environment: { NODE_DISABLE_COMPILE_CACHE: '1' } }))
    const address = `http://127.0.0.1:${program.port}/connect?place=1&id=${players.first}&training=false`
    while ((await fetch(address, { headers: { 'x-api-key': site.keys.wed } })).status !== 200) await sleep(1)
    took.push(performance.now() - startedAt)
    rss.push((await program.usage()).rssMb)
    await program.stop()
  }
  report.coldStart.push({ database: kind, players: players.count, ms: median(took), rssMb: median(rss) })
}
