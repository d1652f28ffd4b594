import { beforeEach, describe, expect, test } from 'vitest'
import { RateBudgets, type Urgency } from './rate-budgets.ts'

const startsAt = Date.parse('2026-01-15T12:00:00.000Z')
const urgencies: Urgency[] = ['join', 'call', 'refresh']

let now: number
let budgets: RateBudgets
beforeEach(() => {
  now = startsAt
  budgets = new RateBudgets(() => now)
})

/** Asks once, and learns from an answer with these headers. */
function ask(headers: Record<string, string>, status = 200): void {
  budgets.take('things')
  budgets.release('things')
  budgets.learn('things', status, headers)
}

const told = (limit: number | string, remaining: number, reset = 60) => ({
  'x-ratelimit-limit': String(limit),
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': String(reset),
})
const waits = () => urgencies.map((urgency) => budgets.waitMs('things', urgency))

test('nothing is held back before a service has told of a limit', () => {
  expect(waits()).toEqual([0, 0, 0])
  ask({})
  expect(waits()).toEqual([0, 0, 0])
})

describe('the last of a limit is kept for what is more urgent', () => {
  test.each([
    [26, [0, 0, 0]],
    [25, [0, 0, 60_000]],
    [11, [0, 0, 60_000]],
    [10, [0, 60_000, 60_000]],
    [1, [0, 60_000, 60_000]],
    [0, [60_000, 60_000, 60_000]],
  ])('with %i of 100 left', (remaining, expected) => {
    ask(told(100, remaining))
    expect(waits()).toEqual(expected)
  })

  test('until the window ends', () => {
    ask(told(100, 0))
    now += 59_999
    expect(waits()).toEqual([1, 1, 1])
    now += 1
    expect(waits()).toEqual([0, 0, 0])
  })

  test('in one budget, and not in another', () => {
    ask(told(100, 0))
    expect(budgets.waitMs('others', 'refresh')).toBe(0)
  })
})

describe('a limit is read', () => {
  test.each(['1000', '1000, 1000;w=60', '1000, 1000;w=60, 1000;w=60', '1000;w=60', ' 1000 '])('from %j', (limit) => {
    ask(told(limit, 251))
    expect(waits()).toEqual([0, 0, 0])
    ask(told(limit, 250))
    expect(waits()).toEqual([0, 0, 60_000])
  })

  test('as the one of before where an answer leaves it out', () => {
    ask(told(100, 50))
    ask({ 'x-ratelimit-remaining': '20', 'x-ratelimit-reset': '60' })
    expect(waits()).toEqual([0, 0, 60_000])
  })

  test.each([
    ['words for a number', { 'x-ratelimit-remaining': 'none', 'x-ratelimit-reset': '60' }],
    ['no end of the window', { 'x-ratelimit-remaining': '0' }],
    ['a negative end', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '-5' }],
  ])('from no answer with %s', (_name, headers) => {
    ask(headers)
    expect(waits()).toEqual([0, 0, 0])
  })

  test('of Discord, whose x-ratelimit-reset is a date, from x-ratelimit-reset-after', () => {
    const date = String(startsAt / 1000 + 0.5)
    ask({ ...told(5, 0), 'x-ratelimit-reset': date, 'x-ratelimit-reset-after': '0.5' })
    expect(waits()).toEqual([500, 500, 500])
  })
})

describe('what goes out is counted', () => {
  test('before its answer tells', () => {
    ask(told(100, 27))
    budgets.take('things')
    expect(waits()).toEqual([0, 0, 0])
    budgets.take('things')
    expect(waits()).toEqual([0, 0, 60_000])
  })

  test('where it went out before any answer told of a limit', () => {
    for (let count = 0; count < 64; count++) budgets.take('things')
    budgets.release('things')
    budgets.learn('things', 200, told(100, 99))
    // 63 more are on their way.
    for (let left = 36; left > 25; left--) budgets.take('things')
    expect(waits()).toEqual([0, 0, 60_000])
  })

  test('once, though answers arrive in another order', () => {
    ask(told(100, 50))
    for (let count = 0; count < 3; count++) budgets.take('things')
    for (const remaining of [47, 48, 49]) {
      budgets.release('things')
      budgets.learn('things', 200, told(100, remaining))
    }
    for (let left = 47; left > 25; left--) {
      expect(waits()).toEqual([0, 0, 0])
      budgets.take('things')
    }
    expect(waits()).toEqual([0, 0, 60_000])
  })

  test('in its window: one that the service began before the last was over here starts afresh', () => {
    ask(told(100, 1))
    now += 59_500
    ask(told(100, 99, 60))
    expect(waits()).toEqual([0, 0, 0])
  })

  test('in its window: whole seconds that are rounded up make no new one', () => {
    ask(told(100, 10))
    now += 500
    ask(told(100, 90, 60))
    expect(waits()).toEqual([0, 60_000, 60_000])
  })
})

describe('a refusal for too many requests', () => {
  test.each([
    ['seconds', '7', 7000],
    ['a fraction of a second', '0.25', 250],
    ['a date', 'Thu, 15 Jan 2026 12:00:42 GMT', 42_000],
    ['more than an hour', '86400', 3_600_000],
    ['a date that is over', 'Thu, 15 Jan 2026 11:00:00 GMT', 1000],
    ['words', 'soon', 1000],
  ])('is a pause for everyone: retry-after of %s', (_name, retryAfter, pauseMs) => {
    ask({ 'retry-after': retryAfter }, 429)
    expect(waits()).toEqual([pauseMs, pauseMs, pauseMs])
    now += pauseMs
    expect(waits()).toEqual([0, 0, 0])
  })

  test('is longer each time where the service never says for how long, up to a minute', () => {
    const pauses = Array.from({ length: 8 }, () => {
      ask({}, 429)
      const pauseMs = budgets.waitMs('things', 'join')
      now += pauseMs
      return pauseMs
    })
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
  })

  test.each([
    ['without headers', {}],
    ['with headers', told(100, 99)],
  ])('is short again after a right answer %s', (_name, headers) => {
    for (let count = 0; count < 4; count++) {
      ask({}, 429)
      now += budgets.waitMs('things', 'join')
    }
    ask(headers)
    now += 60_000
    ask({}, 429)
    expect(budgets.waitMs('things', 'join')).toBe(1000)
  })

  test.each([
    ['without headers', {}],
    ['with headers', told(100, 99, 1)],
  ])('is not ended by an answer to what was asked before it, %s', (_name, headers) => {
    budgets.take('things')
    ask({ 'retry-after': '30' }, 429)
    budgets.release('things')
    budgets.learn('things', 200, headers)
    expect(waits()).toEqual([30_000, 30_000, 30_000])
  })
})

test('a failure that tells of no limit makes none be forgotten', () => {
  ask(told(100, 0))
  ask({}, 502)
  expect(waits()).toEqual([60_000, 60_000, 60_000])
})
