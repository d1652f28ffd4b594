import { setTimeout as delay } from 'node:timers/promises'
import type { Failure, SandboxService } from './failures.ts'
import {
  type Answer,
  type Call,
  findRoute,
  html,
  json,
  listenOnLoopback,
  type Outcome,
  Refusal,
  type Route,
} from './http.ts'

/** What a stand-in consists of: its routes, and its way of saying no. */
export type Service = {
  routes: readonly Route[]
  /** The service's own error for a status; `retryAfterSeconds` for the services that repeat it in the body. */
  refuse: (status: RefusalStatus, retryAfterSeconds?: number) => Answer
}

export type RefusalStatus = 404 | 405 | 413 | 429 | 500

export type ServiceServer = { address: string; close: () => Promise<void> }

const outagePage =
  '<!DOCTYPE html><html><head><title>Service Unavailable</title></head><body><h1>We are making things better</h1></body></html>'

/** Puts a stand-in on a port of its own, with the failures that were asked for between it and its callers. */
export async function startService(options: {
  name: SandboxService
  service: Service
  port: number
  record: (call: Call) => void
  takeFailure: () => Failure | undefined
  /** Runs its argument and then undoes what that did to the world. */
  rehearse: (act: () => Answer) => Answer
}): Promise<ServiceServer> {
  const { name, service } = options
  const closing = new AbortController()
  const server = await listenOnLoopback({
    port: options.port,
    tooLarge: () => service.refuse(413),
    respond: async (call) => {
      options.record(call)
      const failure = options.takeFailure()
      const outcome = failure === undefined ? answer(service, call) : fail(service, { call, failure, ...options })
      if (failure?.mode === 'slow') await delay(failure.delayMs ?? 1000, undefined, { signal: closing.signal })
      return outcome
    },
  }).catch((error: unknown) => {
    throw new Error(`the sandbox can't put ${name} on port ${options.port}`, { cause: error })
  })
  return {
    address: server.address,
    close: () => {
      closing.abort()
      return server.close()
    },
  }
}

function answer(service: Service, call: Call): Answer {
  const found = findRoute(service.routes, call)
  if (found.route === undefined) return service.refuse(found.status)
  try {
    return found.route.handle(call, found.params)
  } catch (error) {
    if (error instanceof Refusal) return error.answer
    // A fault of the sandbox itself must not pass for one of the service's errors.
    return json(500, { sandboxFault: error instanceof Error ? error.message : String(error) })
  }
}

function fail(
  service: Service,
  { call, failure, rehearse }: { call: Call; failure: Failure; rehearse: (act: () => Answer) => Answer },
): Outcome {
  switch (failure.mode) {
    case 'refuse':
      return 'reset'
    case 'lost':
      answer(service, call)
      return 'reset'
    case 'hang':
      return 'silence'
    case 'slow':
      return answer(service, call)
    case '429':
      return limited(service, failure.retryAfterSeconds)
    case '500':
      return service.refuse(500)
    case 'html':
      return html(503, outagePage)
    case 'empty':
      return findRoute(service.routes, call).route?.empty ?? service.refuse(404)
    case 'truncated':
      return truncate(rehearse(() => answer(service, call)))
  }
}

function limited(service: Service, retryAfterSeconds: number | undefined): Answer {
  const refusal = service.refuse(429, retryAfterSeconds)
  if (retryAfterSeconds === undefined) return refusal
  return { ...refusal, headers: { ...refusal.headers, 'retry-after': String(retryAfterSeconds) } }
}

function truncate(whole: Answer): Answer {
  // The length that is sent is that of the half: the cut shows in the JSON, not in the transfer.
  const half = whole.body === '' ? '{' : whole.body.slice(0, Math.ceil(whole.body.length / 2))
  return { ...whole, status: 200, body: half }
}
