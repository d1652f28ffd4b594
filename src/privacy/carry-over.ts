import type { Database } from '../database/database.ts'
import type { Db } from '../database/schema.ts'
import { lockPlayer } from '../players/players.store.ts'
import {
  carriedOver,
  deleteUnpaidShifts,
  findOldEntries,
  listOldAdjustments,
  listOldEntries,
  listOldShifts,
  type OldEntry,
  type OldRow,
  replaceEntries,
} from './carry-over.store.ts'
import { batchRows, type Turns, throughPages } from './turns.ts'

type Dependencies = { database: Database; createId: () => string }
type Limit = { community: string; before: number }

/**
 * Removes a community's shifts and entries of the ledger from before `before` (UTC milliseconds); each player's points
 * stay, as one entry. @returns how many shifts and entries were removed
 */
export async function carryOverShifts(dependencies: Dependencies, limit: Limit, turns: Turns): Promise<number> {
  const { read } = dependencies.database
  let done = 0
  for (const list of [listOldShifts, listOldAdjustments]) {
    done += await throughPages<OldRow>(turns, {
      read: (after) => list(read, { ...limit, after, limit: batchRows }),
      work: ({ rows }) => carryOverPlayers(dependencies, { ...limit, page: rows, turns }),
    })
  }
  return done
}

async function carryOverPlayers(
  { database, createId }: Dependencies,
  { page, turns, ...limit }: Limit & { page: readonly OldRow[]; turns: Turns },
): Promise<number> {
  let rows = 0
  for (const robloxId of new Set(page.map((row) => row.robloxId))) {
    while (await turns.next()) {
      const done = await database.act((trx) => carryOver(trx, { ...limit, robloxId }, createId))
      rows += done.rows
      if (done.isLast) break
    }
  }
  return rows
}

type PlayerLimit = Limit & { robloxId: string }

/** Carries over a batch of a player's entries. `isLast` where nothing is left that could be. */
async function carryOver(
  trx: Db,
  player: PlayerLimit,
  createId: () => string,
): Promise<{ rows: number; isLast: boolean }> {
  // Another instance that does the same must not read these entries before they are gone.
  await lockPlayer(trx, player)
  const oldest = await listOldEntries(trx, { ...player, limit: batchRows })
  const entries = await keepPairs(trx, player, oldest)
  const removed = entries.filter(({ reason }) => reason !== carriedOver).length
  let shifts = await deleteUnpaidShifts(trx, { ...player, limit: batchRows })
  const isLast = shifts < batchRows && (oldest.length < batchRows || removed === 0)
  if (removed > 0) {
    const createdAt = entries.reduce((latest, entry) => Math.max(latest, entry.createdAt), 0)
    shifts += await replaceEntries(trx, player, { entries, id: createId(), createdAt })
  }
  return { rows: removed + shifts, isLast }
}

/**
 * A reversal and what it reverses go together or not at all, or one could be reversed twice and the other would reverse
 * nothing. Gives the entries with those that belong to them, without those of which something has to stay.
 */
async function keepPairs(trx: Db, player: PlayerLimit, entries: readonly OldEntry[]): Promise<OldEntry[]> {
  const found = new Map(entries.map((entry) => [entry.id, entry]))
  const listMissing = (among: readonly OldEntry[]) => among.flatMap(listTies).filter((id) => !found.has(id))
  for (let missing = listMissing(entries); missing.length > 0; ) {
    const more = await findOldEntries(trx, { ...player, ids: missing })
    for (const entry of more) found.set(entry.id, entry)
    missing = listMissing(more)
  }
  for (;;) {
    const untied = [...found.values()].filter((entry) => listMissing([entry]).length > 0)
    if (untied.length === 0) return [...found.values()]
    for (const { id } of untied) found.delete(id)
  }
}

function listTies({ reverses, reversedBy }: OldEntry): string[] {
  return [reverses, reversedBy].filter((id) => id !== null)
}
