import type { Profiler } from 'node:inspector'
import { fewPlayers, playersOf } from './data.ts'
import type { DatabaseKind } from './databases.ts'
import { type Laboratory, orderOf } from './laboratory.ts'
import { measure } from './measure.ts'
import { makeSite } from './site.ts'

/** Whose work a function is, by the file that it stands in. The first that fits. */
const parts: readonly [part: string, file: RegExp][] = [
  ['log', /\/(?:pino|sonic-boom|quick-format-unescaped|thread-stream)\/|src\/log\.ts/],
  ['look-up', /src\/database\/|\/(?:kysely|pg|pg-[a-z-]+|postgres-[a-z]+)\/|\.store\.ts|node:sqlite/],
  ['access', /src\/(?:keys\/|http\/(?:access|limits|sources|addresses|shared-counts|connections|load)\.ts)/],
  ['parameters', /src\/(?:call\/|http\/(?:query|bodies)\.ts)/],
  ['the rest of Magicband', /\/src\//],
  ['Fastify', /\/(?:fastify|find-my-way|avvio|secure-json-parse|@fastify\/[a-z-]+)\//],
  ['HTTP, sockets and the event loop', /^node:/],
]
const others = 'other packages'
/** Frames that are no function's: what they cost belongs to nobody in particular. */
const nobodys = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(program)', 'HTTP, sockets and the event loop'],
  ['(root)', 'HTTP, sockets and the event loop'],
])

/** Profiles each call while it is asked for as fast as it can be, on a server that is warm. */
export async function profile(laboratory: Laboratory, kind: DatabaseKind): Promise<void> {
  const { databases, folder, outside, keep, load, options, report, tell } = laboratory
  const url = await databases.create(kind)
  const site = await makeSite(`${folder}/${kind}-profile`, { url, outside, amount: fewPlayers })
  const program = await keep(site.start({ imports: ['probe', 'profiler'] }))
  for (const call of options.calls) {
    tell(`${kind}: a profile of /${call} …`)
    const order = () =>
      orderOf(call, {
        key: site.keys.wed,
        players: playersOf(fewPlayers),
        seconds: options.seconds * options.rounds,
        staysAwake: kind === 'sqlite',
      })
    await measure(load, program, order())
    const { cpuUsPerAnswer } = await measure(load, program, order())
    await program.ask('profile')
    await load.load({ ...order(), ports: [program.port] })
    const recorded = (await program.ask('profiled')) as Profiler.Profile
    const shares = [...sharesOf(recorded)].map(([part, share]) => ({ part, share }))
    report.profiles.push({ database: kind, call, cpuUsPerAnswer, shares })
  }
}

/** How much of the time each part took, the largest first; the time in which there was nothing to do does not count. */
export function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Map<string, number> {
  const partOf = new Map<number, string | undefined>()
  const isIdle = new Set<number>()
  const name = (node: Profiler.ProfileNode, above: string | undefined): void => {
    const { functionName, url } = node.callFrame
    if (functionName === '(idle)') isIdle.add(node.id)
    // What is native, such as a write to a socket, is the work of whoever called it.
    partOf.set(node.id, nobodys.get(functionName) ?? (url === '' ? above : partOfFile(url)))
  }
  const byId = new Map(nodes.map((node) => [node.id, node]))
  // A node comes before its children.
  for (const node of nodes) {
    if (!partOf.has(node.id)) name(node, undefined)
    for (const child of node.children ?? []) {
      const found = byId.get(child)
      if (found !== undefined) name(found, partOf.get(node.id))
    }
  }
  const times = new Map<string, number>()
  let total = 0
  for (const [index, id] of samples.entries()) {
    if (isIdle.has(id)) continue
    const time = timeDeltas[index] ?? 0
    const part = partOf.get(id) ?? others
    times.set(part, (times.get(part) ?? 0) + time)
    total += time
  }
  const shares = [...times].map(([part, time]): [string, number] => [part, time / total])
  return new Map(shares.toSorted(([, one], [, other]) => other - one))
}

function partOfFile(url: string): string {
  return parts.find(([, file]) => file.test(url))?.[0] ?? others
}
