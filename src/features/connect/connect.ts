import type { CallContext } from '../../call/call.ts'
import type { Clock } from '../../clock.ts'
import type { Community } from '../../config/community.ts'
import type { Database } from '../../database/database.ts'
import type { Rank, Ranks } from '../../players/ranks.ts'
import type { Users } from '../../players/users.ts'
import type { Pseudonyms } from '../../privacy/pseudonyms.ts'
import { Problem } from '../../problem.ts'
import { inOrder } from '../certification/certification.ts'
import { findJoiningPlayer, type JoiningPlayer } from './connect.store.ts'

export type ConnectDependencies = {
  database: Database
  users: Users
  ranks: Ranks
  pseudonyms: Pseudonyms
  clock: Clock
}

type Join = { community: Community; robloxId: string; place: string; isTraining: boolean }

/** What a game server is told of a joining player; `ban` is there for a banned one, who gets nothing else. */
export type Admission = {
  certifications: string
  auth: boolean
  clearance: number
  ban?: { reason: string; endsAt: number | undefined }
  rank: Rank
}

/**
 * Refuses a place that the community doesn't list, and one that is not where Roblox says the request comes from
 * (contract `/connect` 1). With the token of a game server, also any place and server but its own.
 * @throws Problem `place-refused`
 */
export function requirePlace(
  { community, robloxPlace, key: { token } }: Pick<CallContext, 'community' | 'robloxPlace' | 'key'>,
  { place, server }: { place: string; server?: string },
): void {
  const isListed = community.places === undefined || community.places.has(place)
  const isFromThere = robloxPlace === undefined || robloxPlace === place
  const isOfToken = token === undefined || (token.place === place && (server === undefined || token.server === server))
  if (!isListed || !isFromThere || !isOfToken) throw new Problem('place-refused')
}

/** Decides on a join (contract `/connect` 2–4). @throws Problem `player-unknown` */
export async function admit(dependencies: ConnectDependencies, join: Join): Promise<Admission> {
  const { database, users, ranks, pseudonyms, clock } = dependencies
  const { community, robloxId } = join
  const player = { community: community.slug, robloxId }
  const pseudonym = pseudonyms.of(player)
  const read = () => findJoiningPlayer(database.read, { ...player, pseudonym, now: clock() })
  const remembered = await read()
  const fresh = ranks.ifFresh(community, remembered.rank)
  if (remembered.user !== undefined && fresh !== undefined) return decide(join, remembered, fresh)
  const [exists, rank] = await Promise.all([
    remembered.user !== undefined || users.mayExist(robloxId),
    ranks.refresh(community, robloxId, 'join', remembered.rank),
  ])
  if (!exists) throw new Problem('player-unknown')
  // While Roblox was waited for, the player may have been banned.
  return decide(join, await read(), rank)
}

function decide(join: Join, { ban, codes }: Pick<JoiningPlayer, 'ban' | 'codes'>, rank: Rank): Admission {
  const { community } = join
  if (ban !== undefined) return { certifications: '', auth: false, clearance: 0, ban, rank }
  const auth = rank.rank >= leastRank(join)
  const certifications =
    join.isTraining && auth ? [...community.certifications.codes.keys()] : inOrder(community, codes)
  return {
    certifications: certifications.join(','),
    auth,
    clearance: auth ? clearanceOf(community, rank.rank) : 0,
    rank,
  }
}

function leastRank({ community, place, isTraining }: Join): number {
  return isTraining ? community.ranks.trainee : (community.places?.get(place)?.minimumRank ?? 0)
}

/** The highest level whose least rank the player has; the levels ascend. */
function clearanceOf(community: Community, rank: number): number {
  return community.ranks.clearance.filter((least) => rank >= least).length
}
