/** Milliseconds since 1970 UTC. Passed in everywhere, so that tests can move it. */
export type Clock = () => number

/**
 * How far from now a time is, in milliseconds. One that lies ahead was noted by a clock that ran ahead and was put back: what is
 * older than it may be is found out by the same number.
 */
export function distanceMs(clock: Clock, time: number): number {
  return Math.abs(clock() - time)
}

/**
 * The same clock for what is measured and not noted down, such as a pause: where it is put back, this one goes on from where
 * it was.
 */
export function steadyClock(clock: Clock): Clock {
  let last = clock()
  let aheadMs = 0
  return () => {
    const now = clock() + aheadMs
    if (now < last) aheadMs += last - now
    else last = now
    return last
  }
}

/** `count` random bytes of cryptographic quality. Passed in like the clock. */
export type RandomBytes = (count: number) => Buffer
