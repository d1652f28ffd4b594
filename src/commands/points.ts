import { randomBytes } from 'node:crypto'
import { type Command, InvalidArgumentError } from 'commander'
import { isText } from '../call/parameters.ts'
import type { Configuration } from '../config/configuration.ts'
import { createObjectIds } from '../database/object-id.ts'
import type { Db } from '../database/schema.ts'
import { ensurePlayer, findPlayer, lockPlayer } from '../players/players.store.ts'
import { addPoints, findEntry } from '../points/ledger.ts'
import { examples } from './help.ts'
import { parseRobloxId } from './ids.ts'
import { CommandError, type Output } from './output.ts'
import { recordCommandActs } from './record-acts.ts'
import { requireCommunity, withDatabase } from './with-database.ts'

type AdjustOptions = { community?: string; player: string; by: number; reason: string; new?: boolean }

/** `points adjust | reverse`: new entries in the ledger; none is ever edited. */
export function addPointCommands(program: Command, { out, error }: Output): void {
  const points = program
    .command('points')
    .description('correct points by new entries in the ledger')
    .addHelpText(
      'after',
      examples([
        "magicband points adjust --player 172051854 --by 30 --reason 'a shift of before'",
        'Give somebody points',
      ]),
    )
  const createId = createObjectIds(Date.now, randomBytes)
  points
    .command('adjust')
    .description("add to a player's points, or take from them; prints the entry's ID")
    .option('--community <slug>', 'the community (default: the only one, where there is one)')
    .requiredOption('--player <id>', 'Roblox user id', parseRobloxId)
    .requiredOption('--by <n>', 'how many points, for example 30 or -30', parseAmount)
    .requiredOption('--reason <text>', 'why', parseReason)
    .option('--new', 'make a record for somebody who has none, such as after a first shift that was lost')
    .addHelpText(
      'after',
      examples(
        ["magicband points adjust --player 172051854 --by 30 --reason 'a shift of before'", 'Give points'],
        [
          "magicband points adjust --community wed --player 172051854 --by -30 --reason 'was away'",
          'Take points, where there are several communities',
        ],
      ),
    )
    .action((options: AdjustOptions) =>
      withDatabase(async (database, configuration) => {
        const { player, by, reason } = options
        const community = chooseCommunity(configuration, options.community)
        const id = createId()
        const points = await database.act(async (trx) => {
          const now = Date.now()
          if (options.new) await ensurePlayer(trx, { community, robloxId: player, objectId: createId(), now })
          if ((await findPlayer(trx, community, player)) === undefined) {
            throw new CommandError(`${player} has no record in ${community}: check the id, or make one with --new`)
          }
          await addPoints(trx, { community, id, robloxId: player, amount: by, reason, now })
          return recordChange(trx, { act: 'points.adjust', community, player, entry: { id, amount: by, reason } })
        })
        out(id)
        error(`${player} has ${points} points now`)
      }),
    )
  points
    .command('reverse')
    .description('take an entry of the ledger back by another one; prints its ID')
    .argument('<entry>', "the entry's ID")
    .option('--reason <text>', 'why', parseReason, 'reversal')
    .addHelpText(
      'after',
      examples([
        "magicband points reverse 62f6b211c393da0ce38e5dac --reason 'paid by mistake'",
        'The ID is what `points adjust` printed, or of the table point_entry',
      ]),
    )
    .action((entryId: string, { reason }: { reason: string }) =>
      withDatabase(async (database) => {
        const id = createId()
        await database.act(async (trx) => {
          const found = await findEntry(trx, entryId)
          // It may be carried over at this moment: what is there once the player's turn has come counts.
          if (found !== undefined) await lockPlayer(trx, found)
          const entry = found && (await findEntry(trx, entryId))
          if (entry === undefined) throw new CommandError(`there is no entry ${entryId} in the ledger`)
          if (entry.isReversed) throw new CommandError(`the entry ${entryId} is reversed already`)
          const { community, robloxId, amount } = entry
          await addPoints(trx, { community, id, robloxId, amount: -amount, reason, reverses: entryId, now: Date.now() })
          const change = { id, amount: -amount, reason, reverses: entryId }
          await recordChange(trx, { act: 'points.reverse', community, player: robloxId, entry: change })
        })
        out(id)
        error(`the entry ${entryId} is reversed`)
      }),
    )
}

type Change = {
  act: 'points.adjust' | 'points.reverse'
  community: string
  player: string
  entry: { id: string; amount: number; reason: string; reverses?: string }
}

/** Writes down an entry that was just added to the ledger. @returns the player's points */
async function recordChange(trx: Db, { act, community, player, entry }: Change): Promise<number | undefined> {
  const points = (await findPlayer(trx, community, player))?.points
  const sums = points === undefined ? {} : { before: { points: points - entry.amount } }
  const { id, ...rest } = entry
  const after = { ...(points === undefined ? {} : { points }), ...rest, entry: id }
  await recordCommandActs(trx, community, [{ act, robloxId: player, ...sums, after }])
  return points
}

function chooseCommunity(configuration: Configuration, slug: string | undefined): string {
  const [only, ...others] = configuration.communities
  if (slug === undefined && only !== undefined && others.length === 0) return only.slug
  if (slug === undefined) throw new CommandError('there are several communities: say which with --community')
  requireCommunity(configuration, slug)
  return slug
}

/** In one entry, either way. */
const mostPoints = 999_999_999

function parseAmount(text: string): number {
  const amount = Number(text)
  if (!/^[+-]?\d+$/.test(text) || amount === 0 || Math.abs(amount) > mostPoints)
    throw new InvalidArgumentError(
      `Write a whole number from -${mostPoints} to ${mostPoints} that is not 0, like 30 or -30.`,
    )
  return amount
}

function parseReason(text: string): string {
  if (!isText(text, 1000)) throw new InvalidArgumentError('A reason has 1 to 1000 characters.')
  return text
}
