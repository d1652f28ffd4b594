import type { ImportedPlayer } from './read-player.ts'
import type { Remark } from './remarks.ts'

/** So many players of one file are remembered; of those after them, the database alone knows whether they came before. */
const rememberedLimit = 1_000_000

/** Which Roblox ids and `_id`s have come in this file, and on which lines. */
export class EarlierRecords {
  readonly #byRobloxId = new Map<string, number>()
  readonly #byObjectId = new Map<string, number>()

  /** Remembers a record's ids, or gives the reason why it is skipped. */
  findDouble({ robloxId, objectId }: ImportedPlayer, line: number): Remark | undefined {
    const same = this.#byRobloxId.get(robloxId)
    if (same !== undefined) return remark('roblox-id-twice', `its Roblox id ${robloxId} is that of line ${same}`)
    const taken = objectId === undefined ? undefined : this.#byObjectId.get(objectId)
    if (taken !== undefined) return remark('object-id-twice', `its _id ${objectId} is that of line ${taken}`)
    if (this.#byRobloxId.size >= rememberedLimit) return undefined
    this.#byRobloxId.set(robloxId, line)
    if (objectId !== undefined) this.#byObjectId.set(objectId, line)
    return undefined
  }
}

function remark(reason: Remark['reason'], message: string): Remark {
  return { reason, message }
}
