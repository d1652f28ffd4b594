import { Session } from 'node:inspector/promises'

/*
 * Is loaded before a server, beside the probe (`node --import`): records a CPU profile of it between two messages over the
 * channel, as `node --cpu-prof` records one of a whole process.
 */

const samplingUs = 200
const session = new Session()
session.connect()

process.on('message', async (message) => {
  if (message === 'profile') {
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: samplingUs })
    await session.post('Profiler.start')
    process.send?.('profiling')
  } else if (message === 'profiled') {
    const { profile } = await session.post('Profiler.stop')
    process.send?.(profile)
  }
})
