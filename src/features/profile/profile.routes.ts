import { Type } from 'typebox'
import { type Call, type CallContext, defineCall, noteStaleRank, ok } from '../../call/call.ts'
import { discordId, optional, robloxId, text } from '../../call/parameters.ts'
import type { Database } from '../../database/database.ts'
import type { RobloxUser } from '../../outside/roblox-users.ts'
import type { DiscordLinks } from '../../players/links.ts'
import { findPlayer } from '../../players/players.store.ts'
import type { Ranks } from '../../players/ranks.ts'
import type { Users } from '../../players/users.ts'
import { Problem } from '../../problem.ts'
import { listHeldCertifications } from '../certification/certification.ts'

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
  const { database, ranks } = dependencies
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
      const user = await getUser(dependencies, context, values)
      const [player, rank, certifications] = await Promise.all([
        findPlayer(database.read, community.slug, user.id),
        ranks.find(community, user.id, 'call'),
        listHeldCertifications(database.read, community, user.id),
      ])
      noteStaleRank(context, rank)
      return ok({
        status: 'success',
        id: Number(user.id),
        ...(player === undefined ? {} : { _id: player.objectId }),
        username: user.name,
        points: player?.points ?? 0,
        rank: rank.roleName,
        rankid: rank.rank,
        cast: rank.rank >= community.ranks.cast,
        certifications,
      })
    },
  })
}

/** @throws Problem `user-not-found`, also for a Discord account that isn't linked */
async function getUser(
  { users, links }: Dependencies,
  { community }: CallContext,
  by: { id?: string; username?: string; discord?: string },
): Promise<RobloxUser> {
  if (by.id !== undefined) return users.getById(by.id)
  if (by.username !== undefined) return users.getByName(by.username)
  if (by.discord !== undefined) return users.getById(await links.getRobloxId(community, by.discord))
  throw new Problem('user-not-found')
}
