import type { Interaction } from 'discord.js'
import type { CommandName } from './commands/command.ts'
import type { Settings } from './settings.ts'

/**
 * Whether who acts may use a command: by the roles, of this server. Discord's own permissions only hide commands, and
 * whoever manages the server can change them there.
 */
export function isAllowed(interaction: Interaction, name: CommandName, { allowed, discord }: Settings): boolean {
  if (!interaction.inGuild() || interaction.guildId !== discord.guildId) return false
  const roles = allowed[name]
  if (roles === 'everyone') return true
  const { roles: held } = interaction.member
  return roles.some((role) => (Array.isArray(held) ? held.includes(role) : held.cache.has(role)))
}
