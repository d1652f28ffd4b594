import { Type } from 'typebox'
import { Parse } from 'typebox/value'
import { type Act, type Origin, recordActs, type TrailDependencies } from '../audit/audit.ts'
import { splitBlanked } from '../audit/blanked.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { Db } from '../database/schema.ts'
import { addJob } from '../jobs/queue.ts'
import type { Task } from '../jobs/runner.ts'
import { erasePerson, type Removed } from './erase.ts'
import type { Pseudonyms } from './pseudonyms.ts'

export const eraseTask = 'privacy.erase'

type Person = { community: string; robloxId: string }

/** Who asked for an erasure: somebody at the command line, or Roblox by a notification with this id. */
export type ErasureSource = { by: 'command' } | { by: 'roblox'; notificationId: string }

/** What is kept of an erasure: that it was done, when, and how many rows of each table it removed. */
export type Receipt = { id: string; community: string; askedAt: string; doneAt: string; removed: Removed }

export type ErasureDependencies = TrailDependencies & { database: Database; pseudonyms: Pseudonyms }

/** Keeps the receipt of an erasure that is asked for. @returns false where the notification came before */
async function openReceipt(
  trx: Db,
  { clock, pseudonyms }: { clock: Clock; pseudonyms: Pseudonyms },
  { id, person, source }: { id: string; person: Person; source: ErasureSource },
): Promise<boolean> {
  const result = await trx
    .insertInto('erasure')
    .values({
      community: person.community,
      id,
      source: source.by,
      notification_id: source.by === 'roblox' ? source.notificationId : null,
      subject: pseudonyms.of(person),
      asked_at: clock(),
      done_at: null,
      removed: null,
    })
    .onConflict((conflict) => conflict.columns(['community', 'notification_id']).doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Asks for a player to be erased by a job, once for each notification. @returns whether it was asked for now */
export async function askForErasure(
  trx: Db,
  dependencies: ErasureDependencies,
  { person, source }: { person: Person; source: ErasureSource },
): Promise<boolean> {
  const { clock, createId } = dependencies
  const id = createId()
  if (!(await openReceipt(trx, dependencies, { id, person, source }))) return false
  const { community, robloxId } = person
  const now = clock()
  const payload = { receipt: id, robloxId }
  await addJob(trx, { community, id: createId(), task: eraseTask, payload, runAt: now, now })
  return true
}

/** Erases a player at once. */
export async function eraseNow(
  trx: Db,
  dependencies: ErasureDependencies,
  { person, source, origin }: { person: Person; source: ErasureSource; origin: Origin },
): Promise<Receipt> {
  const id = dependencies.createId()
  await openReceipt(trx, dependencies, { id, person, source })
  return fulfil(trx, dependencies, { id, person, origin })
}

const Payload = Type.Object({ receipt: Type.String(), robloxId: Type.String() })

/** Does an erasure that was asked for. */
export function createEraseTask(dependencies: ErasureDependencies): Task {
  return async ({ community, id, payload }) => {
    const { receipt, robloxId } = Parse(Payload, payload)
    const origin = { community, keyId: 'roblox', requestId: id }
    await dependencies.database.act((trx) =>
      fulfil(trx, dependencies, { id: receipt, person: { community, robloxId }, origin }),
    )
  }
}

/** Removes everything, and writes down that it was done: on the receipt, and in the audit trail without a name. */
async function fulfil(
  trx: Db,
  dependencies: ErasureDependencies,
  { id, person, origin }: { id: string; person: Person; origin: Origin },
): Promise<Receipt> {
  const { community } = person
  const now = dependencies.clock()
  const pseudonym = dependencies.pseudonyms.of(person)
  const placeholderId = dependencies.createId()
  const { removed, blanked } = await erasePerson(trx, { ...person, pseudonym, placeholderId, now })
  const { asked_at } = await trx
    .updateTable('erasure')
    .set({ done_at: now, removed: JSON.stringify(removed) })
    .where('community', '=', community)
    .where('id', '=', id)
    .returning('asked_at')
    .executeTakeFirstOrThrow()
  await recordActs(trx, dependencies, origin, listActs(id, blanked))
  const toTime = (at: number) => new Date(at).toISOString()
  return { id, community, askedAt: toTime(asked_at), doneAt: toTime(now), removed }
}

/** The act of an erasure, which names the entries that it blanked, and others for those that one can't name. */
function listActs(receipt: string, sequences: readonly number[]): Act[] {
  const [blanked = [], ...more] = splitBlanked(sequences)
  return [
    { act: 'player.erase', after: { receipt, blanked } },
    ...more.map((blanked): Act => ({ act: 'audit.forget', after: { receipt, blanked } })),
  ]
}
