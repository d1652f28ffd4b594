import { hash } from 'node:crypto'
import type { Db } from '../database/schema.ts'

/** An entry's place in its community's chain, and its hash. */
export type Place = { sequence: number; hash: string }

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

/** What stays of an entry when its person is erased. */
type Lasting = Omit<EntryContent, 'community' | 'robloxId' | 'before' | 'after' | 'salt'>

/**
 * The hash of an entry in its chain: over its place, its digest and the hash of the entry before it, and once more over
 * what stays of it, so that this can be held against it when nothing else can.
 */
export function hashOf(link: Lasting & { sequence: number; digest: string; previous: string }): string {
  const { sequence, digest, previous, id, act, moderator, keyId, requestId, createdAt } = link
  return sha256([sequence, digest, previous, id, act, moderator, keyId, requestId, createdAt])
}

/**
 * Takes the next `count` places in a community's chain. Other acts of the community that are audited wait until this one
 * is committed, or they would take the same places. @returns the first of them, and the hash before it
 */
export async function takePlaces(
  trx: Db,
  community: string,
  count: number,
): Promise<{ first: number; previous: string }> {
  await trx
    .insertInto('audit_head')
    .values({ community, sequence: 0, hash: noHash })
    .onConflict((conflict) => conflict.column('community').doNothing())
    .execute()
  const head = await trx
    .updateTable('audit_head')
    .set((eb) => ({ sequence: eb('sequence', '+', count) }))
    .where('community', '=', community)
    .returning(['sequence', 'hash'])
    .executeTakeFirstOrThrow()
  return { first: head.sequence - count + 1, previous: head.hash }
}

/** Says which hash the last entry of a community has: whoever took places does it. */
export async function moveHead(trx: Db, community: string, hash: string): Promise<void> {
  await trx.updateTable('audit_head').set({ hash }).where('community', '=', community).execute()
}

function sha256(values: readonly (string | number | null)[]): string {
  return hash('sha256', JSON.stringify(values))
}

/** The first digits of a hash, for people to compare: more than a forger can go through all of. */
export function startOf(hash: string): string {
  return hash.slice(0, 16)
}
