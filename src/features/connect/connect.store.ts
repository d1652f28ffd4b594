import { sql } from 'kysely'
import { hotQuery, type PlaceOf } from '../../database/hot-query.ts'
import type { Db } from '../../database/schema.ts'
import {
  type AskedPlayer,
  type RememberedPlayer,
  rememberedPlayer,
  toRemembered,
} from '../../players/remembered.store.ts'

type Asked = AskedPlayer & { pseudonym: string; now: number }
/** A player who joins, with the ban that holds. */
export type JoiningPlayer = RememberedPlayer & { ban: { reason: string; endsAt: number | undefined } | undefined }

const joiningPlayer = hotQuery((db, value: PlaceOf<Asked>) =>
  rememberedPlayer(db, value)
    .leftJoin('ban', (join) =>
      join
        .on((eb) => {
          const ofPlayer = (id: 'robloxId' | 'pseudonym') =>
            eb.and([eb('ban.community', '=', value('community')), eb('ban.roblox_id', '=', value(id))])
          return eb.or([ofPlayer('robloxId'), ofPlayer('pseudonym')])
        })
        // Not as a value: the index holds open bans only, and the database has to see that none else is asked for.
        .on('ban.is_open', '=', sql.lit(1))
        .on((eb) => eb.or([eb('ban.ends_at', 'is', null), eb('ban.ends_at', '>', value('now'))])),
    )
    .select(['ban.reason', 'ban.ends_at']),
)

/** What is remembered of a player, and the ban that holds at `now`, also one that lives on under the player's pseudonym. */
export async function findJoiningPlayer(db: Db, asked: Asked): Promise<JoiningPlayer> {
  const [row] = (await joiningPlayer(db, asked)).rows
  if (row === undefined) throw new Error('a query that always gives a row gave none')
  const ban = row.reason === null ? undefined : { reason: row.reason, endsAt: row.ends_at ?? undefined }
  return { ...toRemembered(asked.robloxId, row), ban }
}
