import { type ChatInputCommandInteraction, PermissionFlagsBits, type SlashCommandStringOption } from 'discord.js'
import { cut } from '../text.ts'
import { actOf, type Command } from './command.ts'
import { bareName, defineCommand, username } from './options.ts'

const mostChoices = 25
/** What Discord takes; a code has 50 of it at most. */
const longestChoice = 100

/** `/certify`: somebody has passed a training. */
export const certify: Command = {
  definition: defineCommand('certify', 'Grant a certification', PermissionFlagsBits.ModerateMembers)
    .addStringOption((option) => username(option).setRequired(true))
    .addStringOption(certification)
    .toJSON(),
  run: async (interaction, { magicband }) => {
    const { discord } = await magicband.grantCertification(parametersOf(interaction), actOf(interaction))
    return { text: discord }
  },
  suggest,
}

/** `/decertify`, also of one that the community no longer lists: its code can be typed. */
export const decertify: Command = {
  definition: defineCommand('decertify', 'Take a certification away', PermissionFlagsBits.ModerateMembers)
    .addStringOption((option) => username(option).setRequired(true))
    .addStringOption(certification)
    .toJSON(),
  run: async (interaction, { magicband }) => {
    const { discord } = await magicband.revokeCertification(parametersOf(interaction), actOf(interaction))
    return { text: discord }
  },
  suggest,
}

function certification(option: SlashCommandStringOption): SlashCommandStringOption {
  return option
    .setName('certification')
    .setDescription('Which one')
    .setMaxLength(100)
    .setRequired(true)
    .setAutocomplete(true)
}

function parametersOf({ options, user }: ChatInputCommandInteraction) {
  return {
    certification: options.getString('certification', true).trim(),
    username: bareName(options.getString('username', true)),
    moderator: user.id,
  }
}

/** Those whose code or name has in it what is typed, in the community's order. */
async function suggest(typed: string, { certifications }: Parameters<NonNullable<Command['suggest']>>[1]) {
  const wanted = typed.trim().toLowerCase()
  return (await certifications.list())
    .filter(({ code, name }) => `${code}\n${name}`.toLowerCase().includes(wanted))
    .slice(0, mostChoices)
    .map(({ code, name }) => ({ name: `${cut(name, longestChoice - code.length - 3)} (${code})`, value: code }))
}
