import type { Db } from '../database/schema.ts'

export type IdempotencyId = { community: string; keyId: string; route: string; idempotencyKey: string }
export type RememberedAnswer = { requestHash: string; status: number; body: string }

/** The answer that was given to this call at or after `since`. */
export async function findAnswer(db: Db, id: IdempotencyId, since: number): Promise<RememberedAnswer | undefined> {
  const row = await db
    .selectFrom('idempotency')
    .select(['request_hash', 'status', 'body'])
    .where('community', '=', id.community)
    .where('key_id', '=', id.keyId)
    .where('route', '=', id.route)
    .where('idempotency_key', '=', id.idempotencyKey)
    .where('created_at', '>', since)
    .executeTakeFirst()
  return row && { requestHash: row.request_hash, status: row.status, body: row.body }
}

/**
 * Takes the key for the call that runs in this transaction. A row from before `since` has run out and is taken over.
 * @returns false when another call has it
 */
export async function claimKey(
  trx: Db,
  id: IdempotencyId,
  { requestHash, robloxId, now, since }: { requestHash: string; robloxId: string | null; now: number; since: number },
): Promise<boolean> {
  const fresh = { roblox_id: robloxId, request_hash: requestHash, status: 0, body: '', created_at: now }
  const result = await trx
    .insertInto('idempotency')
    .values({
      community: id.community,
      key_id: id.keyId,
      route: id.route,
      idempotency_key: id.idempotencyKey,
      ...fresh,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['community', 'key_id', 'route', 'idempotency_key'])
        .doUpdateSet(fresh)
        .where('idempotency.created_at', '<=', since),
    )
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function keepAnswer(trx: Db, id: IdempotencyId, answer: { status: number; body: string }): Promise<void> {
  await trx
    .updateTable('idempotency')
    .set(answer)
    .where('community', '=', id.community)
    .where('key_id', '=', id.keyId)
    .where('route', '=', id.route)
    .where('idempotency_key', '=', id.idempotencyKey)
    .execute()
}

export async function forgetAnswers(trx: Db, before: number): Promise<void> {
  await trx.deleteFrom('idempotency').where('created_at', '<=', before).execute()
}
