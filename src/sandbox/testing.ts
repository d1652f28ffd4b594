import { onTestFinished } from 'vitest'
import { type Sandbox, startSandbox } from './sandbox.ts'
import { sandboxKeys } from './world.ts'

/** The moment at which every test begins. */
export const testStart = Date.parse('2026-11-21T12:00:00.000Z')

/** A sandbox with a clock that stands still until the test moves it; it ends with the test. */
export async function startTestSandbox(
  options: { file?: string } = {},
): Promise<Sandbox & { advance: (seconds: number) => void }> {
  let now = testStart
  const sandbox = await startSandbox({ clock: () => now, ...options })
  onTestFinished(() => sandbox.close())
  return {
    ...sandbox,
    advance: (seconds) => {
      now += seconds * 1000
    },
  }
}

export type Reply = { status: number; headers: Headers; text: string; body: unknown }

/** Asks a server of the sandbox. A `json` body is sent as JSON, a `form` as a form. */
export async function ask(
  address: string,
  request: {
    method?: string
    json?: unknown
    form?: Record<string, string>
    headers?: Record<string, string>
    timeoutMs?: number
  } = {},
): Promise<Reply> {
  const { json, form, headers = {} } = request
  const body = form === undefined ? JSON.stringify(json) : new URLSearchParams(form)
  const response = await fetch(address, {
    method: request.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: json === undefined ? headers : { 'content-type': 'application/json', ...headers },
    signal: AbortSignal.timeout(request.timeoutMs ?? 5000),
    ...(body !== undefined && { body }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: parse(text) }
}

/** Asks Open Cloud with the sandbox's key. */
export function askCloud(sandbox: Sandbox, path: string, request: Parameters<typeof ask>[1] = {}): Promise<Reply> {
  const headers = { 'x-api-key': sandboxKeys.openCloud, ...request.headers }
  return ask(`${sandbox.addresses.robloxApis}${path}`, { ...request, headers })
}

/** A member of an answer; undefined where there is none. */
export function member(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
