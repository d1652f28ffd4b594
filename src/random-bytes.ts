import { randomBytes } from 'node:crypto'
import type { RandomBytes } from './clock.ts'

const askedAtOnce = 4096

/** Random bytes that are asked for many at once: to ask takes longer than all else about an id. */
export function createRandomBytes(): RandomBytes {
  let rest: Buffer = Buffer.alloc(0)
  return (count) => {
    if (count > rest.length) rest = randomBytes(Math.max(count, askedAtOnce))
    const bytes = rest.subarray(0, count)
    rest = rest.subarray(count)
    return bytes
  }
}
