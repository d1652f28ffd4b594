import { setTimeout as sleep } from 'node:timers/promises'
import type { Community } from '../config/community.ts'
import type { Database } from '../database/database.ts'
import { escapeControls } from '../escape-controls.ts'
import type { Pseudonyms } from '../privacy/pseudonyms.ts'
import { EarlierRecords } from './earlier-records.ts'
import { chooseFields, type FieldMap } from './field-map.ts'
import { listErased } from './import.store.ts'
import { type ImportedPlayer, type Reading, type ReadingOptions, readPlayer } from './read-player.ts'
import { readRecords, type Source } from './read-records.ts'
import { isSkip, type Remark } from './remarks.ts'
import type { Fields, SourceRecord } from './source-record.ts'
import { emptySummary, type Summary } from './summary.ts'
import { type Written, writePlayer } from './write-player.ts'

/** Records of one act. */
const batchSize = 200
/** Between two acts, so that a server on the same SQLite file, which looks every 10 ms, gets its turn. */
const pauseMs = 15

export type ImportOptions = {
  community: Community
  /** The fields to use; for the rest the usual names are looked for. */
  fields: FieldMap
  /** Decides and tells everything, and writes nothing. */
  isDryRun: boolean
  createId: () => string
  now: number
  /** By which those are known who were erased; of a community that was prepared. */
  pseudonyms: Pick<Pseudonyms, 'of'>
}

/** Who is told what happens, while it happens. */
export type Listener = {
  chosen(fields: FieldMap, unseen: string[]): void
  remark(line: number, remark: Remark): Promise<void>
  progress(records: number): void
}

/** An import that ended before its file did; `cause` is why, and `summary` what was done until then. */
export class BrokenOff extends Error {
  readonly summary: Summary

  constructor(summary: Summary, cause: unknown) {
    super('the import broke off', { cause })
    this.summary = summary
  }
}

/** A record that was read: a player to write unless it is skipped. */
type Item = { line: number; player: ImportedPlayer | undefined; remarks: Remark[] }

/**
 * Imports the players of a file into a community, a batch an act. What an earlier import has written, whole or broken off,
 * is found and left as it is. Of a damaged file everything before the damage is imported.
 * @throws NotImportable where it did not begin
 * @throws BrokenOff where it did not come to the end
 */
export async function importPlayers(
  database: Database,
  source: Source,
  options: ImportOptions,
  listener: Listener,
): Promise<Summary> {
  const { map, unseen } = await chooseFields(readRecords(source), options.fields)
  listener.chosen(map, unseen)
  const summary = emptySummary()
  const earlier = new EarlierRecords()
  const reading = { map, codes: options.community.certifications.codes, now: options.now }
  try {
    for await (const records of inBatches(readRecords(source))) {
      const batch = records.map((record) => toItem(record, earlier, reading))
      const written = await writeBatch(database, batch, options)
      // All of what is written is counted before anybody is told, which may fail.
      const told = batch.map((item) => ({ line: item.line, remarks: count(item, written.get(item), summary) }))
      for (const { line, remarks } of told) for (const remark of remarks) await listener.remark(line, remark)
      listener.progress(summary.records)
      await sleep(pauseMs)
    }
  } catch (cause) {
    throw new BrokenOff(summary, cause)
  }
  return summary
}

/** Records of one act at a time, also those that were read before the reading failed. */
async function* inBatches(records: AsyncIterable<SourceRecord>): AsyncGenerator<SourceRecord[]> {
  let batch: SourceRecord[] = []
  try {
    for await (const record of records) {
      batch.push(record)
      if (batch.length < batchSize) continue
      yield batch
      batch = []
    }
  } catch (cause) {
    if (batch.length > 0) yield batch
    throw cause
  }
  if (batch.length > 0) yield batch
}

function toItem(record: SourceRecord, earlier: EarlierRecords, reading: ReadingOptions): Item {
  const { line } = record
  if ('unreadable' in record) {
    return { line, player: undefined, remarks: [{ reason: 'unreadable', message: record.unreadable }] }
  }
  const { player, remarks } = readOrExplain(record.fields, reading)
  const double = player === undefined ? undefined : earlier.findDouble(player, line)
  return double === undefined ? { line, player, remarks } : { line, player: undefined, remarks: [double] }
}

/** Nothing that stands in one record ends the import of the others. */
function readOrExplain(fields: Fields, reading: ReadingOptions): Reading {
  try {
    return readPlayer(fields, reading)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return {
      player: undefined,
      remarks: [{ reason: 'unreadable', message: `it can't be read (${escapeControls(why)})` }],
    }
  }
}

/** Ends an act whose writes are not wanted. */
class RolledBack extends Error {
  readonly written: ReadonlyMap<Item, Written>

  constructor(written: ReadonlyMap<Item, Written>) {
    super('a dry run writes nothing')
    this.written = written
  }
}

/** What an old export still holds of somebody who was forgotten here doesn't come back. */
const wasErased: Written = {
  isNew: false,
  points: 0,
  certifications: 0,
  bans: 0,
  remarks: [{ reason: 'erased', message: 'the player asked to be erased here' }],
}

async function writeBatch(
  database: Database,
  batch: readonly Item[],
  options: ImportOptions,
): Promise<ReadonlyMap<Item, Written>> {
  try {
    return await database.act(async (trx) => {
      const written = new Map<Item, Written>()
      const players = inOneOrder(batch)
      const community = options.community.slug
      const nameOf = ({ robloxId }: ImportedPlayer) => options.pseudonyms.of({ community, robloxId })
      const erased = await listErased(
        trx,
        community,
        players.map(({ player }) => nameOf(player)),
      )
      for (const { item, player } of players) {
        written.set(item, erased.has(nameOf(player)) ? wasErased : await writePlayer(trx, player, options))
      }
      if (options.isDryRun) throw new RolledBack(written)
      return written
    })
  } catch (error) {
    if (error instanceof RolledBack) return error.written
    throw error
  }
}

/** Two imports that write the same players in one order never wait for each other in a circle. */
function inOneOrder(batch: readonly Item[]): { item: Item; player: ImportedPlayer }[] {
  return batch
    .flatMap((item) => (item.player === undefined ? [] : [{ item, player: item.player }]))
    .toSorted((one, other) => (one.player.robloxId < other.player.robloxId ? -1 : 1))
}

/** Adds a record to the summary. @returns what there is to say of it */
function count({ remarks: ofReading }: Item, written: Written | undefined, summary: Summary): Remark[] {
  const ofWriting = written?.remarks ?? []
  // What was to be said of a record that is skipped after all has no meaning any more.
  const remarks = ofWriting.some(isSkip) ? ofWriting : [...ofReading, ...ofWriting]
  summary.records++
  if (written === undefined || remarks.some(isSkip)) summary.skipped++
  else if (written.isNew) summary.newPlayers++
  else summary.knownPlayers++
  summary.points += written?.points ?? 0
  summary.playersWithPoints += written?.points ? 1 : 0
  summary.certifications += written?.certifications ?? 0
  summary.bans += written?.bans ?? 0
  for (const remark of remarks) {
    summary.remarks.set(remark.reason, (summary.remarks.get(remark.reason) ?? 0) + 1)
  }
  return remarks
}
