import { type Command, InvalidArgumentError } from 'commander'
import { listEntries, type TrailEntry } from '../audit/audit.store.ts'
import { startOf } from '../audit/chain.ts'
import { escapeControls } from '../escape-controls.ts'
import { parseMoment } from './durations.ts'
import { examples } from './help.ts'
import { parseDiscordId, parseRobloxId } from './ids.ts'
import type { Output } from './output.ts'
import { requireCommunity, withDatabase } from './with-database.ts'

type Options = {
  community: string
  player?: string
  moderator?: string
  since?: number
  limit?: number
  json?: boolean
}

const limitGreatest = 1_000_000

/** `audit`: a line each entry of a community's audit trail. */
export function addAuditCommand(program: Command, { out }: Output): void {
  program
    .command('audit')
    .description('print who did what to whom, a line an entry, oldest first')
    .requiredOption('--community <slug>', 'the community')
    .option('--player <id>', 'only what was done to this Roblox user (default: to all)', parseRobloxId)
    .option('--moderator <id>', 'only what this Discord account did (default: what anybody did)', parseDiscordId)
    .option(
      '--since <time>',
      'only from then on: 2026-01-15, 2026-01-15T12:00:00Z, or how long ago, like 2h or 90d (default: from the first on)',
      (text) => parseMoment(text, Date.now()),
    )
    .option('--limit <n>', `only so many, the newest that fit, 1 to ${limitGreatest} (default: all)`, parseLimit)
    .option('--json', 'print an object of JSON a line, for programs')
    .addHelpText(
      'after',
      '\nShifts are not acts of the trail: each is a row of the table `shift`, with the key that reported it.',
    )
    .addHelpText(
      'after',
      examples(
        [
          'magicband audit --community wed --player 172051854 --since 90d',
          'What was done to a player in the last 90 days',
        ],
        [
          'magicband audit --community wed --moderator 301715666401230851 --limit 20',
          'The last 20 acts of a moderator',
        ],
        ['magicband audit --community wed --json | jq \'select(.act == "ban.add")\'', 'For programs'],
      ),
    )
    .action(({ community, player, moderator, since, limit, json }: Options) =>
      withDatabase(async (database, configuration) => {
        requireCommunity(configuration, community)
        const filter = {
          community,
          ...(player === undefined ? {} : { robloxId: player }),
          ...(moderator === undefined ? {} : { moderator }),
          ...(since === undefined ? {} : { since }),
          ...(limit === undefined ? {} : { newest: limit }),
        }
        for await (const entry of listEntries(database.read, filter)) out(json ? toJson(entry) : describe(entry))
      }),
    )
}

function describe(entry: TrailEntry): string {
  const line = [
    new Date(entry.at).toISOString(),
    entry.sequence,
    entry.act,
    describePlayer(entry),
    `moderator ${entry.moderator ?? 'none'}`,
    `key ${entry.keyId}`,
    `request ${entry.requestId}`,
    `${entry.before ?? 'none'} → ${entry.after ?? 'none'}`,
    `hash ${startOf(entry.hash)}`,
  ].join('  ')
  return escapeControls(line)
}

function describePlayer({ isErased, robloxId, name }: TrailEntry): string {
  if (isErased) return 'player erased'
  if (robloxId === null) return 'player none'
  return name === null ? `player ${robloxId}` : `player ${robloxId} ${name}`
}

function toJson({ at, robloxId, name, before, after, ...entry }: TrailEntry): string {
  const { sequence, act, moderator, keyId, requestId, isErased, hash } = entry
  const player = robloxId === null ? null : { id: robloxId, name }
  const change = { before: parseJson(before), after: parseJson(after) }
  const about = { sequence, at: new Date(at).toISOString(), act, player, isErased, moderator, keyId, requestId }
  return escapeControls(JSON.stringify({ ...about, ...change, hash }))
}

/** What somebody has tampered with may be no JSON any more: then it is shown as text. */
function parseJson(text: string | null): unknown {
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (!/^\d{1,7}$/.test(text) || limit < 1 || limit > limitGreatest)
    throw new InvalidArgumentError(`Write a whole number from 1 to ${limitGreatest}.`)
  return limit
}
