import { setTimeout as sleep } from 'node:timers/promises'
import type { Actor, AuditTrail } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { Community } from '../../config/community.ts'
import type { Database } from '../../database/database.ts'
import type { Db } from '../../database/schema.ts'
import { addJob, removeJob, retryJob } from '../../jobs/queue.ts'
import type { GroupRole } from '../../outside/roblox-groups.ts'
import type { RobloxUser } from '../../outside/roblox-users.ts'
import { findRole } from '../../players/group-roles.ts'
import { findRank, lockPlayer, rememberRank } from '../../players/players.store.ts'
import type { Ranks } from '../../players/ranks.ts'
import type { Users } from '../../players/users.ts'
import { Problem } from '../../problem.ts'
import { approveOpenApplication } from './application.store.ts'
import {
  type Approval,
  dropApproval,
  endApproval,
  extendApproval,
  markAssigning,
  takeApproval,
} from './approval.store.ts'
import { type Ranking, type RankingDependencies, rankPlayer, toNotRanked } from './ranking.ts'

export type ApprovalDependencies = RankingDependencies & {
  database: Database
  users: Users
  ranks: Ranks
  audit: AuditTrail
  clock: Clock
  createId: () => string
}

export const finishRankingTask = 'application.finish-ranking'

/** An instance that dies holds a player's approval for no longer than this; one that lives holds on. */
const heldMs = 10_000
/** By then an approval that lives has taken the roles away itself. */
const finishAfterMs = 60_000
const turnMs = 50
const turns = 300
/** An approval that was broken off longer ago than this has become somebody's own affair. */
const resumableMs = 24 * 3_600_000

/**
 * Runs `work` while nobody else approves the player, on this instance or another. Where it breaks off, the next approval
 * knows whether roles may have been changed already. @throws Problem `call-failed` when it isn't this one's turn in time
 */
export async function approveAlone<T>(
  { database, clock, createId, log }: ApprovalDependencies,
  applicant: { community: string; robloxId: string },
  work: (approval: Approval) => Promise<T>,
): Promise<T> {
  const holder = createId()
  const approval = await waitForTurn({ database, clock, holder }, applicant)
  const holding = setInterval(() => {
    database
      .act((trx) => extendApproval(trx, approval, clock() + heldMs))
      .catch((error: unknown) =>
        log.warn(
          { community: applicant.community, err: error },
          'an approval could not keep its turn, and another one of the same player may begin: if this goes on, check the database',
        ),
      )
  }, heldMs / 4)
  try {
    return await work(approval)
  } catch (error) {
    const isRefusal = error instanceof Problem && error.code === 'already-trainee'
    try {
      await database.act((trx) => (isRefusal ? endApproval(trx, approval) : dropApproval(trx, approval, clock())))
    } catch (cause) {
      throw new Problem('call-failed', { cause: new AggregateError([error, cause], 'an approval broke off') })
    }
    throw error
  } finally {
    clearInterval(holding)
  }
}

/**
 * Ranks a player on Roblox, unless the player is trainee or above already for another reason than an approval that was
 * broken off. Roblox is always asked. @throws Problem `user-not-found`, `already-trainee`, and `not-ranked`
 */
export async function rankApplicant(
  dependencies: ApprovalDependencies,
  { actor, robloxId, approval }: { actor: Actor; robloxId: string; approval: Approval },
): Promise<{ user: RobloxUser; ranking: Ranking }> {
  const { users, ranks, database, clock } = dependencies
  const { community, requestId } = actor
  try {
    const user = await users.getById(robloxId)
    const { rank } = await ranks.ask(community, robloxId)
    const isDone = rank >= community.ranks.trainee
    if (isDone && !(await isOfBrokenOffApproval(dependencies, { community, rank, approval }))) {
      throw new Problem('already-trainee')
    }
    const ranking = await rankPlayer(dependencies, { community, robloxId, requestId }, (toTake) =>
      database.act((trx) => beginAssigning(trx, approval, { toTake, now: clock() })),
    )
    return { user, ranking }
  } catch (error) {
    throw toNotRanked(dependencies, actor, error)
  }
}

/** Records an approval and the rank that came of it, so that the next join sees it. */
export async function recordApproval(
  trx: Db,
  { audit, clock }: ApprovalDependencies,
  approved: { actor: Actor; user: RobloxUser; ranking: Ranking; moderator: string; approval: Approval },
): Promise<void> {
  const { actor, user, moderator } = approved
  const { role, leftOver } = approved.ranking
  const community = actor.community.slug
  const applicant = { community, robloxId: user.id }
  const now = clock()
  await lockPlayer(trx, applicant)
  await endApproval(trx, approved.approval)
  const known = await findRank(trx, community, user.id)
  await rememberRank(trx, community, user.id, { rank: role.rank, roleName: role.name, askedAt: now })
  const application = await approveOpenApplication(trx, applicant, { moderator, now })
  const before = {
    ...(known === undefined ? {} : { role: known.roleName, rank: known.rank }),
    ...(application === undefined ? {} : { application }),
  }
  const after = { role: role.name, rank: role.rank }
  await audit.record(trx, actor, { act: 'application.approve', user, moderator, before, after })
  const job = { community, id: approved.approval.holder }
  if (leftOver.length === 0) await removeJob(trx, job)
  else await retryJob(trx, job.id, now)
}

/**
 * Writes down that roles are about to change on Roblox. A job will take away what is to be taken should this process not
 * live to do it; it bears the id of the approval's holder.
 */
async function beginAssigning(
  trx: Db,
  { community, robloxId, holder }: Approval,
  { toTake, now }: { toTake: readonly GroupRole[]; now: number },
): Promise<void> {
  await markAssigning(trx, { community, robloxId, holder }, now)
  if (toTake.length === 0) return
  const payload = { robloxId, roleIds: toTake.map(({ id }) => id) }
  const runAt = now + finishAfterMs
  await addJob(trx, { community, id: holder, task: finishRankingTask, payload, runAt, now })
}

async function waitForTurn(
  { database, clock, holder }: { database: Database; clock: Clock; holder: string },
  applicant: { community: string; robloxId: string },
): Promise<Approval> {
  for (let turn = 0; turn < turns; turn++) {
    const now = clock()
    const approval = await database.act((trx) => takeApproval(trx, applicant, { holder, now, until: now + heldMs }))
    if (approval.isMine) return approval
    await sleep(turnMs)
  }
  throw new Problem('call-failed', { cause: 'another approval of this player takes too long' })
}

/** Whether the player has the role because an approval gave it and broke off before it could be recorded. */
async function isOfBrokenOffApproval(
  { groupRoles, clock }: ApprovalDependencies,
  { community, rank, approval }: { community: Community; rank: number; approval: Approval },
): Promise<boolean> {
  if (approval.assigningAt === undefined || clock() - approval.assigningAt > resumableMs) return false
  const target = findRole(await groupRoles.list(community), community.applications.role)
  return target?.rank === rank
}
