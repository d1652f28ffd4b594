import { describe, expect, test } from 'vitest'
import { parseDuration, parseLimit, parseMoment } from './durations.ts'

describe('a time', () => {
  test.each(['', '0s', '00d', '30', 's', '-5m', '1.5h', '5 m', '5M', '1w', '1h30m', '1234567s', '٣s'])(
    'is not %j',
    (text) => {
      expect(() => parseDuration(text)).toThrow('Write a time like 30s, 5m, 2h or 90d.')
    },
  )

  test.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['90d', 7_776_000_000],
    ['007s', 7000],
    ['999999d', 86_399_913_600_000],
  ])('is %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })
})

describe('a limit', () => {
  test.each(['', '600', '600/', '/m', '0/m', '-1/m', '1.5/s', '600/min', '600 / m', '600/w', '1e3/m', '1234567890/m'])(
    'is not %j',
    (text) => {
      expect(() => parseLimit(text)).toThrow('Write a limit like 600/m: requests per s, m, h or d.')
    },
  )

  test.each([
    ['5/s', { count: 5, perMs: 1000 }],
    ['600/m', { count: 600, perMs: 60_000 }],
    ['100/h', { count: 100, perMs: 3_600_000 }],
    ['999999999/d', { count: 999_999_999, perMs: 86_400_000 }],
  ])('is %s', (text, limit) => {
    expect(parseLimit(text)).toEqual(limit)
  })
})

describe('a moment', () => {
  const now = Date.parse('2026-01-15T12:00:00.000Z')

  test.each([
    '',
    'yesterday',
    '2026',
    '2026-13-01',
    '2026-02-30',
    '2025-02-29T12:00:00+02:00',
    '2026-04-31T12:00',
    '2026-01-15T25:00',
    '2026-01-15 12:00',
    '15.1.2026',
    '0d',
    '2w',
    '-2h',
  ])('is not %j', (text) => {
    expect(() => parseMoment(text, now)).toThrow(/^Write a time like/)
  })

  test.each([
    ['2026-01-15', '2026-01-15T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2026-01-15T13:14', '2026-01-15T13:14:00.000Z'],
    ['2026-01-15T13:14:15', '2026-01-15T13:14:15.000Z'],
    ['2026-01-15T13:14:15.678Z', '2026-01-15T13:14:15.678Z'],
    ['2026-01-15T13:14:15+02:00', '2026-01-15T11:14:15.000Z'],
    ['2h', '2026-01-15T10:00:00.000Z'],
    ['90d', '2025-10-17T12:00:00.000Z'],
  ])('is %s', (text, moment) => {
    expect(new Date(parseMoment(text, now)).toISOString()).toBe(moment)
  })
})
