import { Type } from 'typebox'
import type { HttpClient } from './http-client.ts'
import { OutsideError } from './outside-error.ts'

// The vendor's documents and its own clients spell the member differently.
const Link = Type.Object({
  robloxID: Type.Optional(Type.Union([Type.String(), Type.Integer()])),
  robloxId: Type.Optional(Type.Union([Type.String(), Type.Integer()])),
})

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
        budget: apiKey,
      },
      Link,
    )
    const id = link.robloxID ?? link.robloxId
    return id === undefined || id === '' ? undefined : String(id)
  } catch (error) {
    if (error instanceof OutsideError && error.status === 404) return undefined
    throw error
  }
}
