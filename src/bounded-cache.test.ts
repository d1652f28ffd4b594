import { expect, test } from 'vitest'
import { createBoundedCache } from './bounded-cache.ts'

test('a full cache forgets what was unused for longest', () => {
  const cache = createBoundedCache<string, number>(3)
  for (const [index, name] of ['a', 'b', 'c'].entries()) cache.set(name, index)
  cache.get('a')
  cache.set('b', 10)
  cache.set('d', 3)
  expect([...cache.entries()].toSorted()).toEqual([
    ['a', 0],
    ['b', 10],
    ['d', 3],
  ])
})
