import { type Answer, type Call, json, Refusal, route } from './http.ts'
import type { RefusalStatus, Service } from './server.ts'
import { sandboxIds, sandboxKeys, type World } from './world.ts'

/** api.blox.link, version 4, with a key that is bound to one guild. */
export function bloxlink(world: World): Service {
  const guild = '/v4/public/guilds/{guild}'
  return {
    refuse,
    routes: [
      route('GET', `${guild}/discord-to-roblox/{discord}`, json(200, {}), (call, params) => {
        check(world, { call, guildId: params.guild })
        const robloxId = world.state.bloxlinkLinks.get(params.discord)
        if (robloxId === undefined) return bloxlinkError(404, 'User not found')
        return json(200, { robloxID: robloxId, resolved: {} })
      }),
      route('GET', `${guild}/roblox-to-discord/{roblox}`, json(200, { discordIDs: [] }), (call, params) => {
        check(world, { call, guildId: params.guild })
        const links = [...world.state.bloxlinkLinks].filter(([, robloxId]) => robloxId === params.roblox)
        if (links.length === 0) return bloxlinkError(404, 'User not found')
        return json(200, { discordIDs: links.map(([discordId]) => discordId), resolved: {} })
      }),
    ],
  }
}

function check(world: World, { call, guildId }: { call: Call; guildId: string }): void {
  // The key stands alone in the header, without "Bearer".
  if (call.headers.authorization !== sandboxKeys.bloxlink) throw new Refusal(bloxlinkError(401, 'Invalid API Key'))
  if (guildId !== sandboxIds.guild) throw new Refusal(bloxlinkError(403, 'Guild ID does not match API Key'))
  if (world.bloxlinkQuotaLeft === undefined) return
  if (world.bloxlinkQuotaLeft <= 0) throw new Refusal(refuse(429))
  world.bloxlinkQuotaLeft -= 1
}

function refuse(status: RefusalStatus): Answer {
  return bloxlinkError(status, messages[status])
}

function bloxlinkError(status: number, error: string): Answer {
  return json(status, { error })
}

const messages: Record<RefusalStatus, string> = {
  404: 'Not found',
  405: 'Method not allowed',
  413: 'Payload too large',
  429: 'You have reached your API key limit for today. Email cm@blox.link for elevated rates.',
  500: 'Internal server error',
}
