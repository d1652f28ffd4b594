import type { Clock, RandomBytes } from '../clock.ts'

/**
 * Makes ids of 24 hexadecimal digits, four bytes of seconds and eight random ones: the form of the `_id` in answers
 * (contract `/profile` 2), and a good one for every other row too, since ids of one time lie together in an index.
 */
export function createObjectIds(clock: Clock, randomBytes: RandomBytes): () => string {
  return () => {
    const seconds = Math.floor(clock() / 1000)
      .toString(16)
      .padStart(8, '0')
    return seconds + randomBytes(8).toString('hex')
  }
}
