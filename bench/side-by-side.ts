import type { CallName, Players } from './calls.ts'
import { fewPlayers, playersOf } from './data.ts'
import { type DatabaseKind, sqliteIn } from './databases.ts'
import { type Laboratory, orderOf } from './laboratory.ts'
import { type Figures, interleave, measure, medianRatio, medians } from './measure.ts'
import { floor, type Program, startProgram } from './programs.ts'
import { makeSite, type Site } from './site.ts'

/** Who is measured on a call. The second is the floor whose p99 counts. */
const contestants: Record<CallName, readonly string[]> = {
  connect: ['magicband', 'node:http', 'express', 'fastify'],
  profile: ['magicband', 'node:http'],
  log: ['magicband', 'one transaction'],
}

/** A Magicband with few players, and the floors beside it. */
export type Ring = { kind: DatabaseKind; site: Site; players: Players; program(call: CallName, name: string): Program }

/** Starts everybody who takes part on one kind of database. They idle while it is another's turn. */
export async function openRing(laboratory: Laboratory, kind: DatabaseKind): Promise<Ring> {
  const { databases, outside, folder, keep } = laboratory
  const homeOf = async (name: string, hasKeys: boolean) => {
    const home = `${folder}/${kind}-${name}`
    const url = await databases.create(kind)
    // Also makes the folder.
    sqliteIn(home)
    return makeSite(home, { url, outside, amount: fewPlayers, hasKeys })
  }
  const [site, floorSite] = await Promise.all([homeOf('magicband', true), homeOf('floors', false)])
  const players = playersOf(fewPlayers)
  const magicband = await keep(site.start())
  const ask = async (path: string) =>
    (await fetch(`http://127.0.0.1:${magicband.port}${path}`, { headers: { 'x-api-key': site.keys.wed } })).text()
  const bodies = {
    connect: await ask(`/connect?place=1&id=${players.first}&training=false`),
    profile: await ask(`/profile?id=${players.first}`),
  }
  const startFloor = (name: string, file: string, environment: Record<string, string>) =>
    keep(startProgram({ name, args: floor(file), folder, environment }))
  const [fixedConnect, fixedProfile, express, fastify, oneTransaction] = await Promise.all([
    startFloor('node:http', 'fixed-answer', { BODY: bodies.connect }),
    startFloor('node:http', 'fixed-answer', { BODY: bodies.profile }),
    startFloor('express', 'express', { DATABASE_URL: site.url }),
    startFloor('fastify', 'fastify', { BODY: bodies.connect }),
    startFloor('one transaction', 'one-transaction', { DATABASE_URL: floorSite.url }),
  ])
  const programs: Record<CallName, Record<string, Program>> = {
    connect: { magicband, 'node:http': fixedConnect, express, fastify },
    profile: { magicband, 'node:http': fixedProfile },
    log: { magicband, 'one transaction': oneTransaction },
  }
  const program = (call: CallName, name: string): Program => {
    const found = programs[call][name]
    if (found === undefined) throw new Error(`${name} does not take part in ${call}`)
    return found
  }
  return { kind, site, players, program }
}

/** Everybody as fast as they can, and Magicband and the floor at half of what both can. */
export async function compare(laboratory: Laboratory, ring: Ring): Promise<void> {
  const { options } = laboratory
  for (const call of options.calls) {
    await warmUp(laboratory, ring, call)
    let capacity = 0
    for (const connections of options.connections) {
      const least = await compareAsFastAsTheyCan(laboratory, ring, { call, connections })
      if (connections === 32 || capacity === 0) capacity = least
    }
    await compareAtRate(laboratory, ring, { call, perSecond: Math.ceil(capacity / 2) })
  }
}

/** Compiles the hot code of everybody; nothing of it counts. */
async function warmUp({ load, options }: Laboratory, ring: Ring, call: CallName): Promise<void> {
  for (const name of contestants[call]) {
    const order = orderOf(call, { key: ring.site.keys.wed, players: ring.players, seconds: options.seconds })
    await measure(load, ring.program(call, name), order)
  }
}

/** @returns what the slower of Magicband and the floor can do in a second */
async function compareAsFastAsTheyCan(
  { load, options, report, tell }: Laboratory,
  { kind, site, players, program }: Ring,
  { call, connections }: { call: CallName; connections: number },
): Promise<number> {
  tell(`${kind}: /${call} at ${connections} connections …`)
  const names = contestants[call]
  const rounds = await interleave(names, options.rounds, (name) =>
    measure(
      load,
      program(call, name),
      orderOf(call, {
        key: site.keys.wed,
        players,
        connections,
        seconds: options.seconds,
        staysAwake: kind === 'sqlite',
      }),
    ),
  )
  const ours = rounds.magicband ?? []
  const [, ...others] = names
  const servers = Object.fromEntries(names.map((name) => [name, medians(rounds[name] ?? [])]))
  const ratios = Object.fromEntries(others.map((name) => [name, medianRatio(ours, rounds[name] ?? [], 'perSecond')]))
  report.throughput.push({ database: kind, call, connections, servers, ratios })
  return Math.min(...names.slice(0, 2).map((name) => servers[name]?.perSecond ?? 0))
}

async function compareAtRate(
  { load, options, report, tell }: Laboratory,
  { kind, site, players, program }: Ring,
  { call, perSecond }: { call: CallName; perSecond: number },
): Promise<void> {
  tell(`${kind}: /${call} at ${perSecond} a second …`)
  const [ours = '', floorName = ''] = contestants[call]
  const rounds: Record<string, Figures[]> = await interleave([ours, floorName], options.rounds, (name) =>
    measure(
      load,
      program(call, name),
      orderOf(call, { key: site.keys.wed, players, connections: 64, perSecond, seconds: options.seconds }),
    ),
  )
  const of = (name: string) => rounds[name] ?? []
  report.sameRate.push({
    database: kind,
    call,
    perSecond,
    servers: { [ours]: medians(of(ours)), [floorName]: medians(of(floorName)) },
    p99Ratio: medianRatio(of(ours), of(floorName), 'p99Ms'),
  })
}
