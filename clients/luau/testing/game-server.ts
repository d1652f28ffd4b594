import { randomUUID } from 'node:crypto'
import { type Luau, startLuau, type Value } from './luau.ts'
import { Operations } from './operations.ts'
import type { Boot, Command, FromServer, Line, Outcome, StoreAnswer, ToServer } from './protocol.ts'

// The process of a game server: real Luau, on a time of its own, which moves when a test says so. It is forked by
// game-servers.ts, and can be another server after the one that it was.

let boot: Boot | undefined
let now = 0
let lines: Line[] = []
const waitingForStore = new Map<number, (answer: StoreAnswer) => void>()
let storeCount = 0

const send = (message: FromServer) => process.send?.(message)
const operations = new Operations({
  now: () => now,
  epochMs: () => Math.round(((boot?.epoch ?? 0) + now) * 1000),
  ask: (request) =>
    new Promise((resolve) => {
      const storeId = ++storeCount
      waitingForStore.set(storeId, resolve)
      send({ storeId, request })
    }),
})

const luau: Luau = await startLuau({
  __begin: (kind, request) => operations.begin(String(kind), String(request)),
  __print: (level, text) => {
    lines.push({ level: level === 'warn' || level === 'error' ? level : 'info', text: String(text), at: now })
    return undefined
  },
  __secret: (name) => boot?.secrets[String(name)] ?? '',
  __uuid: () => randomUUID(),
})

/** Runs the server until this time of its own, or until what it waits for is there. */
async function runUntil(end: number, isOver: () => Promise<boolean> = async () => false): Promise<void> {
  for (;;) {
    const [next] = await luau.call('__run', now)
    await operations.settle()
    const answered = operations.takeUntil(now)
    for (const { id, answer } of answered) await luau.call('__finish', id, answer)
    if (answered.length > 0) continue
    if (await isOver()) return
    const timerAt = typeof next === 'number' && next >= 0 ? next : Number.POSITIVE_INFINITY
    const at = Math.min(timerAt, operations.nextAt())
    if (at > end) break
    now = Math.max(now, at)
  }
  now = end
  await luau.call('__run', now)
}

async function isTrue(functionName: string): Promise<boolean> {
  return (await luau.call(functionName))[0] === true
}

async function start(next: Boot): Promise<void> {
  boot = next
  now = 0
  operations.forgetAll()
  const { secrets: _secrets, modules, ...settings } = next
  await luau.call('__boot', JSON.stringify(settings))
  // After that: what a script reads of `game` is looked up when it is loaded.
  for (const [name, source] of Object.entries(modules)) {
    // On one line with the source, so that the lines of errors are those of the file.
    await luau.run(`__module("${name}", function() ${source}\nend)`, name)
  }
}

/** Runs a script in a thread of its own; it is given a minute to come to its end. */
async function runScript(source: string, name: string): Promise<Value[]> {
  await luau.run(`__script = function() ${source}\nend`, name)
  await luau.run('__result = nil task.spawn(function() __result = table.pack(__script()) end)', name)
  await runUntil(now + 60, async () => (await luau.run('return __result ~= nil', name))[0] === true)
  return luau.run('if __result then return table.unpack(__result, 1, __result.n) end', name)
}

async function execute(command: Command): Promise<Value[]> {
  switch (command.do) {
    case 'boot':
      await start(command.boot)
      return []
    case 'run':
      return runScript(command.source, command.name)
    case 'advance':
      await runUntil(now + command.seconds)
      return []
    case 'secret':
      if (boot !== undefined) boot.secrets[command.name] = command.value
      return []
    case 'shut down': {
      const from = now
      await luau.call('__shutDown')
      await runUntil(now + command.within, () => isTrue('__isShutDown'))
      const took = now - from
      await luau.call('__restart', 0)
      operations.forgetAll()
      return [took]
    }
  }
}

process.on('message', (message: ToServer) => {
  if ('storeId' in message) {
    waitingForStore.get(message.storeId)?.(message.answer)
    waitingForStore.delete(message.storeId)
    return
  }
  const { id, command } = message
  execute(command).then(
    (values) => {
      const outcome: Outcome = { now, lines, values: values.map((value) => value ?? null) }
      lines = []
      send({ id, outcome })
    },
    (error: unknown) => send({ id, failure: error instanceof Error ? error.message : String(error) }),
  )
})
process.on('disconnect', () => process.exit())
