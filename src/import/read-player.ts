import type { Community } from '../config/community.ts'
import { type ImportedBan, readBan } from './ban-field.ts'
import { readCertifications } from './certifications-field.ts'
import { type FieldMap, findMapped, type Target } from './field-map.ts'
import type { Remark } from './remarks.ts'
import type { Fields } from './source-record.ts'
import { isAmbiguous, readNumber, readObjectId, readRobloxId, show } from './values.ts'

/** A player as the old server knew them. Without an `objectId` a new record gets a fresh one. */
export type ImportedPlayer = {
  robloxId: string
  objectId: string | undefined
  username: string | undefined
  points: number
  codes: string[]
  ban: ImportedBan | undefined
}

/** What became of a record: a player, or the reason why it is skipped. */
export type Reading = { player: ImportedPlayer; remarks: Remark[] } | { player: undefined; remarks: [Remark] }

export type ReadingOptions = { map: FieldMap; codes: Community['certifications']['codes']; now: number }

/** As for corrections by `points adjust`. */
const mostPoints = 999_999_999
const ambiguous = 'may be meant with thousands or with decimals: write it without dots'

/** Reads a record's fields. What can't be read is left out with a remark; without a Roblox id there is no player. */
export function readPlayer(fields: Fields, { map, codes, now }: ReadingOptions): Reading {
  const find = (target: Target) => findMapped(map, fields, target)
  const id = find('roblox_id')
  const robloxId = readRobloxId(id)
  if (id === undefined) return skip('roblox-id-missing', `it has no Roblox id in ${map.get('roblox_id')}`)
  if (isAmbiguous(id)) return skip('roblox-id-ambiguous', `its Roblox id ${show(id)} ${ambiguous}`)
  if (robloxId === undefined) return skip('roblox-id-invalid', `its Roblox id ${show(id)} is no whole number from 1 on`)
  const remarks: Remark[] = []
  const take = <T extends { remarks: Remark[] }>(part: T): T => {
    remarks.push(...part.remarks)
    return part
  }
  const { objectId } = take(readId(find('_id')))
  const { username } = take(readUsername(find('username')))
  const { points } = take(readPoints(find('points')))
  const certifications = take(readCertifications(find('certifications'), codes))
  const banValues = {
    isMapped: map.has('ban'),
    ban: find('ban'),
    reason: find('ban_reason'),
    moderator: find('ban_moderator'),
    at: find('ban_at'),
    until: find('ban_until'),
  }
  const { ban } = take(readBan(banValues, now))
  return { player: { robloxId, objectId, username, points, codes: certifications.codes, ban }, remarks }
}

function skip(reason: Remark['reason'], message: string): Reading {
  return { player: undefined, remarks: [{ reason, message }] }
}

function readId(value: unknown): { objectId: string | undefined; remarks: Remark[] } {
  const objectId = readObjectId(value)
  if (value === undefined || objectId !== undefined) return { objectId, remarks: [] }
  const message = `its _id ${show(value)} has not 24 hexadecimal digits: a player who is new gets a fresh one`
  return { objectId, remarks: [{ reason: 'object-id-invalid', message }] }
}

function readUsername(value: unknown): { username: string | undefined; remarks: Remark[] } {
  if (value === undefined) return { username: undefined, remarks: [] }
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  const username = isPlain ? String(value).trim() : ''
  if (/^\w{3,20}$/.test(username)) return { username, remarks: [] }
  const message = `its username ${show(value)} is none that Roblox allows: not imported`
  return { username: undefined, remarks: [{ reason: 'username-invalid', message }] }
}

/** The ledger counts whole points; negative ones are a debt, as corrections may leave one here too. */
function readPoints(value: unknown): { points: number; remarks: Remark[] } {
  if (value === undefined) return { points: 0, remarks: [] }
  if (isAmbiguous(value)) {
    const message = `its points ${show(value)} ${ambiguous}; not imported`
    return { points: 0, remarks: [{ reason: 'points-ambiguous', message }] }
  }
  const number = readNumber(typeof value === 'string' ? value.trim() : value)
  const points = Math.floor(number ?? Number.NaN)
  if (number === undefined || Math.abs(points) > mostPoints) {
    const message = `its points ${show(value)} are no number from -${mostPoints} to ${mostPoints}: not imported`
    return { points: 0, remarks: [{ reason: 'points-invalid', message }] }
  }
  const remarks: Remark[] = []
  if (points !== number)
    remarks.push({ reason: 'points-rounded', message: `its ${number} points are rounded down to ${points}` })
  if (points < 0) remarks.push({ reason: 'points-negative', message: `its points are ${points}: imported as they are` })
  return { points: points === 0 ? 0 : points, remarks }
}
