import { type Magicband, type MagicbandOptions, startMagicband } from '../../../test/magicband.ts'
import { requireNoSecrets } from '../../../test/secrets.ts'
import { type Bot, createBot } from '../src/bot.ts'
import { createLog } from '../src/log.ts'
import { readSettings } from '../src/settings.ts'
import { type DiscordStandIn, startDiscord } from './discord-stand-in.ts'
import type { Given } from './interactions.ts'
import type { Shown } from './shown.ts'

export const roles = { trainer: '700000000000000001', moderator: '700000000000000002' }
/** Who has both. */
export const staff = Object.values(roles)
export const moderator = '301715666401230851'

/** A bot that is connected to a Discord on this machine, and to a Magicband on a fresh database. */
export type RunningBot = {
  band: Magicband
  discord: DiscordStandIn
  bot: Bot
  log: string[]
  /** Uses a command, by somebody with all roles unless told otherwise, and waits until it is answered. */
  use: (command: string, options?: Given['options'], more?: Partial<Given>) => Promise<Shown>
  /** What is offered to somebody who types into an option. */
  suggest: (command: string, typing: string, text: string, more?: Partial<Given>) => Promise<unknown>
  stop: () => Promise<void>
}

/** The environment of a bot, as `.env.example` describes it. */
export function environmentOf(discord: DiscordStandIn, band: Magicband): Record<string, string> {
  return {
    DISCORD_TOKEN: discord.token,
    DISCORD_GUILD: discord.guildId,
    DISCORD_API_URL: discord.apiUrl,
    MAGICBAND_URL: band.address,
    MAGICBAND_KEY: band.keys.wed?.bot ?? '',
    ROLES_PROFILE: 'everyone',
    ROLES_CERTIFY: roles.trainer,
    ROLES_DECERTIFY: `${roles.trainer},${roles.moderator}`,
    ROLES_BAN: roles.moderator,
    ROLES_UNBAN: roles.moderator,
    ROLES_APPROVE: roles.moderator,
  }
}

export async function startRunningBot(
  more: Record<string, string> = {},
  options: MagicbandOptions = {},
): Promise<RunningBot> {
  const band = await startMagicband(options)
  const discord = await startDiscord()
  const settings = readSettings({ ...environmentOf(discord, band), ...more })
  const log: string[] = []
  const bot = createBot({ settings, log: createLog((line) => log.push(line)), clock: band.now, onEnd: () => undefined })
  await bot.start()
  const isEnd = (step: string | undefined) => step === 'edit' || step === 'reply'
  return {
    band,
    discord,
    bot,
    log,
    use: async (command, given = {}, by = {}) => {
      const shown = discord.use({ command, options: given, roles: staff, ...by })
      return discord.until(shown, isEnd)
    },
    suggest: async (command, typing, text, by = {}) => {
      const shown = discord.use({ command, options: { [typing]: text }, typing, roles: staff, ...by })
      return (await discord.until(shown, (step) => step === 'choices')).body.choices
    },
    stop: async () => {
      await bot.stop()
      await discord.close()
      await band.stop()
      requireNoSecrets(log)
      const told = discord.secrets().filter((secret) => log.some((line) => line.includes(secret)))
      if (told.length > 0) throw new Error('the log of the bot tells a secret')
    },
  }
}
