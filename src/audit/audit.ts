import type { CallContext } from '../call/call.ts'
import type { Clock, RandomBytes } from '../clock.ts'
import type { Db } from '../database/schema.ts'
import { addJob } from '../jobs/queue.ts'
import { insertEntries } from './audit.store.ts'
import type { Place } from './chain.ts'

/** The acts of the trail. Those with a moderator are moderation acts, and are posted to Discord where a webhook is given. */
export type ActName =
  | 'certification.grant'
  | 'certification.revoke'
  | 'ban.add'
  | 'ban.remove'
  | 'application.approve'
  | 'application.upload'
  | 'points.adjust'
  | 'points.reverse'
  | 'key.create'
  | 'key.rotate'
  | 'key.revoke'
  | 'link.add'
  | 'link.remove'
  | 'player.erase'
  | 'audit.forget'
  | 'players.import'

/** What was true before and after an act; members of no interest are left out. */
type Change = { before?: object; after?: object }

/** What was done, and on whom where it was a player: an entry is about one person at most, who may be erased. */
export type Act = Change & { act: ActName; robloxId?: string; moderator?: string }

/** Who acts: the id of a key and of its request, or what stands for them on the command line. */
export type Origin = { community: string; keyId: string; requestId: string }

export type TrailDependencies = { clock: Clock; createId: () => string; randomBytes: RandomBytes }

/** Writes acts down in the transaction that does them, in their order. @returns their places in the chain */
export function recordActs(
  trx: Db,
  { clock, createId, randomBytes }: TrailDependencies,
  { community, keyId, requestId }: Origin,
  acts: readonly Act[],
): Promise<Place[]> {
  const createdAt = clock()
  const entries = acts.map(({ act, robloxId, moderator, before, after }) => ({
    id: createId(),
    act,
    robloxId: robloxId ?? null,
    moderator: moderator ?? null,
    keyId,
    requestId,
    before: toJson(before),
    after: toJson(after),
    createdAt,
    salt: randomBytes(16).toString('hex'),
  }))
  return insertEntries(trx, community, entries)
}

/** An act of a call. */
export type AuditedAct = Change & { act: ActName; user: { id: string; name: string }; moderator?: string }

export const webhookTask = 'audit.post'

/** Who acts: the call's key and request. */
export type Actor = Pick<CallContext, 'community' | 'keyId' | 'requestId'>

/** Writes down who did what to whom, in the transaction of the act. */
export class AuditTrail {
  readonly #dependencies: TrailDependencies

  constructor(dependencies: TrailDependencies) {
    this.#dependencies = dependencies
  }

  async record(trx: Db, { community, keyId, requestId }: Actor, act: AuditedAct): Promise<void> {
    const { clock, createId } = this.#dependencies
    const origin = { community: community.slug, keyId, requestId }
    const [entry] = await recordActs(trx, this.#dependencies, origin, [{ ...act, robloxId: act.user.id }])
    if (act.moderator === undefined || community.discord.webhooks.audit === undefined) return
    const now = clock()
    const payload = { ...act, at: now, entry }
    await addJob(trx, { community: community.slug, id: createId(), task: webhookTask, payload, runAt: now, now })
  }
}

function toJson(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value)
}
