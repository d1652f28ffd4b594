import { type Answer, type Call, json, Refusal, type Route, route } from './http.ts'
import type { RefusalStatus, Service } from './server.ts'
import { sandboxIds, sandboxKeys, type World } from './world.ts'

/** registry.rover.link, with the guild's key. */
export function rover(world: World): Service {
  const guild = '/api/guilds/{guild}'
  return {
    refuse,
    routes: [
      lookup(world, `${guild}/discord-to-roblox/{id}`, (discordId) => {
        const robloxId = world.state.roverLinks.get(discordId)
        if (robloxId === undefined) return undefined
        return {
          robloxId: Number(robloxId),
          cachedUsername: world.state.users.get(robloxId)?.name ?? '',
          discordId,
          guildId: sandboxIds.guild,
        }
      }),
      lookup(world, `${guild}/roblox-to-discord/{id}`, (robloxId) => {
        const links = [...world.state.roverLinks].filter(([, linked]) => linked === robloxId)
        if (links.length === 0) return undefined
        const discordUsers = links.map(([id]) => ({ user: { id, username: `discord-${id}` }, nick: null, roles: [] }))
        return { discordUsers, robloxId: Number(robloxId), guildId: sandboxIds.guild }
      }),
    ],
  }
}

function lookup(
  world: World,
  path: '/api/guilds/{guild}/discord-to-roblox/{id}' | '/api/guilds/{guild}/roblox-to-discord/{id}',
  find: (id: string) => unknown,
): Route {
  return route('GET', path, json(200, {}), (call, { guild, id }) => {
    check({ call, guildId: guild })
    const limit = world.rateLimits.rover
    const { isAllowed, remaining, resetSeconds } = world.counters.take('rover', limit)
    const headers = {
      'x-ratelimit-bucket': 'sandbox',
      'x-ratelimit-limit': String(limit.limit),
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-reset-after': String(resetSeconds),
    }
    if (!isAllowed) {
      return { ...refuse(429), headers: { ...headers, 'retry-after': String(Math.ceil(resetSeconds)) } }
    }
    const found = find(id)
    if (found === undefined) return { ...roverError(404, ['user_not_found', 'User not found']), headers }
    return json(200, found, headers)
  })
}

function check({ call, guildId }: { call: Call; guildId: string }): void {
  if (call.headers.authorization !== `Bearer ${sandboxKeys.rover}`) {
    throw new Refusal(roverError(401, ['unauthorized', 'Invalid API key']))
  }
  if (guildId !== sandboxIds.guild) {
    throw new Refusal(roverError(403, ['forbidden', 'The API key is not for this guild']))
  }
}

function refuse(status: RefusalStatus): Answer {
  return roverError(status, refusals[status])
}

function roverError(status: number, [errorCode, message]: readonly [code: string, message: string]): Answer {
  return json(status, { errorCode, message, detail: null, context: null })
}

/** RoVer doesn't publish its codes; only `discord_rate_limit` is known from its clients. */
const refusals: Record<RefusalStatus, readonly [string, string]> = {
  404: ['not_found', 'Not found'],
  405: ['method_not_allowed', 'Method not allowed'],
  413: ['payload_too_large', 'Payload too large'],
  429: ['discord_rate_limit', 'You are being rate limited'],
  500: ['internal_error', 'Internal server error'],
}
