import { setTimeout as sleep } from 'node:timers/promises'
import type { Community } from '../config/community.ts'
import type { Database } from '../database/database.ts'
import type { Pseudonyms } from '../privacy/pseudonyms.ts'
import { EarlierRecords } from './earlier-records.ts'
import { chooseFields, type FieldMap } from './field-map.ts'
import { listErased } from './import.store.ts'
import { type ImportedPlayer, readPlayer } from './read-player.ts'
import { readRecords, type Source } from './read-records.ts'
import { isSkip, type Remark } from './remarks.ts'
import type { SourceRecord } from './source-record.ts'
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

/** A record that was read: a player to write unless it is skipped. */
type Item = { line: number; player: ImportedPlayer | undefined; remarks: Remark[] }

/**
 * Imports the players of a file into a community, a batch an act. What an earlier import has written, whole or broken off,
 * is found and left as it is. @throws NotImportable
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
  let batch: Item[] = []
  const flush = async (): Promise<void> => {
    const written = await writeBatch(database, batch, options)
    for (const item of batch) await tell(item, written.get(item), { summary, listener })
    batch = []
    listener.progress(summary.records)
    await sleep(pauseMs)
  }
  for await (const record of readRecords(source)) {
    batch.push(toItem(record, earlier, reading))
    if (batch.length >= batchSize) await flush()
  }
  if (batch.length > 0) await flush()
  return summary
}

function toItem(record: SourceRecord, earlier: EarlierRecords, reading: Parameters<typeof readPlayer>[1]): Item {
  const { line } = record
  if ('unreadable' in record) {
    return { line, player: undefined, remarks: [{ reason: 'unreadable', message: record.unreadable }] }
  }
  const { player, remarks } = readPlayer(record.fields, reading)
  const double = player === undefined ? undefined : earlier.findDouble(player, line)
  return double === undefined ? { line, player, remarks } : { line, player: undefined, remarks: [double] }
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

async function tell(
  { line, remarks: ofReading }: Item,
  written: Written | undefined,
  { summary, listener }: { summary: Summary; listener: Listener },
): Promise<void> {
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
    await listener.remark(line, remark)
  }
}
