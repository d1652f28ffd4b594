import { Type } from 'typebox'
import type { HttpClient } from './http-client.ts'
import { isRefusal } from './outside-error.ts'

const Link = Type.Object({ robloxId: Type.Union([Type.String({ pattern: '^[0-9]+$' }), Type.Integer()]) })

/** The Roblox id that RoVer knows for a member of a Discord server; undefined where it knows none. */
export async function findByRover(
  client: HttpClient,
  { guild, apiKey }: { guild: string; apiKey: string },
  discordId: string,
): Promise<string | undefined> {
  try {
    const link = await client.askJson(
      {
        method: 'GET',
        path: `/api/guilds/${guild}/discord-to-roblox/${discordId}`,
        headers: { authorization: `Bearer ${apiKey}` },
        isIdempotent: true,
        budget: 'links',
        credential: apiKey,
      },
      Link,
    )
    return String(link.robloxId)
  } catch (error) {
    if (isRefusal(error, 404)) return undefined
    throw error
  }
}
