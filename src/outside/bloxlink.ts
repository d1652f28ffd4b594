import { Type } from 'typebox'
import type { HttpClient } from './http-client.ts'
import { isRefusal } from './outside-error.ts'

const Id = Type.Union([Type.String({ pattern: '^[0-9]*$' }), Type.Integer(), Type.Null()])
// The vendor's documents and its own clients spell the member differently. Without either it is no answer.
const Link = Type.Union([Type.Object({ robloxID: Id }), Type.Object({ robloxId: Id })])

/** The Roblox id that Bloxlink knows for a member of a Discord server; undefined where it knows none. */
export async function findByBloxlink(
  client: HttpClient,
  { guild, apiKey }: { guild: string; apiKey: string },
  discordId: string,
): Promise<string | undefined> {
  try {
    const link = await client.askJson(
      {
        method: 'GET',
        path: `/v4/public/guilds/${guild}/discord-to-roblox/${discordId}`,
        headers: { authorization: apiKey },
        isIdempotent: true,
        budget: 'links',
        credential: apiKey,
      },
      Link,
    )
    const id = 'robloxID' in link ? link.robloxID : link.robloxId
    return id === null || id === '' ? undefined : String(id)
  } catch (error) {
    if (isRefusal(error, 404)) return undefined
    throw error
  }
}
