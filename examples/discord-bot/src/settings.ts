import { type CommandName, commandNames } from './commands/command.ts'

export type Settings = {
  discord: { token: string; guildId: string; apiUrl: string }
  magicband: { address: string; key: string }
  /** Who may use each command: members with one of these roles, or all of the server's. */
  allowed: Readonly<Record<CommandName, readonly string[] | 'everyone'>>
  /** Only whoever used a command sees what it answers. */
  isPrivate: boolean
}

/** Everything that is wrong with the environment, a line each. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

type Environment = Readonly<Record<string, string | undefined>>

/** The variable that lists the roles of a command. */
export function rolesVariable(name: CommandName): string {
  return `ROLES_${name.toUpperCase()}`
}

/** Reads what `.env.example` describes; an empty variable counts as not set. @throws SettingsError with all mistakes */
export function readSettings(environment: Environment): Settings {
  const mistakes: string[] = []
  const read = (name: string, isRight: (text: string) => boolean, right: string, otherwise?: string): string => {
    const text = environment[name]?.trim() || otherwise
    if (text !== undefined && isRight(text)) return text
    // What stands there is not told: it may be a secret in the wrong place.
    mistakes.push(`${name} ${text === undefined ? 'is not set: it' : 'is wrong: it'} must be ${right}`)
    return ''
  }
  const isSecret = (text: string) => /^[\x21-\x7e]+$/.test(text)
  const allowed = Object.fromEntries(
    commandNames.map((name) => {
      const text = read(rolesVariable(name), isRoleList, 'ids of roles, separated by commas, or everyone', ' ')
      return [name, text === 'everyone' ? text : text.split(',').flatMap((id) => id.trim() || [])]
    }),
  ) as Settings['allowed']
  const settings: Settings = {
    discord: {
      token: read('DISCORD_TOKEN', isSecret, 'the token of the bot, from its page at Discord'),
      guildId: read('DISCORD_GUILD', isDiscordId, 'the id of your Discord server'),
      apiUrl: read('DISCORD_API_URL', isAddress, 'an address', 'https://discord.com/api'),
    },
    magicband: {
      address: read('MAGICBAND_URL', isAddress, 'where Magicband is, like https://band.example.com'),
      key: read('MAGICBAND_KEY', isSecret, 'a key of the kind bot'),
    },
    allowed,
    isPrivate:
      read('REPLIES', (text) => /^(?:private|public)$/.test(text), 'private or public', 'private') === 'private',
  }
  if (mistakes.length > 0) throw new SettingsError(mistakes.join('\n'))
  return settings
}

function isDiscordId(text: string): boolean {
  return /^\d{17,20}$/.test(text)
}

function isRoleList(text: string): boolean {
  return text === 'everyone' || text.split(',').every((id) => id.trim() === '' || isDiscordId(id.trim()))
}

function isAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}
