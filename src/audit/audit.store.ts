import type { Db } from '../database/schema.ts'

type NewEntry = {
  community: string
  id: string
  act: string
  robloxId: string
  moderator: string | undefined
  keyId: string
  requestId: string
  before: object | undefined
  after: object | undefined
  now: number
}

export async function insertEntry(trx: Db, entry: NewEntry): Promise<void> {
  await trx
    .insertInto('audit_entry')
    .values({
      community: entry.community,
      id: entry.id,
      act: entry.act,
      roblox_id: entry.robloxId,
      moderator: entry.moderator ?? null,
      key_id: entry.keyId,
      request_id: entry.requestId,
      before: entry.before === undefined ? null : JSON.stringify(entry.before),
      after: entry.after === undefined ? null : JSON.stringify(entry.after),
      created_at: entry.now,
    })
    .execute()
}
