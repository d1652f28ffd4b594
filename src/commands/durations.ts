import { InvalidArgumentError } from 'commander'

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `30s`, `5m`, `2h` or `90d` in milliseconds. */
export function parseDuration(text: string): number {
  const [, count, unit = ''] = text.match(/^(\d{1,6})([smhd])$/) ?? []
  const ms = Number(count) * (unitMs[unit] ?? Number.NaN)
  if (!(ms > 0)) throw new InvalidArgumentError('Write a time like 30s, 5m, 2h or 90d.')
  return ms
}

/** `600/m`: so many requests in one second, minute, hour or day. */
export function parseLimit(text: string): { count: number; perMs: number } {
  const [, count, unit = ''] = text.match(/^(\d{1,9})\/([smhd])$/) ?? []
  const perMs = unitMs[unit]
  if (perMs === undefined || !(Number(count) > 0))
    throw new InvalidArgumentError('Write a limit like 600/m: requests per s, m, h or d.')
  return { count: Number(count), perMs }
}

/** A moment in UTC milliseconds: a date or time in the form of ISO 8601, UTC unless it says otherwise, or how long ago. */
export function parseMoment(text: string, now: number): number {
  const [, day, time = 'T00:00', zone = 'Z'] =
    text.match(/^(\d{4}-\d{2}-\d{2})(?:(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/) ?? []
  if (day !== undefined) {
    const moment = Date.parse(day + time + zone)
    if (!Number.isNaN(moment) && isOnCalendar(day)) return moment
  } else if (/^(?!0+[smhd])\d{1,6}[smhd]$/.test(text)) return now - parseDuration(text)
  throw new InvalidArgumentError(
    'Write a time like 2026-01-15 or 2026-01-15T12:00:00Z, or how long ago, like 2h or 90d.',
  )
}

/** `Date.parse` takes the 30th of February for the 2nd of March. */
function isOnCalendar(day: string): boolean {
  const midnight = Date.parse(`${day}T00:00Z`)
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day)
}
