import { escapeControls } from '../escape-controls.ts'
import type { Group, GroupRole } from '../outside/roblox-groups.ts'
import type { Wanted } from './env-file.ts'
import { describeRole, type Ladder, nameRole } from './ladder.ts'

/** All that is known of a community that is set up. */
export type NewCommunity = {
  slug: string
  name: string
  guild: string | undefined
  group: Group
  roles: readonly GroupRole[]
  ladder: Ladder
}

const keyPage = 'https://create.roblox.com/dashboard/credentials'

/** The secrets that the file of a new community asks for, each of which may stay empty. */
export function listSecrets(slug: string): Wanted[] {
  return [
    {
      name: variableOf(slug, 'ROBLOX_API_KEY'),
      comment: `Open Cloud key with group:read and group:write, from ${keyPage}; without it nobody can be approved.`,
    },
    {
      name: variableOf(slug, 'DISCORD_AUDIT_WEBHOOK'),
      comment: 'Address of a Discord webhook (channel settings, Integrations); every moderation act is posted there.',
    },
    {
      name: variableOf(slug, 'BLOXLINK_KEY'),
      comment: 'Server key of Bloxlink, from https://blox.link/dashboard.',
    },
    { name: variableOf(slug, 'ROVER_KEY'), comment: 'Key of RoVer, from https://rover.link.' },
  ]
}

/** Each community has its own: `wed` has `WED_ROBLOX_API_KEY`. A name can't begin with a digit. */
function variableOf(slug: string, what: string): string {
  return `${/^\d/.test(slug) ? '_' : ''}${slug.toUpperCase().replaceAll('-', '_')}_${what}`
}

/** The file of a new community: the group's own roles, and all that may be added as comments. */
export function writeCommunityText(community: NewCommunity): string {
  const { slug, name, group } = community
  const apiKey = placeholder(slug, 'ROBLOX_API_KEY')
  return `# What each line may say: communities/wed.example.yaml of Magicband. Mistakes are told by \`magicband doctor\`.
# \${NAME:-} is filled in from the environment or .env; where it is empty, the line counts as left out.

name: ${quote(name)}
# Whom Discord users are told to turn to when something fails.
# contact: "the administrators"

roblox:
  # ${escapeControls(group.name)}, as in roblox.com/communities/${group.id}.
  group: ${group.id}
  # Without this Open Cloud key, ranks come from Roblox's public API and nobody can be approved.
  apiKey: ${apiKey}
  # The id of the universe in which Roblox itself enforces the bans as well.
  # universe: 1234567
  # The secret of a webhook of the experience with the trigger "Right To Erasure Request", which Roblox sends to
  # https://YOUR-ADDRESS/webhooks/roblox/${slug}. Players that it names are erased (docs/privacy.md).
  # webhookSecret: ${placeholder(slug, 'ROBLOX_WEBHOOK_SECRET')}
  # A rank younger than this many seconds is not asked for again.
  # rankSeconds: 60

${writeRanks(community)}
# certifications:
#   # The least rank that can be granted a certification.
#   minimumRank: ${community.ladder.trainee.rank}
#   # Code and name. The order here is the order in answers.
#   codes:
#     tot: Tower of Terror

# Where the places are listed, any other place is refused.
# places:
#   "4895128840": { name: Hub }
#   # Who lacks the certification can't log a shift there; whose rank is below minimumRank is not let in.
#   "5000000001": { name: Tower of Terror, certification: tot, minimumRank: 0 }

# What a shift earns; a shift below minimumSeconds earns nothing.
# points:
#   secondsPerPoint: 60
#   minimumSeconds: 60
#   trainingMultiplier: 1

${writeApplications(community)}
${writeDiscord(slug, community.guild)}
# Where each kind of key may be used from: any, or networks (CIDR); see docs/keys.md.
# sources: { game: any, bot: any, status: any }

# Whether each game server asks for a token of its own (docs/keys.md).
# serverTokens: false

# Whether the status page at /, which is for everyone, tells how this community is doing.
# statusPage: false

# How many days each kind of data is kept; what is left out is kept for ever (docs/privacy.md).
# retention: { applications: 365, bans: 1095, shifts: 730, audit: 1095, visitors: 90 }
`
}

function writeRanks({ roles, ladder: { trainee, cast } }: NewCommunity): string {
  const least = cast[0] ?? trainee
  const all = roles.toSorted((a, b) => a.rank - b.rank)
  const levels = cast.map((role, index) => `${index + 1} ${describeRole(role)}`)
  return `# Ranks are the numbers that the group gives its roles, as of now:
${all.map((role) => `#   ${String(role.rank).padStart(3)}  ${describeRole(role)}`).join('\n')}
# What they mean is a proposal, made of their order: correct it.
ranks:
  # The least rank that counts as trainee, and so is let into training servers: ${describeRole(trainee)}.
  trainee: ${trainee.rank}
  # The least rank that counts as cast: ${describeRole(least)}.
  cast: ${least.rank}
  # The least rank for each clearance: ${levels.join(', ')}.
  clearance: [${cast.map(({ rank }) => rank).join(', ')}]
`
}

function writeApplications({ slug, roles, ladder: { trainee, cast } }: NewCommunity): string {
  const ladder = cast.filter((role) => role !== trainee).map((role) => writeRole(role, roles))
  return `applications:
  # The role that approval gives.
  role: ${writeRole(trainee, roles)}
  # Other roles of the staff ladder, taken away when \`role\` is given.
  ladder: [${ladder.join(', ')}]
  # So many days after a decision, the same player can apply again.
  # cooldownDays: 0
  # Where the text of an application can be read: builtin, or pastebin, which needs a key.
  # paste: builtin
  # pastebinKey: ${placeholder(slug, 'PASTEBIN_KEY')}
`
}

function writeDiscord(slug: string, guild: string | undefined): string {
  return `discord:
  # The id of the Discord server; Bloxlink and RoVer need it.
  ${guild === undefined ? '# guild: "301715666401230851"' : `guild: ${quote(guild)}`}
  # Who is asked, in this order, for the Roblox account of a Discord account. Without this line it is \`table\` alone, which
  # \`magicband link\` fills. Bloxlink needs \`guild\` and a key in .env, and so does RoVer: name those that have theirs.
  # links: [table, bloxlink, rover]
  bloxlinkKey: ${placeholder(slug, 'BLOXLINK_KEY')}
  roverKey: ${placeholder(slug, 'ROVER_KEY')}
  webhooks: { audit: "${placeholder(slug, 'DISCORD_AUDIT_WEBHOOK')}" }
`
}

function placeholder(slug: string, what: string): string {
  return `\${${variableOf(slug, what)}:-}`
}

/** A role as the file means it: its name would be taken for a placeholder where it has the look of one. */
function writeRole(role: GroupRole, roles: readonly GroupRole[]): string {
  const name = nameRole(role, roles)
  return quote(name.includes('${') ? role.id : name)
}

/** Text in quotes is text for YAML, whatever stands in it: JSON's quotes are YAML's. */
function quote(text: string): string {
  return escapeControls(JSON.stringify(text.replaceAll('${', '$ {')))
}
