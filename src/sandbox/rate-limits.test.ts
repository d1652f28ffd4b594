import { expect, test } from 'vitest'
import { RateCounters } from './rate-limits.ts'

test('a window begins with its first request and ends after its seconds', () => {
  let now = 1000
  const counters = new RateCounters(() => now)
  const limit = { limit: 2, seconds: 10 }
  expect(counters.take('a', limit)).toEqual({ isAllowed: true, remaining: 1, resetSeconds: 10 })
  now += 4000
  expect(counters.take('a', limit)).toEqual({ isAllowed: true, remaining: 0, resetSeconds: 6 })
  expect(counters.take('a', limit)).toEqual({ isAllowed: false, remaining: 0, resetSeconds: 6 })
  expect(counters.take('b', limit)).toEqual({ isAllowed: true, remaining: 1, resetSeconds: 10 })
  now += 6000
  expect(counters.take('a', limit)).toEqual({ isAllowed: true, remaining: 1, resetSeconds: 10 })
})

test('counters that ended make room for others, those that run stay', () => {
  let now = 0
  const counters = new RateCounters(() => now)
  for (let n = 0; n < 9_999; n += 1) counters.take(`ended ${n}`, { limit: 1, seconds: 1 })
  now = 1000
  counters.take('running', { limit: 1, seconds: 60 })
  counters.take('one more', { limit: 1, seconds: 60 })
  expect(counters.take('running', { limit: 1, seconds: 60 }).isAllowed).toBe(false)
})
