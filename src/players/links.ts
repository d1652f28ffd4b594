import type { Logger } from 'pino'
import { type Clock, distanceMs } from '../clock.ts'
import type { Community } from '../config/community.ts'
import type { Database } from '../database/database.ts'
import { findByBloxlink } from '../outside/bloxlink.ts'
import type { HttpClient } from '../outside/http-client.ts'
import { OutsideError } from '../outside/outside-error.ts'
import { findByRover } from '../outside/rover.ts'
import { Problem } from '../problem.ts'
import { findLink, type Link, rememberLink } from './links.store.ts'
import { robloxUnavailable } from './users.ts'

const linkedMs = 6 * 3_600_000
const notLinkedMs = 5 * 60_000
/** Roblox may be well, and a key of a source wrong for ever: another way leads to the player. */
const sentenceWhileUnknown =
  "We can't find out at the moment whose Discord account this is, please use the Roblox name instead."

type Source = Community['discord']['links'][number]
type Dependencies = { database: Database; bloxlink: HttpClient; rover: HttpClient; clock: Clock; log: Logger }

/** Which Roblox account a Discord account belongs to, by the sources that a community names, in its order. */
export class DiscordLinks {
  readonly #database: Database
  readonly #bloxlink: HttpClient
  readonly #rover: HttpClient
  readonly #clock: Clock
  readonly #log: Logger

  constructor({ database, bloxlink, rover, clock, log }: Dependencies) {
    this.#database = database
    this.#bloxlink = bloxlink
    this.#rover = rover
    this.#clock = clock
    this.#log = log
  }

  /**
   * The Roblox id that the first source knows.
   * @throws Problem `user-not-found` when none knows one, `roblox-unavailable` when one that could know can't be asked
   */
  async getRobloxId(community: Community, discordId: string): Promise<string> {
    let failure: OutsideError | undefined
    for (const source of community.discord.links) {
      try {
        const robloxId = await this.#find(community, discordId, source)
        if (robloxId !== undefined) return robloxId
      } catch (error) {
        if (!(error instanceof OutsideError)) throw error
        this.#log.warn(
          { community: community.slug, source, status: error.status, err: error },
          'a source of Discord links could not be asked, and the next one is: if this goes on, check its key with `magicband doctor`',
        )
        failure = error
      }
    }
    throw failure === undefined ? new Problem('user-not-found') : robloxUnavailable(failure, sentenceWhileUnknown)
  }

  async #find(community: Community, discordId: string, source: Source): Promise<string | undefined> {
    const id = { community: community.slug, discordId, source }
    const remembered = await findLink(this.#database.read, id)
    if (source === 'table' || this.#isFresh(remembered)) return remembered?.robloxId
    try {
      const askedAt = this.#clock()
      const robloxId = await this.#ask(community, discordId, source)
      await this.#database.act((trx) => rememberLink(trx, { ...id, robloxId, askedAt }))
      return robloxId
    } catch (error) {
      if (error instanceof OutsideError && remembered?.robloxId !== undefined) return remembered.robloxId
      throw error
    }
  }

  #isFresh(link: Link | undefined): boolean {
    if (link === undefined) return false
    return distanceMs(this.#clock, link.askedAt) < (link.robloxId === undefined ? notLinkedMs : linkedMs)
  }

  async #ask(
    { discord: { guild, bloxlinkKey, roverKey } }: Community,
    discordId: string,
    source: Source,
  ): Promise<string | undefined> {
    if (guild === undefined) return undefined
    const apiKey = source === 'bloxlink' ? bloxlinkKey : roverKey
    if (apiKey === undefined) return undefined
    return source === 'bloxlink'
      ? findByBloxlink(this.#bloxlink, { guild, apiKey }, discordId)
      : findByRover(this.#rover, { guild, apiKey }, discordId)
  }
}
