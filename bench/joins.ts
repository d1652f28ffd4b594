import { setTimeout as sleep } from 'node:timers/promises'
import { visitorIds } from '../src/sandbox/population.ts'
import { makeRemembered } from './data.ts'
import { withStatements } from './databases.ts'
import { type Laboratory, orderOf } from './laboratory.ts'
import { startLoadGenerator } from './load-generator.ts'
import { type Figures, measure } from './measure.ts'
import type { Program } from './programs.ts'
import type { Ring } from './side-by-side.ts'

/** Players whom the sandbox knows, in the group of both communities. */
const visitors = { first: visitorIds.first, count: visitorIds.last - visitorIds.first + 1 }
/** How old ranks are made that have to be asked for again: over the minute for which they are believed. */
const oldMs = 120_000
/** How many joins a second of players with old ranks: of a large community in its best hour. */
const oldJoinsPerSecond = 100
/** How long a slow disk takes over a commit, and how many shifts a second reach it. */
export const slowCommitMs = 20
const slowShiftsPerSecond = 20

/** Requests to Roblox by 1,000 joins of players who were never seen, who were seen just now, and whose ranks are old. */
export async function countRobloxRequests(laboratory: Laboratory, ring: Ring): Promise<void> {
  const { load, outside, report, tell } = laboratory
  const magicband = ring.program('connect', 'magicband')
  const join = async (players: string): Promise<void> => {
    tell(`${ring.kind}: 1,000 joins of players ${players} …`)
    const before = await outside.countRobloxRequests()
    await measure(load, magicband, {
      ...orderOf('connect', { key: ring.site.keys.minute, players: visitors }),
      requests: visitors.count,
    })
    // Questions go on after the patience of a join is over.
    await sleep(500)
    const requests = (await outside.countRobloxRequests()) - before
    report.roblox.push({ database: ring.kind, players, joins: visitors.count, requests })
  }
  await join('never seen')
  await join('seen within the minute')
  await makeRemembered(ring.site.url, { community: 'minute', ageMs: oldMs })
  await join('with old ranks')
}

/** Joins of known players while Roblox hangs, and while shifts are written to a slow disk. */
export async function troubleJoins(laboratory: Laboratory, ring: Ring): Promise<void> {
  await hangRoblox(laboratory, ring)
  await slowTheDisk(laboratory, ring)
}

async function hangRoblox(laboratory: Laboratory, ring: Ring): Promise<void> {
  const { load, outside, options, report, tell } = laboratory
  tell(`${ring.kind}: joins while Roblox hangs …`)
  const magicband = ring.program('connect', 'magicband')
  const perSecond = joinRate(laboratory, ring)
  const fresh = () => joinKnown(laboratory, ring, magicband, perSecond)
  const quiet = await fresh()
  await outside.hangRoblox()
  const troubled = await fresh()
  await makeRemembered(ring.site.url, { community: 'minute', ageMs: oldMs })
  const old = await measure(load, magicband, {
    ...orderOf('connect', { key: ring.site.keys.minute, players: visitors, connections: 256 }),
    perSecond: oldJoinsPerSecond,
    seconds: options.seconds * 3,
  })
  await outside.heal()
  const row = { database: ring.kind, perSecond }
  report.trouble.push({ ...row, trouble: 'Roblox hangs, ranks are fresh', quiet, troubled })
  report.trouble.push({
    ...row,
    perSecond: oldJoinsPerSecond,
    trouble: 'Roblox hangs, ranks are old',
    quiet: undefined,
    troubled: old,
  })
}

async function slowTheDisk(laboratory: Laboratory, ring: Ring): Promise<void> {
  const { options, report, tell, keep } = laboratory
  tell(`${ring.kind}: joins while the disk is slow …`)
  const isSqlite = ring.kind === 'sqlite'
  if (!isSqlite) await slowPostgres(ring.site.url, slowCommitMs)
  const slow = await keep(
    ring.site.start(
      isSqlite
        ? { imports: ['probe', 'slow-disk'], environment: { BENCH_COMMIT_MS: `${slowCommitMs}` } }
        : { name: 'magicband' },
    ),
  )
  const other = startLoadGenerator()
  try {
    const perSecond = joinRate(laboratory, ring)
    const join = () => joinKnown(laboratory, ring, slow, perSecond)
    await join()
    const quiet = await join()
    const shifts = other.load({
      ...orderOf('log', { key: ring.site.keys.wed, players: ring.players }),
      ports: [slow.port],
      perSecond: slowShiftsPerSecond,
      seconds: options.seconds * 3,
    })
    const troubled = await join()
    await shifts
    report.trouble.push({
      database: ring.kind,
      trouble: `${slowShiftsPerSecond} shifts a second, ${slowCommitMs} ms more for each commit`,
      perSecond,
      quiet,
      troubled,
    })
  } finally {
    other.stop()
    await slow.stop()
    if (!isSqlite) await slowPostgres(ring.site.url, 0)
  }
}

/** PostgreSQL's own way to wait before it writes a commit to disk; it holds for connections that are made from now on. */
async function slowPostgres(url: string, ms: number): Promise<void> {
  const name = new URL(url).pathname.slice(1)
  await withStatements(url, async (run) => {
    await run(`alter database ${name} set commit_siblings = 0`)
    await run(`alter database ${name} set commit_delay = ${ms * 1000}`)
  })
}

/** A quarter of what Magicband answers at most: it has time for everything else. */
function joinRate({ report }: Laboratory, { kind }: Ring): number {
  const rows = report.throughput.filter((row) => row.database === kind && row.call === 'connect')
  const most = Math.max(0, ...rows.map((row) => row.servers.magicband?.perSecond ?? 0))
  return most === 0 ? 1000 : Math.ceil(most / 4)
}

function joinKnown(
  { load, options }: Laboratory,
  { site, players }: Ring,
  program: Program,
  perSecond: number,
): Promise<Figures> {
  const order = orderOf('connect', { key: site.keys.wed, players, connections: 64 })
  return measure(load, program, { ...order, perSecond, seconds: options.seconds * 2 })
}
