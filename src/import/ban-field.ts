import { isText } from '../call/parameters.ts'
import type { Reason, Remark } from './remarks.ts'
import { type Fields, isFields } from './source-record.ts'
import { readFlag, readTime, show } from './values.ts'

/** A ban of the old server that still holds. Without `bannedAt` nobody knows since when, without `endsAt` it has no end. */
export type ImportedBan = {
  reason: string
  moderator: string
  bannedAt: number | undefined
  endsAt: number | undefined
}

/** What a record says of a ban: in one value, beside it, or both. `isMapped` tells whether there is a field for the first. */
export type BanValues = {
  isMapped: boolean
  ban: unknown
  reason: unknown
  moderator: unknown
  at: unknown
  until: unknown
}

type Parts = Omit<BanValues, 'isMapped' | 'ban'>

const longestReason = 1000
const longestModerator = 100
/** Ten years, as for bans through the API: what goes on for longer is meant to have no end. */
const longestMs = 315_360_000_000

/** Reads what a record says of a ban; `now` in UTC milliseconds decides whether it still holds. */
export function readBan(values: BanValues, now: number): { ban: ImportedBan | undefined; remarks: Remark[] } {
  const parts = findParts(values)
  if (parts === 'none') return { ban: undefined, remarks: [] }
  if (parts === 'unreadable') {
    const message = `whether ${show(values.ban)} is a ban can't be told: none is imported`
    return { ban: undefined, remarks: [{ reason: 'ban-unreadable', message }] }
  }
  const remarks: Remark[] = []
  const remark = (reason: Reason, message: string) => remarks.push({ reason, message })
  const endsAt = readEnd(parts.until, now, (message) => remark('ban-changed', message))
  if (endsAt !== undefined && endsAt <= now) {
    remark('ban-ended', `its ban ended at ${new Date(endsAt).toISOString()}: not imported`)
    return { ban: undefined, remarks }
  }
  const bannedAt = readTime(parts.at)
  if (parts.at !== undefined && bannedAt === undefined)
    remark('ban-changed', `its ban's time ${show(parts.at)} is none: it begins with the import`)
  const reason = toText(parts.reason)
  const isTooLong = reason !== '' && !isText(reason, longestReason)
  if (isTooLong) remark('ban-changed', `its ban's reason is cut to ${longestReason} characters`)
  const moderator = toText(parts.moderator)
  return {
    ban: {
      reason: reason === '' ? 'imported' : isTooLong ? [...reason].slice(0, longestReason).join('') : reason,
      moderator: isText(moderator, longestModerator) ? moderator : 'import',
      bannedAt: bannedAt !== undefined && bannedAt <= now ? bannedAt : undefined,
      endsAt,
    },
    remarks,
  }
}

function findParts({ isMapped, ban, ...beside }: BanValues): Parts | 'none' | 'unreadable' {
  if (ban === undefined) {
    // A reason that is left over from an old ban is no ban where a field of its own says whether there is one.
    const isToldBeside =
      !isMapped && Object.values(beside).some((value) => value !== undefined && readFlag(value) !== false)
    return isToldBeside ? beside : 'none'
  }
  const flag = readFlag(ban)
  if (flag !== undefined) return flag ? beside : 'none'
  if (ban instanceof Date) return { ...beside, at: beside.at ?? ban }
  if (isFields(ban)) return findInside(ban, beside)
  if (Array.isArray(ban) && ban.length === 0) return 'none'
  return typeof ban === 'string' ? { ...beside, reason: beside.reason ?? ban } : 'unreadable'
}

/** A document of its own for the ban, with the names that old servers use. */
function findInside(ban: Fields, beside: Parts): Parts | 'none' {
  const members = new Map(Object.entries(ban).map(([name, value]) => [name.toLowerCase().replace(/[_-]/g, ''), value]))
  const find = (...names: string[]) =>
    names.map((name) => members.get(name)).find((value) => value != null && value !== '')
  const isOff = readFlag(find('active', 'isactive', 'banned', 'isbanned', 'open', 'isopen')) === false
  const lifted = find('lifted', 'liftedat', 'unbanned', 'unbannedat', 'removed', 'removedat')
  const isLifted = lifted !== undefined && readFlag(lifted) !== false
  if (members.size === 0 || isOff || isLifted) return 'none'
  return {
    reason: beside.reason ?? find('reason', 'message', 'why'),
    moderator: beside.moderator ?? find('moderator', 'moderatorid', 'by', 'bannedby', 'staff'),
    at: beside.at ?? find('at', 'bannedat', 'date', 'since', 'createdat', 'timestamp'),
    until:
      beside.until ??
      find('until', 'bannedtill', 'banneduntil', 'ends', 'endsat', 'end', 'expires', 'expiresat', 'expiry'),
  }
}

/** Whoever was banned stays banned until somebody has looked: an end that can't be read is none. */
function readEnd(value: unknown, now: number, remark: (message: string) => void): number | undefined {
  if (value === undefined || readFlag(value) === false || value === -1 || value === '-1') return undefined
  const endsAt = readTime(value)
  if (endsAt === undefined) remark(`its ban's end ${show(value)} is no time: imported without an end`)
  if (endsAt === undefined || endsAt <= now + longestMs) return endsAt
  remark(`its ban goes on for more than ten years: imported without an end`)
  return undefined
}

function toText(value: unknown): string {
  if (value === undefined) return ''
  return (typeof value === 'string' ? value : show(value)).replaceAll('\0', '').trim()
}
