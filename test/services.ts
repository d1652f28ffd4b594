import type { ServiceAddresses } from '../src/config/environment.ts'

/** The environment variables by which a process finds the outside services at these addresses. */
export function serviceVariables(addresses: ServiceAddresses): Record<string, string> {
  return {
    ROBLOX_APIS_URL: addresses.robloxApis,
    ROBLOX_USERS_URL: addresses.robloxUsers,
    ROBLOX_GROUPS_URL: addresses.robloxGroups,
    ROBLOX_THUMBNAILS_URL: addresses.robloxThumbnails,
    BLOXLINK_URL: addresses.bloxlink,
    ROVER_URL: addresses.rover,
    PASTEBIN_URL: addresses.pastebin,
    DISCORD_URL: addresses.discord,
  }
}
