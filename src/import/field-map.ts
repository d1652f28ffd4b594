import { escapeControls } from '../escape-controls.ts'
import type { Fields, SourceRecord } from './source-record.ts'
import { CutShort, NotImportable } from './source-text.ts'
import { findValue } from './values.ts'

/**
 * What is imported, and the names under which old servers keep it, the surest first. They are compared without regard to
 * letter case, underscores, spaces and dots; only at the top of a record.
 */
export const knownNames = {
  _id: ['_id', 'objectid'],
  roblox_id: ['robloxid', 'robloxuserid', 'rbxid', 'userid', 'playerid', 'id'],
  username: ['username', 'robloxusername', 'robloxname', 'playername', 'name'],
  points: ['points', 'totalpoints', 'point'],
  certifications: ['certifications', 'certification', 'certs'],
  ban: ['ban', 'banned', 'isbanned'],
  ban_reason: ['banreason', 'banmessage'],
  ban_moderator: ['banmoderator', 'bannedby'],
  ban_at: ['banat', 'bannedat', 'bandate', 'bannedon'],
  ban_until: ['banuntil', 'banneduntil', 'banends', 'banendsat', 'banend', 'banexpires', 'banexpiresat', 'unbanat'],
} as const

/** A thing that is imported. */
export type Target = keyof typeof knownNames

/** Where each thing stands in a record, as a path; what is missing is not imported. */
export type FieldMap = ReadonlyMap<Target, string>

/** Records that are looked at before the first is imported. */
export const sampleSize = 1000

const targets = Object.keys(knownNames).filter(isTarget)

/** Reads `roblox_id=userId,points=hours.total`; an empty path means that the thing is not imported. @throws RangeError */
export function parseFieldMap(text: string): FieldMap {
  const map = new Map<Target, string>()
  for (const pair of text.split(',')) {
    const [name = '', ...path] = pair.split('=')
    const target = name.trim()
    if (path.length === 0) throw new RangeError(`Write NAME=FIELD, not ${pair}.`)
    if (!isTarget(target)) throw new RangeError(`There is no ${target}; there are: ${targets.join(', ')}.`)
    if (map.has(target)) throw new RangeError(`${target} is there twice.`)
    map.set(target, path.join('=').trim())
  }
  return map
}

/** The fields that are used, and those that were asked for but that no record of the sample has. */
export type Choice = { map: FieldMap; unseen: string[] }

/**
 * Chooses the fields once, for the whole file: those that were given, and for the rest the surest name that any of the
 * first records has. @throws NotImportable where no record can be read, or none has a Roblox id
 */
export async function chooseFields(records: AsyncIterable<SourceRecord>, given: FieldMap): Promise<Choice> {
  const { seen, found } = await look(records, given)
  const map = new Map<Target, string>()
  for (const target of targets) {
    const path = given.get(target) ?? guess(target, seen)
    if (path !== undefined && path !== '') map.set(target, path)
  }
  requireRobloxId(map, { seen, found, given })
  const unseen = [...given].filter(([target, path]) => path !== '' && !found.has(target)).map(([, path]) => path)
  return { map, unseen }
}

/** The names of fields that there are, and the things that are where they were said to be. */
type Sample = { seen: ReadonlySet<string>; found: ReadonlySet<Target> }

async function look(records: AsyncIterable<SourceRecord>, given: FieldMap): Promise<Sample> {
  const seen = new Set<string>()
  const found = new Set<Target>()
  let looked = 0
  let isReadable = false
  let firstFailure = ''
  try {
    for await (const record of records) {
      if ('fields' in record) {
        isReadable = true
        for (const name of Object.keys(record.fields)) seen.add(name)
        for (const [target, path] of given) if (findValue(record.fields, path) !== undefined) found.add(target)
      } else if (firstFailure === '') firstFailure = `the first, on line ${record.line}: ${record.unreadable}`
      if (++looked >= sampleSize) break
    }
  } catch (error) {
    // What stands before the damage is imported, and then the import says so.
    if (!(error instanceof CutShort) || !isReadable) throw error
  }
  if (looked === 0) throw new NotImportable('the file has no records')
  if (!isReadable) throw new NotImportable(`no record could be read; ${firstFailure}`)
  return { seen, found }
}

function requireRobloxId(map: FieldMap, { seen, found, given }: Sample & { given: FieldMap }): void {
  if (map.has('roblox_id') && (found.has('roblox_id') || !given.has('roblox_id'))) return
  const names = seen.size === 0 ? 'none' : escapeControls([...seen].slice(0, 30).join(', '))
  const path = map.get('roblox_id')
  const what = path === undefined ? 'no field is known to hold the Roblox id' : `no record has ${path}`
  throw new NotImportable(`${what}: say which does with --fields roblox_id=FIELD; there are: ${names}`)
}

function guess(target: Target, seen: ReadonlySet<string>): string | undefined {
  for (const known of knownNames[target]) {
    // MongoDB's `_id` is no `id`.
    for (const name of seen) if (simplify(name) === known) return name
  }
  return undefined
}

function simplify(name: string): string {
  return name === '_id' ? name : name.toLowerCase().replace(/[\s._-]/g, '')
}

function isTarget(name: string): name is Target {
  return Object.hasOwn(knownNames, name)
}

/** A record's value for a thing; undefined where it has none or the thing is not imported. */
export function findMapped(map: FieldMap, fields: Fields, target: Target): unknown {
  const path = map.get(target)
  return path === undefined ? undefined : findValue(fields, path)
}
