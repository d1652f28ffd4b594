/** Milliseconds since 1970 UTC. Passed in everywhere, so that tests can move it. */
export type Clock = () => number

/**
 * How far from now a time is, in milliseconds. One that lies ahead was noted by a clock that ran ahead and was put back: what is
 * older than it may be is found out by the same number.
 */
export function distanceMs(clock: Clock, time: number): number {
  return Math.abs(clock() - time)
}

/** `count` random bytes of cryptographic quality. Passed in like the clock. */
export type RandomBytes = (count: number) => Buffer
