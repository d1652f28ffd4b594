import { hash } from 'node:crypto'
import type { Actor } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { Community } from '../../config/community.ts'
import type { Database } from '../../database/database.ts'
import type { Db } from '../../database/schema.ts'
import { addJob } from '../../jobs/queue.ts'
import { learnUserTask } from '../../players/players.jobs.ts'
import { earnPoints } from '../../points/ledger.ts'
import { Problem } from '../../problem.ts'
import { listHeldCertifications } from '../certification/certification.ts'
import { forgetIdentities, insertShift, takeIdentity } from './shift.store.ts'

/** Nobody can work the same shift twice in the time it took, of which this much counts at most (contract `/log` 5). */
const longestRepeatSeconds = 600

export type ShiftDependencies = { database: Database; clock: Clock; createId: () => string }

/** A shift as a game server reports it; `seconds` are whole. */
export type ReportedShift = { robloxId: string; place: string; server: string; seconds: number; isTraining: boolean }

/** @throws Problem `certification-missing` where the place asks for one that the player lacks, except in training */
export async function requireCertification(db: Db, community: Community, shift: ReportedShift): Promise<void> {
  const needed = community.places?.get(shift.place)?.certification
  if (needed === undefined || shift.isTraining) return
  const held = await listHeldCertifications(db, community, shift.robloxId)
  if (!held.includes(needed)) throw new Problem('certification-missing')
}

/** What a shift is worth: whole points (contract `/log` 5). */
export function pointsFor(
  { points }: Community,
  { seconds, isTraining }: { seconds: number; isTraining: boolean },
): number {
  if (seconds < points.minimumSeconds) return 0
  const worked = wholePart(seconds / points.secondsPerPoint)
  return isTraining ? wholePart(worked * points.trainingMultiplier) : worked
}

/** Rounds down, but not what is whole and only a binary fraction's error short of it: 100 × 0.29 is 29. */
function wholePart(value: number): number {
  return Math.floor(Number(value.toPrecision(15)))
}

/** Keeps a shift and pays it, both or neither; the same shift sent again changes nothing. */
export async function logShift(
  trx: Db,
  { clock, createId }: ShiftDependencies,
  { actor, shift, isNameKnown }: { actor: Actor; shift: ReportedShift; isNameKnown: boolean },
): Promise<void> {
  const now = clock()
  const windowMs = Math.min(shift.seconds, longestRepeatSeconds) * 1000
  const { community, keyId, requestId } = actor
  const slug = community.slug
  const isNew =
    windowMs === 0 ||
    (await takeIdentity(trx, { community: slug, identity: identityOf(shift), receivedAt: now, windowMs }))
  if (!isNew) return
  const points = pointsFor(community, shift)
  const id = createId()
  // None of these needs an answer of another one, so that they share the way to the database.
  await Promise.all([
    earnPoints(trx, {
      community: slug,
      id: createId(),
      objectId: createId(),
      robloxId: shift.robloxId,
      amount: points,
      reason: 'shift',
      shiftId: id,
      now,
    }),
    insertShift(trx, { community: slug, id, ...shift, points, receivedAt: now, keyId, requestId }),
  ])
  if (!isNameKnown) {
    await addJob(trx, {
      community: slug,
      id: createId(),
      task: learnUserTask,
      payload: { robloxId: shift.robloxId },
      runAt: now,
      now,
    })
  }
}

/** Forgets the identities that no repeat can match any more. */
export async function forgetRepeats({ database, clock }: ShiftDependencies): Promise<void> {
  await database.act((trx) => forgetIdentities(trx, clock() - longestRepeatSeconds * 1000))
}

function identityOf({ robloxId, place, server, isTraining, seconds }: ReportedShift): string {
  return hash('sha256', JSON.stringify([robloxId, place, server, isTraining, seconds]))
}
