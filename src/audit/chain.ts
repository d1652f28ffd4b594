import { createHash } from 'node:crypto'
import type { Db } from '../database/schema.ts'

/** Where the trail of a community begins: the hash before the first entry. */
export const noHash = '0'.repeat(64)

/** What an entry says, with the salt that keeps its digest from being guessed. The order of its members is hashed. */
export type EntryContent = {
  community: string
  id: string
  act: string
  robloxId: string | null
  moderator: string | null
  keyId: string
  requestId: string
  before: string | null
  after: string | null
  createdAt: number
  salt: string
}

/** SHA-256 of an entry. It stays when what the entry says of an erased person goes. */
export function digestOf(entry: EntryContent): string {
  const { community, id, act, robloxId, moderator, keyId, requestId, before, after, createdAt, salt } = entry
  return sha256([community, id, act, robloxId, moderator, keyId, requestId, before, after, createdAt, salt])
}

/** The hash of an entry in its chain: over its place, its digest and the hash of the entry before it. */
export function hashOf(link: { sequence: number; digest: string; previous: string }): string {
  return sha256([link.sequence, link.digest, link.previous])
}

/**
 * Takes the next place in a community's chain. Other acts of the community that are audited wait until this one is
 * committed, or they would take the same place.
 */
export async function takePlace(trx: Db, community: string): Promise<{ sequence: number; previous: string }> {
  await trx
    .insertInto('audit_head')
    .values({ community, sequence: 0, hash: noHash })
    .onConflict((conflict) => conflict.column('community').doNothing())
    .execute()
  const head = await trx
    .updateTable('audit_head')
    .set((eb) => ({ sequence: eb('sequence', '+', 1) }))
    .where('community', '=', community)
    .returning(['sequence', 'hash'])
    .executeTakeFirstOrThrow()
  return { sequence: head.sequence, previous: head.hash }
}

export async function moveHead(trx: Db, community: string, hash: string): Promise<void> {
  await trx.updateTable('audit_head').set({ hash }).where('community', '=', community).execute()
}

function sha256(values: readonly (string | number | null)[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex')
}
