import { hotQuery, type PlaceOf } from '../../database/hot-query.ts'
import type { Db } from '../../database/schema.ts'
import type { PlayerRecord } from '../../players/players.store.ts'
import {
  type AskedPlayer,
  type RememberedPlayer,
  rememberedPlayer,
  toRemembered,
} from '../../players/remembered.store.ts'

/** A player with the record, where there is one. */
export type ProfiledPlayer = RememberedPlayer & { record: PlayerRecord | undefined }

const profiledPlayer = hotQuery((db, value: PlaceOf<AskedPlayer>) =>
  rememberedPlayer(db, value)
    .leftJoin('player', (join) =>
      join.on('player.community', '=', value('community')).on('player.roblox_id', '=', value('robloxId')),
    )
    .select(['player.object_id', 'player.points']),
)

export async function findProfiledPlayer(db: Db, asked: AskedPlayer): Promise<ProfiledPlayer> {
  const [row] = (await profiledPlayer(db, asked)).rows
  if (row === undefined) throw new Error('a query that always gives a row gave none')
  const { object_id: objectId, points } = row
  return {
    ...toRemembered(asked.robloxId, row),
    record: objectId === null || points === null ? undefined : { objectId, points },
  }
}
