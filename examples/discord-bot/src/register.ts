import { DiscordAPIError, REST, Routes } from 'discord.js'
import { commands } from './commands/commands.ts'
import { readSettings, SettingsError } from './settings.ts'

/** Tells Discord which commands there are on the server, all at once; those that it knew before are replaced. */
try {
  const { discord } = readSettings(process.env)
  const rest = new REST({ api: discord.apiUrl }).setToken(discord.token)
  const application = await rest.get(Routes.currentApplication())
  if (typeof application !== 'object' || application === null || !('id' in application))
    throw new Error('Discord did not say which application the token is of')
  const route = Routes.applicationGuildCommands(String(application.id), discord.guildId)
  const body = Object.values(commands).map(({ definition }) => definition)
  await rest.put(route, { body })
  process.stdout.write(`registered ${body.map(({ name }) => `/${name}`).join(', ')}\n`)
} catch (error) {
  const isAnswered = error instanceof DiscordAPIError
  const hint = isAnswered
    ? ': is the token right, and is the bot on the server with the scope applications.commands?'
    : error instanceof SettingsError
      ? ''
      : ': can Discord be reached from here?'
  process.stderr.write(`${error instanceof Error ? error.message : 'it failed'}${hint}\n`)
  process.exitCode = 1
}
