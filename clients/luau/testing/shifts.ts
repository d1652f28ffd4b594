import type { Fault } from './faulty-proxy.ts'
import type { GameServer } from './game-servers.ts'
import { hub, type ServerOptions, type World } from './world.ts'

/** What a Magicband whose database fails answers a shift. */
export const failing: Fault = {
  status: 500,
  body: '{"status":"error","message":"error encountered","modifiedCount":0}',
}

/** A server with players who have worked for so long, the first one for a second less than the next one. */
export async function startWorking(
  world: World,
  { count, seconds, ...options }: { count: number; seconds: number } & ServerOptions,
): Promise<GameServer> {
  const server = await world.startServer(options)
  await server.run(`
    for index = 1, ${count} do
      __join(100000 + index, "Visitor")
      task.delay(${count} - index, Magicband.startShift, __player(100000 + index))
    end`)
  await server.advance(seconds + count - 1)
  return server
}

/** The shifts of such a server, as `paid` has them. */
export function workedBy(count: number, seconds: number): [string, number][] {
  return Array.from({ length: count }, (_, index) => [`${100_001 + index}`, seconds + index])
}

/** Who was paid for how many seconds. */
export async function paid(world: World): Promise<[string, number][]> {
  return (await world.shifts()).map((shift) => [shift.id, shift.seconds])
}

/** As `paid`, with all that a player was paid as one. */
export async function paidInAll(world: World): Promise<[string, number][]> {
  const sums = new Map<string, number>()
  for (const [id, seconds] of await paid(world)) sums.set(id, (sums.get(id) ?? 0) + seconds)
  return [...sums]
}

type Reported = { id: number; seconds: number }
type Recorded = { server: string; reports: Reported[]; taken?: object }

/** The shifts that are left in the records of the hub. */
export function reportsLeft({ stores }: World): (Reported & { server: string })[] {
  const records = Object.values(stores.values(`Magicband-${hub}`)) as Recorded[]
  return records.flatMap(({ server, reports }) => reports.map(({ id, seconds }) => ({ id, seconds, server })))
}

/**
 * The records of the hub that have something left, and those that the index has. One that was taken stays for thirty
 * days when all in it is sent; such are not among them.
 */
export function leftBy({ stores }: World): { kept: string[]; listed: string[] } {
  const name = `Magicband-${hub}`
  const records = stores.values(name) as Record<string, Recorded>
  const isSent = (key: string) => records[key]?.taken !== undefined && records[key].reports.length === 0
  const left = (names: string[]) => names.filter((key) => !isSent(key))
  return { kept: left(Object.keys(records)), listed: left(Object.keys(stores.ordered(name))) }
}

/** A server with these players on it. */
export async function startServer(
  world: World,
  ids: readonly number[],
  options: ServerOptions = {},
): Promise<GameServer> {
  const server = await world.startServer(options)
  for (const id of ids) await server.join(id)
  return server
}

/** Starts a player's shift. @returns what the module says of it */
export function start(server: GameServer, id = 1002): ReturnType<GameServer['run']> {
  return server.run(`return Magicband.startShift(__player(${id}))`)
}

/** Ends a player's shift and gives it a moment to be sent. @returns what the module says of it */
export async function end(server: GameServer, id = 1002): ReturnType<GameServer['run']> {
  const values = await server.run(`return Magicband.endShift(__player(${id}))`)
  await server.advance(0.25)
  return values
}
