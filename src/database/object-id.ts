import type { Clock, RandomBytes } from '../clock.ts'

/** So many ids share one question to the source of random bytes, which takes longer than all else about an id. */
const idsAtOnce = 256
const randomOfOne = 8

/**
 * Makes ids of 24 hexadecimal digits, four bytes of seconds and eight random ones: the form of the `_id` in answers
 * (contract `/profile` 2), and a good one for every other row too, since ids of one time lie together in an index.
 */
export function createObjectIds(clock: Clock, randomBytes: RandomBytes): () => string {
  let random: Buffer = Buffer.alloc(0)
  let used = 0
  return () => {
    const seconds = Math.floor(clock() / 1000)
      .toString(16)
      .padStart(8, '0')
    if (used === random.length) {
      random = randomBytes(randomOfOne * idsAtOnce)
      used = 0
    }
    used += randomOfOne
    return seconds + random.toString('hex', used - randomOfOne, used)
  }
}
