import type { Db } from '../database/schema.ts'
import { digestOf, type EntryContent, hashOf, moveHead, takePlace } from './chain.ts'

/** Adds an entry at the end of its community's chain. @returns its place there, and its hash */
export async function insertEntry(trx: Db, entry: EntryContent): Promise<{ sequence: number; hash: string }> {
  const { sequence, previous } = await takePlace(trx, entry.community)
  const digest = digestOf(entry)
  const hash = hashOf({ sequence, digest, previous })
  await trx
    .insertInto('audit_entry')
    .values({
      community: entry.community,
      id: entry.id,
      sequence,
      act: entry.act,
      roblox_id: entry.robloxId,
      moderator: entry.moderator,
      key_id: entry.keyId,
      request_id: entry.requestId,
      before: entry.before,
      after: entry.after,
      created_at: entry.createdAt,
      salt: entry.salt,
      digest,
      hash,
    })
    .execute()
  await moveHead(trx, entry.community, hash)
  return { sequence, hash }
}
