import type { Actor, AuditTrail } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { Community } from '../../config/community.ts'
import type { Db } from '../../database/schema.ts'
import { OutsideError } from '../../outside/http-client.ts'
import type { GroupRole, RobloxUser } from '../../outside/roblox.ts'
import { ensurePlayer, rememberRank } from '../../players/players.store.ts'
import type { Ranks } from '../../players/ranks.ts'
import type { Users } from '../../players/users.ts'
import { Problem } from '../../problem.ts'
import {
  type Answers,
  approveOpenApplication,
  findLastDecision,
  insertApplication,
  replaceOpenApplication,
} from './application.store.ts'
import type { Page } from './paste.ts'
import { type RankingDependencies, rankPlayer } from './ranking.ts'

export type ApplicationDependencies = RankingDependencies & {
  users: Users
  ranks: Ranks
  audit: AuditTrail
  clock: Clock
  createId: () => string
}

const dayMs = 24 * 3_600_000

/** @throws Problem `applied-recently` within the community's cool-down after the last decision */
export async function requireCooledDown(
  db: Db,
  { clock }: { clock: Clock },
  community: Community,
  robloxId: string,
): Promise<void> {
  const decidedAt = await findLastDecision(db, { community: community.slug, robloxId })
  if (decidedAt === undefined || clock() - decidedAt >= community.applications.cooldownDays * dayMs) return
  throw new Problem('applied-recently')
}

/** The text of an application's page. */
export function describeApplication(user: RobloxUser, answers: Answers): string {
  const questions = [answers.q1, answers.q2, answers.q3, answers.q4].map(
    (answer, index) => `Question ${index + 1}\n${answer}\n`,
  )
  return [`Application of ${user.name} (${user.id})\n`, ...questions].join('\n')
}

/** Stores an application; one that is still open is replaced by it. */
export async function submit(
  trx: Db,
  { audit, clock, createId }: Pick<ApplicationDependencies, 'audit' | 'clock' | 'createId'>,
  { actor, user, answers, page }: { actor: Actor; user: RobloxUser; answers: Answers; page: Page },
): Promise<void> {
  const applicant = { community: actor.community.slug, robloxId: user.id }
  const now = clock()
  await ensurePlayer(trx, { ...applicant, objectId: createId(), now })
  await replaceOpenApplication(trx, applicant)
  await insertApplication(trx, { ...applicant, ...answers, id: createId(), url: page.url, now })
  await page.keep(trx)
  await audit.record(trx, actor, { act: 'application.upload', user })
}

/**
 * Ranks a player on Roblox, unless the player is trainee or above already; Roblox is always asked.
 * @throws Problem `user-not-found`, `already-trainee`, and `call-failed` for everything else
 */
export async function rankApplicant(
  dependencies: ApplicationDependencies,
  community: Community,
  robloxId: string,
): Promise<{ user: RobloxUser; role: GroupRole }> {
  const { users, ranks } = dependencies
  try {
    const user = await users.getById(robloxId)
    const { rank } = await ranks.askAnew(community, robloxId)
    if (rank >= community.ranks.trainee) throw new Problem('already-trainee')
    return { user, role: await rankPlayer(dependencies, community, robloxId) }
  } catch (error) {
    const isRobloxDown =
      error instanceof OutsideError || (error instanceof Problem && error.code === 'roblox-unavailable')
    throw isRobloxDown ? new Problem('call-failed', { cause: error }) : error
  }
}

/** Records an approval and the rank that came of it, so that the next join sees it. */
export async function recordApproval(
  trx: Db,
  { audit, clock }: ApplicationDependencies,
  { actor, user, role, moderator }: { actor: Actor; user: RobloxUser; role: GroupRole; moderator: string },
): Promise<void> {
  const applicant = { community: actor.community.slug, robloxId: user.id }
  const now = clock()
  await rememberRank(trx, applicant.community, user.id, { rank: role.rank, roleName: role.name, askedAt: now })
  await approveOpenApplication(trx, applicant, { moderator, now })
  await audit.record(trx, actor, { act: 'application.approve', user, moderator, after: { role: role.name } })
}
