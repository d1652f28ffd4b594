import { createClient, MagicbandError, type MagicbandErrorCode } from '@magicband/client'
import {
  type AutocompleteInteraction,
  type ChatInputCommandInteraction,
  Client,
  EmbedBuilder,
  Events,
  type Interaction,
  type InteractionEditReplyOptions,
  MessageFlags,
} from 'discord.js'
import { CertificationList } from './certification-list.ts'
import type { Reply, Services } from './commands/command.ts'
import { findCommand } from './commands/commands.ts'
import { describeError, type Log } from './log.ts'
import { isAllowed } from './permissions.ts'
import { sentenceFor } from './sentences.ts'
import type { Settings } from './settings.ts'
import { cut } from './text.ts'

type Dependencies = {
  settings: Settings
  log: Log
  clock: () => number
  /** Discord has ended the connection, and would again: the token is no longer right, for one. */
  onEnd: () => void
}

export type Bot = {
  /** @throws where Discord doesn't take the token */
  start(): Promise<void>
  /** Answers what is being worked on, for ten seconds at most, and goes. */
  stop(): Promise<void>
}

/** How long an answer may take to be sent when the bot stops. */
const stopMs = 10_000
const longestContent = 2000
const longestEmbed = 4096

const whatToCheck = 'check MAGICBAND_URL, MAGICBAND_KEY, and whether Magicband runs'
const whatIsDenied = 'the key lacks the scope, or the `sources` of the community do not list this address'
const connectionFailed =
  'the connection to Discord failed and is made again: if this goes on, look whether Discord can be reached from here'

/** Somebody waits: that Magicband wants to be asked again in a while is told instead of waited for. */
const longestWaitMs = 3000

/** A bot that is not connected yet. @throws TypeError for an address of Magicband that can't be used */
export function createBot({ settings, log, clock, onEnd }: Dependencies): Bot {
  const magicband = createClient({ ...settings.magicband, longestWaitMs })
  const services: Services = { magicband, certifications: new CertificationList(magicband, clock) }
  const running = new Set<Promise<void>>()
  const client = new Client({
    // Interactions come without any.
    intents: [],
    // Of all that it sends: Magicband's text can't ping, and the bot's own should not.
    allowedMentions: { parse: [] },
    rest: { api: settings.discord.apiUrl },
  })
  const take = (interaction: Interaction): void => {
    const handling = handle(interaction, { settings, services, log }).finally(() => running.delete(handling))
    running.add(handling)
  }
  client.on(Events.InteractionCreate, take)
  const onFailure = (error: Error) => log('warn', connectionFailed, describeError(error))
  client.on(Events.Error, onFailure).on(Events.ShardError, onFailure)
  client.on(Events.ShardReconnecting, () => log('info', 'the connection to Discord was lost and is made again'))
  client.on(Events.ShardDisconnect, ({ code }) => {
    log('error', 'Discord has ended the connection for good: look whether DISCORD_TOKEN is still right, and restart', {
      code,
    })
    onEnd()
  })

  return {
    start: async () => {
      const isReady = new Promise<void>((resolve) => client.once(Events.ClientReady, () => resolve()))
      await client.login(settings.discord.token)
      await isReady
      log('info', 'connected to Discord', { guild: settings.discord.guildId })
      // Better now than by the first command of somebody who needs it.
      await services.certifications.list().catch((error) => {
        // A key may do without the certifications.
        if (isAccessDenied(error))
          log('info', `the certifications can't be read: ${whatIsDenied}`, describeError(error))
        else log('warn', `Magicband can't be used: ${whatToCheck}`, describeError(error))
      })
    },
    stop: async () => {
      client.off(Events.InteractionCreate, take).removeAllListeners(Events.ShardReconnecting)
      const patience = AbortSignal.timeout(stopMs)
      const isLate = new Promise<void>((resolve) => patience.addEventListener('abort', () => resolve()))
      await Promise.race([Promise.all(running), isLate])
      await client.destroy()
      log('info', 'stopped')
    },
  }
}

type Handling = { settings: Settings; services: Services; log: Log }

/** Answers one interaction; never throws. */
async function handle(interaction: Interaction, handling: Handling): Promise<void> {
  try {
    if (interaction.isAutocomplete()) await complete(interaction, handling)
    else if (interaction.isChatInputCommand()) await runCommand(interaction, handling)
  } catch (error) {
    handling.log('error', 'an interaction could not be answered: the audit trail says whether it was done', {
      interaction: interaction.id,
      ...describeError(error),
    })
  }
}

async function complete(interaction: AutocompleteInteraction, { settings, services, log }: Handling): Promise<void> {
  const found = findCommand(interaction.commandName)
  if (found?.command.suggest === undefined || !isAllowed(interaction, found.name, settings))
    return interaction.respond([])
  const choices = await found.command.suggest(interaction.options.getFocused(), services).catch((error) => {
    log('warn', `nothing could be offered to choose from: ${whatToCheck}`, describeError(error))
    return []
  })
  await interaction.respond(choices)
}

async function runCommand(interaction: ChatInputCommandInteraction, handling: Handling): Promise<void> {
  const { settings, services, log } = handling
  const found = findCommand(interaction.commandName)
  if (found === undefined || !isAllowed(interaction, found.name, settings)) {
    const text = found === undefined ? 'This command is no more.' : 'You do not have a role that may do this.'
    await interaction.reply({ content: text, flags: MessageFlags.Ephemeral })
    return
  }
  // Discord gives up after three seconds, Roblox may take longer. Where even this fails nothing is done: it would be said
  // to have failed, and asked for again.
  await interaction.deferReply(settings.isPrivate ? { flags: MessageFlags.Ephemeral } : {})
  const about = { command: found.name, interaction: interaction.id }
  let reply: Reply
  try {
    reply = await found.command.run(interaction, services)
    log('info', 'answered', about)
  } catch (error) {
    reply = { text: sentenceFor(error) }
    tell(error, about, log)
  }
  await interaction.editReply(messageOf(reply))
}

/** Of what Magicband refuses, these are for whoever runs the bot to mend. */
const toBeMended: ReadonlySet<MagicbandErrorCode> = new Set([
  'access-denied',
  'key-invalid',
  'not-found',
  'timed-out',
  'unreachable',
  'unreadable',
])

function tell(error: unknown, about: object, log: Log) {
  const details = { ...about, ...describeError(error) }
  if (!(error instanceof MagicbandError)) return log('error', 'a command failed: this is a fault of the bot', details)
  const isToBeMended = toBeMended.has(error.code)
  const advice = isAccessDenied(error) ? whatIsDenied : whatToCheck
  const message = isToBeMended ? `Magicband can't be used: ${advice}` : 'refused or failed'
  log(isToBeMended ? 'warn' : 'info', message, { ...details, requestId: error.requestId })
}

function isAccessDenied(error: unknown): boolean {
  return error instanceof MagicbandError && error.code === 'access-denied'
}

/** What Discord shows. A reason of a thousand characters, escaped, is longer than a message; an embed holds it. */
function messageOf(reply: Reply): InteractionEditReplyOptions {
  if ('embed' in reply) return { embeds: [reply.embed] }
  if (reply.text.length <= longestContent) return { content: reply.text }
  return { embeds: [new EmbedBuilder().setDescription(cut(reply.text, longestEmbed))] }
}
