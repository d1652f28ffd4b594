import { describe, expect, test } from 'vitest'
import { CircuitBreaker } from './circuit-breaker.ts'

function breakerAt(startsAt = 0) {
  let now = startsAt
  const breaker = new CircuitBreaker(() => now)
  const advance = (ms: number) => {
    now += ms
  }
  const fail = (times: number) => {
    for (let count = 0; count < times; count++) breaker.failed()
  }
  return { breaker, advance, fail }
}

describe('a circuit breaker', () => {
  test('lets questions pass up to four failures in a row', () => {
    const { breaker, fail } = breakerAt()
    fail(4)
    expect([breaker.state, breaker.failures, breaker.tryPass()]).toEqual(['closed', 4, 0])
  })

  test('counts only failures in a row', () => {
    const { breaker, fail } = breakerAt()
    fail(4)
    breaker.succeeded()
    fail(4)
    expect([breaker.state, breaker.tryPass()]).toEqual(['closed', 0])
  })

  test('opens at the fifth and says how long its rest is', () => {
    const { breaker, advance, fail } = breakerAt()
    fail(5)
    expect([breaker.state, breaker.tryPass()]).toEqual(['open', 2000])
    advance(1500)
    expect(breaker.tryPass()).toBe(500)
  })

  test('lets one probe pass after the rest, and no other beside it', () => {
    const { breaker, advance, fail } = breakerAt()
    fail(5)
    advance(2000)
    expect([breaker.tryPass(), breaker.tryPass(), breaker.tryPass()]).toEqual([0, 2000, 2000])
    breaker.succeeded()
    expect([breaker.state, breaker.failures, breaker.tryPass(), breaker.tryPass()]).toEqual(['closed', 0, 0, 0])
  })

  test('rests twice as long after each probe that fails, half a minute at most', () => {
    const { breaker, advance, fail } = breakerAt()
    fail(5)
    const rests: number[] = []
    for (let probe = 0; probe < 6; probe++) {
      advance(breaker.tryPass())
      expect(breaker.tryPass()).toBe(0)
      breaker.failed()
      rests.push(breaker.tryPass())
    }
    expect(rests).toEqual([4000, 8000, 16_000, 30_000, 30_000, 30_000])
  })

  test('begins with a short rest again after it was closed', () => {
    const { breaker, advance, fail } = breakerAt()
    fail(5)
    advance(2000)
    breaker.tryPass()
    breaker.failed()
    advance(4000)
    breaker.tryPass()
    breaker.succeeded()
    fail(5)
    expect(breaker.tryPass()).toBe(2000)
  })

  test('does not rest longer for questions that were under way when it opened', () => {
    const { breaker, fail } = breakerAt()
    fail(50)
    expect(breaker.tryPass()).toBe(2000)
  })

  test('lets another probe pass when one told nothing', () => {
    const { breaker, advance, fail } = breakerAt()
    fail(5)
    advance(2000)
    expect(breaker.tryPass()).toBe(0)
    breaker.release()
    expect([breaker.state, breaker.tryPass()]).toEqual(['open', 0])
  })
})
