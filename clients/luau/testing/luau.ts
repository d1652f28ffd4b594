import { readFileSync } from 'node:fs'

/** A value that goes between Luau and here: nothing else survives Luau's garbage collection. */
export type Value = string | number | boolean | undefined
export type HostFunction = (...values: Value[]) => Value

/** Runs Luau. A process has one for its whole life, and asks one thing of it at a time. */
export type Luau = {
  /** Runs a script; what it returns is its values. */
  run(source: string, name: string): Promise<Value[]>
  call(functionName: string, ...values: Value[]): Promise<Value[]>
}

/** Starts Luau with functions of the host as globals. They can't wait for anything, and can't call Luau. */
export async function startLuau(host: Readonly<Record<string, HostFunction>>): Promise<Luau> {
  // In the build that luau-web takes where these exist, pcall catches nothing.
  const webAssembly: unknown = Reflect.get(globalThis, 'WebAssembly')
  if (typeof webAssembly !== 'object' || webAssembly === null) throw new Error('there is no WebAssembly')
  for (const name of ['Suspending', 'promising']) Reflect.deleteProperty(webAssembly, name)
  const { LuauState } = await import('luau-web')
  const state = await LuauState.createAsync({ ...host })
  const load = (source: string, name: string): ((...values: Value[]) => Promise<unknown>) =>
    state.loadstring(source, name, true)
  const callers = new Map<string, ReturnType<typeof load>>()
  const luau: Luau = {
    run: async (source, name) => valuesOf(await load(source, name)()),
    call: async (functionName, ...values) => {
      const caller = callers.get(functionName) ?? load(`return ${functionName}(...)`, functionName)
      callers.set(functionName, caller)
      return valuesOf(await caller(...values))
    },
  }
  for (const file of ['json', 'engine', 'services']) {
    await luau.run(readFileSync(new URL(`roblox/${file}.luau`, import.meta.url), 'utf8'), file)
  }
  return luau
}

function valuesOf(returned: unknown): Value[] {
  const values: unknown[] = Array.isArray(returned) ? returned : [returned]
  return values.map((value) => {
    if (value === null) return undefined
    if (value === undefined || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return value
    throw new Error(`Luau returned a ${typeof value}`)
  })
}
