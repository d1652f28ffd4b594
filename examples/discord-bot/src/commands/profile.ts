import type { Profile, ProfileParameters } from '@magicband/client'
import { type ChatInputCommandInteraction, EmbedBuilder } from 'discord.js'
import { cut, escapeText, profileAddress } from '../text.ts'
import type { Command, Services } from './command.ts'
import { bareName, defineCommand, robloxId, username } from './options.ts'

const longestField = 1024

/** `/profile`: all about one player. */
export const profile: Command = {
  definition: defineCommand('profile', 'All about one player: give one of the three')
    .addStringOption(username)
    .addUserOption((option) => option.setName('member').setDescription('A member of this server'))
    .addStringOption(robloxId)
    .toJSON(),
  run: async (interaction, services) => {
    const parameters = parametersOf(interaction)
    if (parameters === undefined) return { text: 'Please give exactly one of these: a username, a member, an id.' }
    return { embed: await describe(await services.magicband.profile(parameters), services) }
  },
}

function parametersOf({ options }: ChatInputCommandInteraction): ProfileParameters | undefined {
  const username = options.getString('username')
  const member = options.getUser('member')
  const id = options.getString('id')
  if (username !== null && member === null && id === null) return { username: bareName(username) }
  if (username === null && member !== null && id === null) return { discord: member.id }
  if (username === null && member === null && id !== null) return { id: id.trim() }
  return undefined
}

async function describe(player: Profile, { certifications }: Services): Promise<EmbedBuilder> {
  // Without the list, which is for their names, the codes do.
  const listed = player.certifications.length === 0 ? [] : await certifications.list().catch(() => [])
  const names = new Map(listed.map(({ code, name }) => [code, name]))
  const held = player.certifications.map((code) => escapeText(names.get(code) ?? code)).join(', ')
  const embed = new EmbedBuilder()
    .setTitle(escapeText(player.username))
    .setURL(profileAddress(player.id))
    .addFields(
      { name: 'Rank', value: `${escapeText(player.rank)} (${player.rankid})`, inline: true },
      { name: 'Points', value: String(player.points), inline: true },
      { name: 'Roblox id', value: player.id, inline: true },
      { name: 'Certifications', value: cut(held === '' ? 'none' : held, longestField) },
    )
  if (player.staleSeconds === undefined) return embed
  const minutes = Math.ceil(player.staleSeconds / 60)
  return embed.setFooter({ text: `Roblox is not answering: the rank is ${minutes} minutes old.` })
}
