import { monitorEventLoopDelay } from 'node:perf_hooks'

/*
 * Is loaded before a server (`node --import`) and tells what its process used whenever it is asked over the channel.
 * The server itself knows nothing of it.
 */

/** What a process used since it was asked last; `rssMb` is what it holds now. */
export type Usage = { cpuMs: number; rssMb: number; delayP50Ms: number; delayP99Ms: number; delayMaxMs: number }

const resolutionMs = 5
const delays = monitorEventLoopDelay({ resolution: resolutionMs })
delays.enable()
let cpu = process.cpuUsage()

process.on('message', (message) => {
  if (message !== 'usage') return
  const { user, system } = process.cpuUsage(cpu)
  // The histogram holds the whole time from one look to the next.
  const ms = (ns: number) => Math.max(0, ns / 1e6 - resolutionMs)
  const usage: Usage = {
    cpuMs: (user + system) / 1000,
    rssMb: process.memoryUsage.rss() / 1e6,
    delayP50Ms: ms(delays.percentile(50)),
    delayP99Ms: ms(delays.percentile(99)),
    delayMaxMs: ms(delays.max),
  }
  delays.reset()
  cpu = process.cpuUsage()
  process.send?.(usage)
})
// The bench has ended, in whatever way.
process.on('disconnect', () => process.exit())
