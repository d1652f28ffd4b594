import type { Actor, AuditTrail } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { Community } from '../../config/community.ts'
import type { Db } from '../../database/schema.ts'
import type { RobloxUser } from '../../outside/roblox-users.ts'
import { ensurePlayer } from '../../players/players.store.ts'
import type { Users } from '../../players/users.ts'
import { Problem } from '../../problem.ts'
import { type Answers, findLastDecision, insertApplication, replaceOpenApplication } from './application.store.ts'
import type { Page } from './paste.ts'

export type ApplicationDependencies = {
  users: Users
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
  { audit, clock, createId }: ApplicationDependencies,
  { actor, user, answers, page }: { actor: Actor; user: RobloxUser; answers: Answers; page: Page },
): Promise<void> {
  const applicant = { community: actor.community.slug, robloxId: user.id }
  const now = clock()
  // Two uploads at once would each replace what the other has not committed yet: the record makes one wait.
  await ensurePlayer(trx, { ...applicant, objectId: createId(), now })
  const replaced = await replaceOpenApplication(trx, applicant)
  const id = createId()
  await insertApplication(trx, { ...applicant, ...answers, id, url: page.url, now })
  await page.keep(trx)
  const before = replaced === undefined ? {} : { before: { application: replaced } }
  await audit.record(trx, actor, { act: 'application.upload', user, ...before, after: { application: id } })
}
