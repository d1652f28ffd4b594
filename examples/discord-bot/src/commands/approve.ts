import type { ProfileParameters } from '@magicband/client'
import { type ChatInputCommandInteraction, PermissionFlagsBits } from 'discord.js'
import { escapeText, profileAddress } from '../text.ts'
import { actOf, type Command } from './command.ts'
import { bareName, defineCommand, robloxId, username } from './options.ts'

/** `/approve`: the call takes an id and has no words for Discord, so the profile gives the id and the name. */
export const approve: Command = {
  definition: defineCommand('approve', 'Approve an application: give one of the two', PermissionFlagsBits.ManageRoles)
    .addStringOption(username)
    .addStringOption(robloxId)
    .toJSON(),
  run: async (interaction, { magicband }) => {
    const parameters = parametersOf(interaction)
    if (parameters === undefined) return { text: 'Please give exactly one of these: a username, an id.' }
    const player = await magicband.profile(parameters)
    await magicband.approveApplication({ id: player.id, moderator: interaction.user.id }, actOf(interaction))
    const link = `[${player.id}](${profileAddress(player.id)})`
    return { text: `Successfully approved **${escapeText(player.username)}** (${link}).` }
  },
}

function parametersOf({ options }: ChatInputCommandInteraction): ProfileParameters | undefined {
  const username = options.getString('username')
  const id = options.getString('id')
  if (username !== null && id === null) return { username: bareName(username) }
  if (username === null && id !== null) return { id: id.trim() }
  return undefined
}
