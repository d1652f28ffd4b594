import {
  InteractionContextType,
  type PermissionResolvable,
  PermissionsBitField,
  SlashCommandBuilder,
  type SlashCommandStringOption,
} from 'discord.js'

/** A command of the server, which Discord shows only to members with a permission, or to all. */
export function defineCommand(name: string, description: string, shownTo?: PermissionResolvable): SlashCommandBuilder {
  const permissions = shownTo === undefined ? null : PermissionsBitField.resolve(shownTo)
  return new SlashCommandBuilder()
    .setName(name)
    .setDescription(description)
    .setContexts(InteractionContextType.Guild)
    .setDefaultMemberPermissions(permissions)
}

/** The limits are those of Magicband's parameters. */
export function username(option: SlashCommandStringOption): SlashCommandStringOption {
  return option.setName('username').setDescription('Roblox username, in any letter case').setMaxLength(50)
}

export function robloxId(option: SlashCommandStringOption): SlashCommandStringOption {
  return option.setName('id').setDescription('Roblox user id').setMaxLength(16)
}

export function reason(option: SlashCommandStringOption): SlashCommandStringOption {
  return option.setName('reason').setDescription('Why; it is kept, and shown').setMaxLength(1000).setRequired(true)
}

/** A name as somebody types or copies it, without the spaces and the @ around it. */
export function bareName(text: string): string {
  return text.trim().replace(/^@/, '')
}
