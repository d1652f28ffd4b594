import type { Actor, AuditTrail } from '../../audit/audit.ts'
import { bold } from '../../call/discord-text.ts'
import type { Clock } from '../../clock.ts'
import type { Community } from '../../config/community.ts'
import type { Db } from '../../database/schema.ts'
import type { RobloxUser } from '../../outside/roblox-users.ts'
import { ensurePlayer, lockPlayer } from '../../players/players.store.ts'
import { type Rank, requireKnown } from '../../players/ranks.ts'
import { Problem } from '../../problem.ts'
import { deleteCertification, insertCertification, isHeldByAnyone, listCodes } from './certification.store.ts'

export type CertificationDependencies = { audit: AuditTrail; clock: Clock; createId: () => string }
export type Change = { actor: Actor; user: RobloxUser; code: string; moderator: string }

/** The codes that a player holds, in the community's order; those that it no longer lists come last. */
export async function listHeldCertifications(db: Db, community: Community, robloxId: string): Promise<string[]> {
  return inOrder(community, await listCodes(db, { community: community.slug, robloxId }))
}

/** Codes in the community's order; those that it no longer lists come last. */
export function inOrder(community: Community, codes: readonly string[]): string[] {
  if (codes.length === 0) return []
  const known = community.certifications.codes
  const listed = [...known.keys()].filter((code) => codes.includes(code))
  return [...listed, ...codes.filter((code) => !known.has(code)).toSorted()]
}

/** @throws Problem `certification-unknown` for a code that the community doesn't list */
export function requireListed(community: Community, code: string): void {
  const codes = [...community.certifications.codes.keys()]
  if (codes.includes(code)) return
  const discord =
    codes.length === 0
      ? 'This community has no certifications.'
      : `There is no such certification; these exist: ${codes.map(bold).join(', ')}.`
  throw new Problem('certification-unknown', { subject: code, discord })
}

/** One that is no longer listed can be revoked as long as anyone holds it. @throws Problem `certification-unknown` */
export async function requireRevocable(db: Db, community: Community, code: string): Promise<void> {
  if (!(await isHeldByAnyone(db, community.slug, code))) requireListed(community, code)
}

/** @throws Problem `rank-too-low`, or `roblox-unavailable` where the rank decides and nothing is known of it */
export function requireRank(community: Community, rank: Rank): void {
  if (rank.rank >= community.certifications.minimumRank) return
  requireKnown(rank)
  throw new Problem('rank-too-low', {
    discord: 'The requested user does not meet the rank pre-requisites to receive a certification.',
  })
}

/** @throws Problem `certification-held` */
export async function grant(
  trx: Db,
  { audit, clock, createId }: CertificationDependencies,
  { actor, user, code, moderator }: Change,
): Promise<void> {
  const community = actor.community.slug
  const now = clock()
  await ensurePlayer(trx, { community, robloxId: user.id, objectId: createId(), now })
  const isNew = await insertCertification(trx, {
    community,
    robloxId: user.id,
    code,
    grantedBy: moderator,
    grantedAt: now,
  })
  if (!isNew) {
    throw new Problem('certification-held', {
      discord: `${bold(user.name)} already has the ${bold(code)} certification.`,
    })
  }
  await audit.record(trx, actor, { act: 'certification.grant', user, moderator, after: { certification: code } })
}

/** @throws Problem `certification-not-held` */
export async function revoke(
  trx: Db,
  { audit }: CertificationDependencies,
  { actor, user, code, moderator }: Change,
): Promise<void> {
  const player = { community: actor.community.slug, robloxId: user.id }
  await lockPlayer(trx, player)
  const wasHeld = await deleteCertification(trx, { ...player, code })
  if (!wasHeld) {
    throw new Problem('certification-not-held', {
      discord: `${bold(user.name)} doesn't have the ${bold(code)} certification.`,
    })
  }
  await audit.record(trx, actor, { act: 'certification.revoke', user, moderator, before: { certification: code } })
}
