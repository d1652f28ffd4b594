import { DiscordSuccess } from '../../call/answers.ts'
import { type Call, defineCall, ok } from '../../call/call.ts'
import { bold, robloxUserLink } from '../../call/discord-text.ts'
import { discordId, optional, seconds, text } from '../../call/parameters.ts'
import type { Users } from '../../players/users.ts'
import { type BanDependencies, ban, lift } from './ban.ts'

type Dependencies = BanDependencies & { users: Users }

/** Ten years. */
const longestBanSeconds = 315_360_000

const parameters = {
  reason: text(1000, 'Why'),
  username: text(50, 'Roblox username, in any letter case'),
  moderator: discordId('Discord id of the moderator'),
}

/** `POST /ban/add` */
export function banCall(dependencies: Dependencies): Call {
  return defineCall({
    summary: 'Ban a player',
    description: 'Without a `duration` the ban has no end.',
    parameters: { ...parameters, duration: optional(seconds(1, longestBanSeconds)) },
    answers: { 200: DiscordSuccess },
    isForBot: true,
    failure: { modifiedCount: 0, upsertedCount: 0 },
    handle: async (context, { reason, username, moderator, duration }) => {
      const user = await dependencies.users.getByName(username)
      return context.act(async (trx) => {
        await ban(trx, dependencies, { actor: context, user, reason, moderator, seconds: duration })
        return ok({ status: 'success', discord: `Successfully banned ${robloxUserLink(user)} for ${bold(reason)}.` })
      })
    },
  })
}

/** `POST /ban/remove` */
export function unbanCall(dependencies: Dependencies): Call {
  return defineCall({
    summary: 'Unban a player',
    description: 'The ban stays in the history, with who lifted it, when and why.',
    parameters,
    answers: { 200: DiscordSuccess },
    isForBot: true,
    failure: { modifiedCount: 0 },
    handle: async (context, { reason, username, moderator }) => {
      const user = await dependencies.users.getByName(username)
      return context.act(async (trx) => {
        await lift(trx, dependencies, { actor: context, user, reason, moderator })
        return ok({ status: 'success', discord: `Successfully unbanned ${robloxUserLink(user)} for ${bold(reason)}.` })
      })
    },
  })
}
