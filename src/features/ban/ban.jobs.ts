import { hash } from 'node:crypto'
import { Type } from 'typebox'
import { Parse } from 'typebox/value'
import type { Clock } from '../../clock.ts'
import type { Community } from '../../config/community.ts'
import type { Database } from '../../database/database.ts'
import { JobGivenUp, type Task } from '../../jobs/runner.ts'
import type { RobloxClients } from '../../outside/roblox.ts'
import { type JoinRestriction, restrictUser } from '../../outside/roblox-universes.ts'
import type { Pseudonyms } from '../../privacy/pseudonyms.ts'
import { findBan } from './ban.ts'

const Payload = Type.Object({ robloxId: Type.String() })

/** Roblox's limits for what the player and what the staff are shown. */
const displayReasonLimit = 400
const privateReasonLimit = 1000

type Dependencies = {
  database: Database
  roblox: RobloxClients
  communities: ReadonlyMap<string, Community>
  pseudonyms: Pseudonyms
  clock: Clock
}

/**
 * Sets a player's join restriction on Roblox to what holds here when the job runs, so that jobs which run late, twice
 * or out of order all end with the same, right restriction.
 */
export function createRestrictTask({ database, roblox, communities, pseudonyms, clock }: Dependencies): Task {
  const whatHolds = (player: { community: string; robloxId: string }) =>
    findBan(database.read, { pseudonyms, clock }, player)
  return async (job) => {
    const { universe, apiKey } = communities.get(job.community)?.roblox ?? {}
    if (universe === undefined || apiKey === undefined)
      throw new JobGivenUp('the community names no universe or no key any more')
    const { robloxId } = Parse(Payload, job.payload)
    const now = clock()
    const player = { community: job.community, robloxId }
    const ban = await whatHolds(player)
    const restriction: JoinRestriction =
      ban === undefined
        ? { isActive: false }
        : {
            isActive: true,
            ...(ban.endsAt === undefined ? {} : { seconds: Math.ceil((ban.endsAt - now) / 1000) }),
            displayReason: cut(withoutLinks(ban.reason), displayReasonLimit),
            privateReason: cut(`Moderator ${ban.moderator}: ${ban.reason}`, privateReasonLimit),
          }
    const idempotencyKey = uuidOf(JSON.stringify([job.id, restriction]))
    const where = { universe, apiKey }
    const once = { idempotencyKey, firstSentAt: now }
    await restrictUser(roblox.apis, where, { userId: robloxId, restriction }, once)
    // Another job may have been faster with what holds since then, and this one's restriction has replaced it.
    if ((await whatHolds(player))?.id !== ban?.id)
      throw new Error('the ban has changed meanwhile: the restriction is set again')
  }
}

/** Roblox refuses reasons that hold links, with or without their `https://`, or handles. */
function withoutLinks(text: string): string {
  return text.replace(/\b(?:https?:\/\/|www\.)\S+|\b[\w-]+(?:\.[a-z][\w-]+)+\/\S*/gi, '(link)').replaceAll('@', '')
}

function cut(text: string, limit: number): string {
  return text.slice(0, limit).toWellFormed()
}

/** The same UUID for the same text, so that a second try of a job is known to Roblox as one. */
function uuidOf(text: string): string {
  const hex = hash('sha256', text)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
