import { performance } from 'node:perf_hooks'
import { Counter, type Registry } from 'prom-client'

/** For how long the event loop had something to do. Unlike a share since the last scrape it is right for any number of scrapers. */
export function countEventLoop(registry: Registry): void {
  const active = new Counter({
    name: 'magicband_event_loop_active_seconds_total',
    help: 'Time for which the event loop had something to do; its rate is how busy the one thread of JavaScript is, up to 1.',
    registers: [registry],
    collect: () => {
      active.reset()
      active.inc(performance.eventLoopUtilization().active / 1000)
    },
  })
}
