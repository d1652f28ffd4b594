import { expect, test } from 'vitest'
import { createRandomBytes } from './random-bytes.ts'

test('are as many as are asked for, and never the same', () => {
  const randomBytes = createRandomBytes()
  const counts = Array.from({ length: 3000 }, (_, index) => [8, 16, 32, 5000][index % 4] ?? 0)
  const all = counts.map((count) => randomBytes(count))
  expect(all.map(({ length }) => length)).toEqual(counts)
  expect(new Set(all.map((bytes) => bytes.toString('hex', 0, 8))).size).toBe(counts.length)
})
