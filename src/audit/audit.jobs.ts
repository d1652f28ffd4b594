import { Type } from 'typebox'
import { Parse } from 'typebox/value'
import { bold, escapeDiscord, robloxUserLink } from '../call/discord-text.ts'
import type { Clock } from '../clock.ts'
import type { Community } from '../config/community.ts'
import { JobGivenUp, type Task } from '../jobs/runner.ts'
import { postToWebhook } from '../outside/discord.ts'
import type { HttpClient } from '../outside/http-client.ts'
import { OutsideError } from '../outside/outside-error.ts'
import { startOf } from './chain.ts'

const titles: Readonly<Record<string, string>> = {
  'certification.grant': 'Certification granted',
  'certification.revoke': 'Certification revoked',
  'ban.add': 'Player banned',
  'ban.remove': 'Player unbanned',
  'application.approve': 'Application approved',
}

const Detail = Type.Optional(
  Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
)
const Payload = Type.Object({
  act: Type.String(),
  user: Type.Object({ id: Type.String(), name: Type.String() }),
  moderator: Type.String(),
  before: Detail,
  after: Detail,
  at: Type.Integer(),
  /** Jobs of older versions lack it. */
  entry: Type.Optional(Type.Object({ sequence: Type.Integer(), hash: Type.String() })),
})

/** Discord's limit for the value of an embed's field. */
const fieldLimit = 1024

const goneMs = 3_600_000
const newWebhook = 'Discord refuses the audit webhook: create a new webhook and put it into the community file'

type Dependencies = { discord: HttpClient; communities: ReadonlyMap<string, Community>; clock: Clock }

/** Posts a moderation act to the community's audit webhook. */
export function createWebhookTask({ discord, communities, clock }: Dependencies): Task {
  /** When Discord said of a webhook that it is gone: who goes on posting to one is shut out as a whole in the end. */
  const goneAt = new Map<string, number>()
  return async (job) => {
    const webhook = communities.get(job.community)?.discord.webhooks.audit
    if (webhook === undefined) throw new JobGivenUp('the community has no audit webhook any more')
    if (clock() - (goneAt.get(webhook) ?? Number.NEGATIVE_INFINITY) < goneMs) throw new JobGivenUp(newWebhook)
    const { act, user, moderator, before, after, at, entry } = Parse(Payload, job.payload)
    const details = Object.entries(after ?? before ?? {}).map(([name, value]) => ({
      name,
      value: escapeDiscord(String(value ?? '–'))
        .slice(0, fieldLimit)
        .toWellFormed(),
    }))
    const fields = [
      { name: 'Player', value: robloxUserLink(user) },
      { name: 'Moderator', value: `<@${moderator}>` },
      ...details.filter((field) => field.value.trim() !== ''),
    ]
    try {
      await postToWebhook(discord, webhook, {
        title: titles[act] ?? bold(act),
        fields,
        timestamp: new Date(at).toISOString(),
        // Whoever changes the trail in the database can't change what stands here.
        ...(entry === undefined ? {} : { footer: { text: `entry ${entry.sequence} · ${startOf(entry.hash)}` } }),
      })
    } catch (error) {
      if (!(error instanceof OutsideError) || error.kind !== 'refused') throw error
      if (error.status !== 401 && error.status !== 403 && error.status !== 404) {
        throw new JobGivenUp(`Discord did not take the message (${error.status}): ${error.answer}`, { cause: error })
      }
      goneAt.set(webhook, clock())
      throw new JobGivenUp(newWebhook, { cause: error })
    }
  }
}
