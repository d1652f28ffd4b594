import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { LoadOrder, LoadReport } from './load-order.ts'

/** The load generator's process. It takes one order at a time. */
export type LoadGenerator = { load(order: LoadOrder): Promise<LoadReport>; stop(): void }

export function startLoadGenerator(): LoadGenerator {
  const child = fork(new URL('./load.ts', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = once(child, 'exit').then(([code]): never => {
    throw new Error(`the load generator ended with ${code}`)
  })
  ended.catch(() => undefined)
  return {
    load: async (order) => {
      child.send(order)
      const answered = once(child, 'message') as Promise<[LoadReport | { failure: string }]>
      const [answer] = await Promise.race([answered, ended])
      if ('failure' in answer) throw new Error(`the load generator failed: ${answer.failure}`)
      return answer
    },
    stop: () => child.kill(),
  }
}
