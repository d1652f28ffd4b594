import { Type } from 'typebox'
import { type Call, type CallContext, defineCall, noteStaleRank, ok } from '../../call/call.ts'
import { discordId, optional, robloxId, text } from '../../call/parameters.ts'
import type { Database } from '../../database/database.ts'
import type { RobloxUser } from '../../outside/roblox-users.ts'
import type { DiscordLinks } from '../../players/links.ts'
import type { Ranks } from '../../players/ranks.ts'
import type { Users } from '../../players/users.ts'
import { Problem } from '../../problem.ts'
import { inOrder } from '../certification/certification.ts'
import { findProfiledPlayer } from './profile.store.ts'

type Dependencies = { database: Database; users: Users; ranks: Ranks; links: DiscordLinks }

const Profile = Type.Object(
  {
    status: Type.Literal('success'),
    id: Type.Integer({ description: 'Roblox user id' }),
    _id: Type.Optional(
      Type.String({ pattern: '^[0-9a-f]{24}$', description: "The player's record, where there is one" }),
    ),
    username: Type.String(),
    points: Type.Integer(),
    rank: Type.String({ description: "The role's name, or Guest" }),
    rankid: Type.Integer({ minimum: 0, maximum: 255 }),
    cast: Type.Boolean(),
    certifications: Type.Array(Type.String()),
  },
  { additionalProperties: false },
)

/** `GET /profile` */
export function profileCall(dependencies: Dependencies): Call {
  const { database, users, ranks } = dependencies
  return defineCall({
    summary: 'All about one player',
    description: 'By exactly one of `id`, `username` and `discord`.',
    parameters: {
      id: optional(robloxId),
      username: optional(text(50, 'Roblox username, in any letter case')),
      discord: optional(discordId('Discord id of the player')),
    },
    exactlyOne: ['id', 'username', 'discord'],
    answers: { 200: Profile },
    isForBot: true,
    failure: { message: 'error encountered' },
    handle: async (context, values) => {
      const { community } = context
      const asked = await identify(dependencies, context, values)
      const robloxId = asked.id
      const remembered = await findProfiledPlayer(database.read, { community: community.slug, robloxId })
      const user = 'name' in asked ? asked : await users.refresh(robloxId, remembered.user)
      const rank = await ranks.refresh(community, robloxId, 'call', remembered.rank)
      const { record } = remembered
      noteStaleRank(context, rank)
      return ok({
        status: 'success',
        id: Number(user.id),
        ...(record === undefined ? {} : { _id: record.objectId }),
        username: user.name,
        points: record?.points ?? 0,
        rank: rank.roleName,
        rankid: rank.rank,
        cast: rank.rank >= community.ranks.cast,
        certifications: inOrder(community, remembered.codes),
      })
    },
  })
}

/** Who is asked for, by name where that is how. @throws Problem `user-not-found`, also for a Discord account that isn't linked */
async function identify(
  { users, links }: Dependencies,
  { community }: CallContext,
  by: { id?: string; username?: string; discord?: string },
): Promise<RobloxUser | { id: string }> {
  if (by.id !== undefined) return { id: by.id }
  if (by.username !== undefined) return users.getByName(by.username)
  if (by.discord !== undefined) return { id: await links.getRobloxId(community, by.discord) }
  throw new Problem('user-not-found')
}
