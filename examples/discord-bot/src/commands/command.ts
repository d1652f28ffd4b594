import type { MagicbandClient } from '@magicband/client'
import type {
  ApplicationCommandOptionChoiceData,
  ChatInputCommandInteraction,
  EmbedBuilder,
  RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js'
import type { CertificationList } from '../certification-list.ts'

export const commandNames = ['profile', 'certify', 'decertify', 'ban', 'unban', 'approve'] as const
export type CommandName = (typeof commandNames)[number]

export type Services = { magicband: MagicbandClient; certifications: CertificationList }

/** What a command answers; `bot.ts` sends it. */
export type Reply = { text: string } | { embed: EmbedBuilder }

export type Choice = ApplicationCommandOptionChoiceData<string>

/** A command: what Discord is told of it, and what it does. Who may use it is decided before it is run (`permissions.ts`). */
export type Command = {
  definition: RESTPostAPIChatInputApplicationCommandsJSONBody
  /** @throws MagicbandError, which `sentences.ts` puts into words */
  run(interaction: ChatInputCommandInteraction, services: Services): Promise<Reply>
  /** What to offer while somebody types into an option that completes. */
  suggest?(typed: string, services: Services): Promise<Choice[]>
}

/** Names an act by what it answers, so that it is done once though it may be asked for again. */
export function actOf({ id }: ChatInputCommandInteraction): { idempotencyKey: string } {
  return { idempotencyKey: `discord-${id}` }
}
