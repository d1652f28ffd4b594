import { robloxId } from '../call/parameters.ts'
import { escapeControls } from '../escape-controls.ts'
import type { Fields } from './source-record.ts'

/** Beyond it lie times that nobody has meant. */
const latestTime = Date.UTC(9999, 11, 31)
/** Numbers below are seconds since 1970, from here on milliseconds; as milliseconds it is a day in 1973. */
const leastMs = 1e11

/** What stands at a path: a field of just this name, or the members along its dots. Empty text and null are nothing. */
export function findValue(fields: Fields, path: string): unknown {
  const value = Object.hasOwn(fields, path) ? fields[path] : walk(fields, path.split('.'))
  return value === null || value === '' ? undefined : value
}

function walk(fields: Fields, names: readonly string[]): unknown {
  let value: unknown = fields
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = Object.getOwnPropertyDescriptor(value, name)?.value
  }
  return value
}

/** A Roblox id, also where it was kept as a decimal number (`172051854.0`); none where it is ambiguous. */
export function readRobloxId(value: unknown): string | undefined {
  if ((typeof value !== 'string' && typeof value !== 'number') || isAmbiguous(value)) return undefined
  return robloxId.parse(String(value).trim().replace(/\.0+$/, ''))
}

/** MongoDB's id of a document, also as mongoexport writes it into CSV (`ObjectId(…)`). */
export function readObjectId(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  return /^(?:ObjectId\(["']?)?([0-9a-f]{24})(?:["']?\))?$/i.exec(value.trim())?.[1]?.toLowerCase()
}

/** Text like `1.000`: a thousand for who writes dots between thousands, one for who writes them before decimals. */
export function isAmbiguous(value: unknown): boolean {
  return typeof value === 'string' && /^[+-]?\d{1,3}(\.\d{3})+$/.test(value.trim())
}

/** A number, or text that is one; undefined for what is neither and for what isn't finite. */
export function readNumber(value: unknown): number | undefined {
  const isNumber =
    typeof value === 'number' || (typeof value === 'string' && /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value))
  const number = isNumber ? Number(value) : Number.NaN
  return Number.isFinite(number) ? number : undefined
}

/**
 * A time in UTC milliseconds: from a Date, seconds or milliseconds since 1970, or ISO text, which is in UTC unless it says
 * otherwise.
 */
export function readTime(value: unknown): number | undefined {
  const number = readNumber(value)
  let time: number | undefined
  if (value instanceof Date) time = value.getTime()
  else if (number !== undefined) time = number < leastMs ? number * 1000 : number
  else if (typeof value === 'string') time = parseIso(value.trim())
  return time !== undefined && time > 0 && time <= latestTime ? Math.floor(time) : undefined
}

function parseIso(text: string): number | undefined {
  const [, day, hours = '00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))? ?(Z|UTC|[+-]\d\d:?\d\d)?$/i.exec(text) ?? []
  return day === undefined ? undefined : Date.parse(`${day}T${hours}${zone.replace(/UTC/i, 'Z')}`)
}

/** Text that says no more than yes or no, in what old servers and spreadsheets write. */
export function readFlag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  const word = typeof value === 'string' || typeof value === 'number' ? String(value).trim().toLowerCase() : ''
  if (/^(?:true|yes|y|1|x)$/.test(word)) return true
  return /^(?:false|no|n|0|none|null|-)$/.test(word) ? false : undefined
}

/** A value in a message: short, and with nothing that would disturb a terminal. */
export function show(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value))
  const plain = escapeControls(text)
  return plain.length <= 60 ? plain : `${plain.slice(0, 59)}…`
}
