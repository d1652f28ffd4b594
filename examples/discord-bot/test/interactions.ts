import { randomUUID } from 'node:crypto'

/** Who uses which command, and with what. */
export type Given = {
  command: string
  /** Text, or a Discord user for an option that takes one. */
  options?: Readonly<Record<string, string | { user: string }>>
  /** Whose options are completed: somebody types into this one. */
  typing?: string
  /** Discord ids. */
  user?: string
  roles?: readonly string[]
  guild?: string | null
}

type Payload = { id: string; token: string } & Record<string, unknown>

const commandOption = { text: 3, user: 6 } as const
let count = 0n

/** What the gateway sends to a bot for it, as Discord's documentation shows it (v10). */
export function payloadOf(given: Given, discord: { applicationId: string; guildId: string }): Payload {
  const { command, options = {}, typing, user = '301715666401230851', roles = [] } = given
  const guild = given.guild === undefined ? discord.guildId : given.guild
  const users = Object.values(options).flatMap((value) => (typeof value === 'string' ? [] : [value.user]))
  const resolved =
    users.length === 0 ? {} : { resolved: { users: Object.fromEntries(users.map((id) => [id, userOf(id)])) } }
  const listed = Object.entries(options).map(([name, value]) => ({
    name,
    ...(typeof value === 'string'
      ? { type: commandOption.text, value }
      : { type: commandOption.user, value: value.user }),
    ...(name === typing && { focused: true }),
  }))
  count += 10n
  const who = guild === null ? { user: userOf(user) } : { guild_id: guild, member: memberOf(user, roles) }
  return {
    id: String(500_000_000_000_000_000n + count),
    application_id: discord.applicationId,
    type: typing === undefined ? 2 : 4,
    data: { id: '600000000000000001', name: command, type: 1, options: listed, ...resolved },
    ...who,
    channel_id: '300000000000000001',
    channel: { id: '300000000000000001', type: guild === null ? 1 : 0, name: 'moderation', permissions: '0' },
    token: `interaction-${randomUUID()}`,
    version: 1,
    app_permissions: '0',
    locale: 'en-GB',
    entitlements: [],
    authorizing_integration_owners: {},
    context: guild === null ? 1 : 0,
    attachment_size_limit: 10_485_760,
  }
}

function userOf(id: string): object {
  return { id, username: `user-${id.slice(-4)}`, discriminator: '0', avatar: null, global_name: null }
}

function memberOf(user: string, roles: readonly string[]): object {
  return {
    user: userOf(user),
    roles,
    nick: null,
    avatar: null,
    joined_at: '2026-01-01T00:00:00.000Z',
    premium_since: null,
    deaf: false,
    mute: false,
    flags: 0,
    pending: false,
    permissions: '0',
    communication_disabled_until: null,
  }
}
