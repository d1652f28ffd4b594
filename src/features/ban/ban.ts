import type { Actor, AuditTrail } from '../../audit/audit.ts'
import { bold } from '../../call/discord-text.ts'
import type { Clock } from '../../clock.ts'
import type { Db } from '../../database/schema.ts'
import { addJob } from '../../jobs/queue.ts'
import type { RobloxUser } from '../../outside/roblox-users.ts'
import { ensurePlayer } from '../../players/players.store.ts'
import type { Pseudonyms } from '../../privacy/pseudonyms.ts'
import { Problem } from '../../problem.ts'
import { closeEndedBan, findOpenBan, insertBan, liftOpenBan, type OpenBan, reclaimBan } from './ban.store.ts'

export type BanDependencies = { audit: AuditTrail; pseudonyms: Pseudonyms; clock: Clock; createId: () => string }
type Verdict = { actor: Actor; user: RobloxUser; reason: string; moderator: string }

export const restrictTask = 'ban.restrict'

/** The ban that holds now. One that has run out is no ban from that moment on, with no job in between. */
export function findBan(
  db: Db,
  { pseudonyms, clock }: Pick<BanDependencies, 'pseudonyms' | 'clock'>,
  banned: { community: string; robloxId: string },
): Promise<OpenBan | undefined> {
  return findOpenBan(db, { ...banned, pseudonym: pseudonyms.of(banned) }, clock())
}

/**
 * Bans a player, for `seconds` where they are given. A ban that lives on under the pseudonym of an erased player is that
 * player's again with the next verdict. @throws Problem `already-banned`
 */
export async function ban(
  trx: Db,
  dependencies: BanDependencies,
  { actor, user, reason, moderator, seconds }: Verdict & { seconds: number | undefined },
): Promise<void> {
  const { audit, pseudonyms, clock, createId } = dependencies
  const banned = { community: actor.community.slug, robloxId: user.id }
  const now = clock()
  const endsAt = seconds === undefined ? undefined : now + seconds * 1000
  await ensurePlayer(trx, { ...banned, objectId: createId(), now })
  await reclaimBan(trx, { ...banned, pseudonym: pseudonyms.of(banned) })
  await closeEndedBan(trx, banned, now)
  const isNew = await insertBan(trx, { ...banned, id: createId(), reason, moderator, bannedAt: now, endsAt })
  if (!isNew) throw new Problem('already-banned', { discord: `${bold(user.name)} is already banned.` })
  await audit.record(trx, actor, { act: 'ban.add', user, moderator, after: describeBan({ reason, endsAt }) })
  await restrictOnRoblox(trx, dependencies, actor, user)
}

/** Lifts a player's ban; it stays in the history. @throws Problem `not-banned` */
export async function lift(
  trx: Db,
  dependencies: BanDependencies,
  { actor, user, reason, moderator }: Verdict,
): Promise<void> {
  const { audit, pseudonyms, clock, createId } = dependencies
  const banned = { community: actor.community.slug, robloxId: user.id }
  const now = clock()
  await ensurePlayer(trx, { ...banned, objectId: createId(), now })
  await reclaimBan(trx, { ...banned, pseudonym: pseudonyms.of(banned) })
  const open = await findBan(trx, dependencies, banned)
  const isLifted = await liftOpenBan(trx, banned, { moderator, reason, now })
  if (!isLifted) throw new Problem('not-banned', { discord: `${bold(user.name)} isn't banned.` })
  await audit.record(trx, actor, {
    act: 'ban.remove',
    user,
    moderator,
    ...(open === undefined ? {} : { before: { ...describeBan(open), moderator: open.moderator } }),
    after: { reason },
  })
  await restrictOnRoblox(trx, dependencies, actor, user)
}

function describeBan({ reason, endsAt }: Pick<OpenBan, 'reason' | 'endsAt'>): object {
  return { reason, ...(endsAt === undefined ? {} : { ends: new Date(endsAt).toISOString() }) }
}

/** Where the community names its universe, a job makes Roblox itself enforce what now holds. */
async function restrictOnRoblox(
  trx: Db,
  { clock, createId }: BanDependencies,
  { community }: Actor,
  user: RobloxUser,
): Promise<void> {
  if (community.roblox.universe === undefined || community.roblox.apiKey === undefined) return
  const now = clock()
  const payload = { robloxId: user.id }
  await addJob(trx, { community: community.slug, id: createId(), task: restrictTask, payload, runAt: now, now })
}
