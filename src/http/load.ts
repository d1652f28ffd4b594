import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { Problem } from '../problem.ts'

const measuredEveryMs = 500
const retryAfterSeconds = 1
const watched: ReadonlySet<string | undefined> = new Set(['/health', '/metrics'])

/**
 * Refuses requests with 503 while everything waits longer than `delayMs` for its turn, so that the server answers some
 * callers in time instead of all of them too late. It goes by the mean of half a second, or of one turn if that takes
 * longer, and by two of them on end: a single long turn is none of this. `/health` is answered all the same, or a busy server would be
 * restarted, and so is `/metrics`, or nobody would see why.
 */
export function shedLoad(app: FastifyInstance, delayMs: number, log: FastifyBaseLogger): void {
  const delays = monitorEventLoopDelay({ resolution: 20 })
  let isBusy = false
  let wasLate = false
  let timer: NodeJS.Timeout | undefined
  const measure = (): void => {
    const wasBusy = isBusy
    const meanMs = delays.mean / 1e6
    const isLate = meanMs > delayMs
    isBusy = isLate && wasLate
    wasLate = isLate
    delays.reset()
    if (isBusy && !wasBusy)
      log.warn(
        { delayMs: Math.round(meanMs) },
        'there is too much to do, and requests are refused with 503 until there is less: see who asks so much, or give it a faster machine',
      )
    if (wasBusy && !isBusy) log.info('there is less to do, and requests are taken again')
  }
  app.addHook('onReady', async () => {
    delays.enable()
    timer = setInterval(measure, measuredEveryMs).unref()
  })
  app.addHook('onClose', async () => {
    clearInterval(timer)
    delays.disable()
  })
  app.addHook('onRequest', (request, _reply, done) => {
    const isRefused = isBusy && !watched.has(request.routeOptions.url)
    done(isRefused ? new Problem('server-busy', { retryAfterSeconds }) : undefined)
  })
}
