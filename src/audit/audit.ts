import type { CallContext } from '../call/call.ts'
import type { Clock, RandomBytes } from '../clock.ts'
import type { Db } from '../database/schema.ts'
import { addJob } from '../jobs/queue.ts'
import { insertEntry } from './audit.store.ts'

/** The acts of the trail. Those with a moderator are moderation acts, and are posted to Discord where a webhook is given. */
export type ActName =
  | 'certification.grant'
  | 'certification.revoke'
  | 'ban.add'
  | 'ban.remove'
  | 'application.approve'
  | 'application.upload'

export type AuditedAct = {
  act: ActName
  user: { id: string; name: string }
  moderator?: string
  /** What was true of the player before and after; members of no interest are left out. */
  before?: object
  after?: object
}

export const webhookTask = 'audit.post'

/** Who acts: the call's key and request. */
export type Actor = Pick<CallContext, 'community' | 'keyId' | 'requestId'>

type Dependencies = { clock: Clock; createId: () => string; randomBytes: RandomBytes }

/** Writes down who did what to whom, in the transaction of the act. */
export class AuditTrail {
  readonly #clock: Clock
  readonly #createId: () => string
  readonly #randomBytes: RandomBytes

  constructor({ clock, createId, randomBytes }: Dependencies) {
    this.#clock = clock
    this.#createId = createId
    this.#randomBytes = randomBytes
  }

  async record(trx: Db, { community, keyId, requestId }: Actor, entry: AuditedAct): Promise<void> {
    const now = this.#clock()
    await insertEntry(trx, {
      community: community.slug,
      id: this.#createId(),
      act: entry.act,
      robloxId: entry.user.id,
      moderator: entry.moderator ?? null,
      keyId,
      requestId,
      before: toJson(entry.before),
      after: toJson(entry.after),
      createdAt: now,
      salt: this.#randomBytes(16).toString('hex'),
    })
    if (entry.moderator === undefined || community.discord.webhooks.audit === undefined) return
    const payload = { ...entry, at: now }
    await addJob(trx, { community: community.slug, id: this.#createId(), task: webhookTask, payload, runAt: now, now })
  }
}

function toJson(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value)
}
