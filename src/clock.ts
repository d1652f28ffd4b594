/** Milliseconds since 1970 UTC. Passed in everywhere, so that tests can move it. */
export type Clock = () => number

/** `count` random bytes of cryptographic quality. Passed in like the clock. */
export type RandomBytes = (count: number) => Buffer
