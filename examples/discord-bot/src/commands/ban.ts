import { PermissionFlagsBits } from 'discord.js'
import { actOf, type Command } from './command.ts'
import { bareName, defineCommand, reason, username } from './options.ts'

/** `/ban` */
export const ban: Command = {
  definition: defineCommand('ban', 'Ban a player from the games', PermissionFlagsBits.BanMembers)
    .addStringOption((option) => username(option).setRequired(true))
    .addStringOption(reason)
    .addStringOption((option) =>
      option.setName('duration').setDescription('Such as 30m, 12h, 7d; without it the ban has no end').setMaxLength(20),
    )
    .toJSON(),
  run: async (interaction, { magicband }) => {
    const { options, user } = interaction
    const text = options.getString('duration')
    const duration = text === null ? undefined : secondsOf(text)
    if (text !== null && duration === undefined)
      return {
        text: 'Please write a duration like 30m, 12h or 7d, of 3650d at most, or leave it out for a ban without an end.',
      }
    const { discord } = await magicband.ban(
      {
        username: bareName(options.getString('username', true)),
        reason: options.getString('reason', true).trim(),
        moderator: user.id,
        duration,
      },
      actOf(interaction),
    )
    return { text: discord }
  },
}

/** `/unban` */
export const unban: Command = {
  definition: defineCommand('unban', 'Lift a ban', PermissionFlagsBits.BanMembers)
    .addStringOption((option) => username(option).setRequired(true))
    .addStringOption(reason)
    .toJSON(),
  run: async (interaction, { magicband }) => {
    const { options, user } = interaction
    const { discord } = await magicband.unban(
      {
        username: bareName(options.getString('username', true)),
        reason: options.getString('reason', true).trim(),
        moderator: user.id,
      },
      actOf(interaction),
    )
    return { text: discord }
  },
}

const unitSeconds = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
])

const longestSeconds = 3650 * 86_400

/** The seconds of a time like those of Magicband's command line; undefined for what is none, and for more than a ban can last. */
function secondsOf(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,10}) ?([smhd])$/.exec(text.trim().toLowerCase()) ?? []
  const seconds = Number(count) * (unitSeconds.get(unit) ?? Number.NaN)
  return seconds <= longestSeconds ? seconds : undefined
}
