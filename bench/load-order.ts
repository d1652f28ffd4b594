import type { Asker, CallName } from './calls.ts'

/** What the load generator is to do. Either `seconds` or `requests` ends it. */
export type LoadOrder = Asker & {
  /** The connections are spread over these ports of 127.0.0.1. */
  ports: readonly number[]
  /** Taken in turns. */
  calls: readonly CallName[]
  connections: number
  seconds?: number
  requests?: number
  /** A fixed rate; without it, as fast as the answers come. */
  perSecond?: number
  /** Where a measurement goes on with the requests of another one. */
  firstIndex?: number
  /**
   * Never to sleep until it is done: to wake the generator would be work of the server, and more of it the slower the server
   * is. Not where the processor is needed by others, as a database is.
   */
  staysAwake?: boolean
}

/** What the load generator saw. Latencies of a fixed rate count from when a request was due. */
export type LoadReport = {
  answers: number
  seconds: number
  perSecond: number
  p50Ms: number
  p99Ms: number
  maxMs: number
  /** Answers that were not what they should be, and the first of them. */
  wrong: number
  firstWrong: string | undefined
  /** How much of a processor the load generator itself used. */
  cpuShare: number
}
