import { hash } from 'node:crypto'
import type { Community } from '../config/community.ts'
import type { Db } from '../database/schema.ts'
import { closeEndedBan, insertBan } from '../features/ban/ban.store.ts'
import { restrictTask } from '../features/ban/ban.ts'
import { insertCertification } from '../features/certification/certification.store.ts'
import { addJob } from '../jobs/queue.ts'
import { findPlayer, rememberUser } from '../players/players.store.ts'
import { addPointsOnce, imported } from '../points/ledger.ts'
import type { ImportedBan } from './ban-field.ts'
import { findAmount, findOwner, insertPlayer, isBanKnown, wasRevoked } from './import.store.ts'
import type { ImportedPlayer } from './read-player.ts'
import type { Remark } from './remarks.ts'

/** Who an import says has granted and banned, where the old server doesn't say. */
const importer = 'import'

export type WritingOptions = { community: Community; createId: () => string; now: number }

/** What became of a player in the database: `isNew` tells whether the record was made, the numbers what was added to it. */
export type Written = {
  isNew: boolean
  points: number
  certifications: number
  bans: number
  remarks: Remark[]
}

/**
 * Writes one player, in the transaction of a batch. What an import has written before is never written again: the ids of
 * its entries come from the community and the Roblox id alone, and the database's keys decide.
 */
export async function writePlayer(trx: Db, player: ImportedPlayer, options: WritingOptions): Promise<Written> {
  const { community, createId, now } = options
  const who = { community: community.slug, robloxId: player.robloxId }
  const written: Written = { isNew: false, points: 0, certifications: 0, bans: 0, remarks: [] }
  const objectId = player.objectId ?? createId()
  written.isNew = await insertPlayer(trx, { ...who, objectId, now })
  if (!written.isNew) {
    const record = await findPlayer(trx, who.community, who.robloxId)
    if (record === undefined) return { ...written, remarks: [await remarkTaken(trx, who.community, objectId)] }
    if (player.objectId !== undefined && record.objectId !== player.objectId)
      written.remarks.push(remarkKept(record.objectId))
  }
  // As old as can be: whatever Roblox has said of the name is newer.
  if (player.username !== undefined) await rememberUser(trx, { id: player.robloxId, name: player.username, askedAt: 0 })
  await writePoints(trx, player, options, written)
  await writeCertifications(trx, player, options, written)
  if (player.ban !== undefined) await writeBan(trx, { ...who, ban: player.ban }, options, written)
  return written
}

async function remarkTaken(trx: Db, community: string, objectId: string): Promise<Remark> {
  const owner = await findOwner(trx, { community, objectId })
  return { reason: 'object-id-taken', message: `its _id ${objectId} is that of the player ${owner} already` }
}

function remarkKept(objectId: string): Remark {
  return { reason: 'object-id-kept', message: `the player has a record already, whose _id ${objectId} is kept` }
}

async function writePoints(trx: Db, player: ImportedPlayer, options: WritingOptions, written: Written): Promise<void> {
  const { community, now } = options
  if (player.points === 0) return
  const id = idOf('points', community.slug, player.robloxId)
  const entry = {
    community: community.slug,
    id,
    robloxId: player.robloxId,
    amount: player.points,
    reason: imported,
    now,
  }
  if (await addPointsOnce(trx, entry)) {
    written.points = player.points
    return
  }
  const before = await findAmount(trx, { community: community.slug, id })
  if (before === player.points) return
  const message = `its ${player.points} points are not the ${before} that were imported before, which are kept`
  written.remarks.push({ reason: 'points-differ', message })
}

async function writeCertifications(
  trx: Db,
  player: ImportedPlayer,
  { community, now }: WritingOptions,
  written: Written,
): Promise<void> {
  const who = { community: community.slug, robloxId: player.robloxId }
  for (const code of player.codes) {
    // Nothing can have been revoked of a player who had no record.
    if (!written.isNew && (await wasRevoked(trx, { ...who, code }))) {
      const message = `the certification ${code} was revoked here since: it is not granted again`
      written.remarks.push({ reason: 'certification-revoked', message })
    } else if (await insertCertification(trx, { ...who, code, grantedBy: importer, grantedAt: now })) {
      written.certifications++
    }
  }
}

async function writeBan(
  trx: Db,
  { ban, ...who }: { community: string; robloxId: string; ban: ImportedBan },
  { community, createId, now }: WritingOptions,
  written: Written,
): Promise<void> {
  const id = idOf('ban', who.community, who.robloxId)
  await closeEndedBan(trx, who, now)
  if (await insertBan(trx, { ...who, ...ban, id, bannedAt: ban.bannedAt ?? now })) {
    written.bans++
    if (community.roblox.universe === undefined || community.roblox.apiKey === undefined) return
    // Roblox itself enforces it as it does every other ban.
    const payload = { robloxId: who.robloxId }
    await addJob(trx, { community: who.community, id: createId(), task: restrictTask, payload, runAt: now, now })
    return
  }
  // Imported before, and perhaps lifted since.
  if (await isBanKnown(trx, { community: who.community, id })) return
  written.remarks.push({ reason: 'ban-open', message: 'the player is banned here already: that ban is kept' })
}

/** The same 24 hexadecimal digits each time, and no others' than this player's. */
function idOf(what: 'points' | 'ban', community: string, robloxId: string): string {
  const identity = JSON.stringify([importer, what, community, robloxId])
  return hash('sha256', identity).slice(0, 24)
}
