import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import type { Database } from '../database/database.ts'
import { createObjectIds } from '../database/object-id.ts'
import { ErasureMustWait } from '../privacy/erase.ts'
import { eraseNow } from '../privacy/erasures.ts'
import { exportPerson } from '../privacy/export.ts'
import { Pseudonyms } from '../privacy/pseudonyms.ts'
import { examples } from './help.ts'
import { parseRobloxId } from './ids.ts'
import { CommandError, type Output } from './output.ts'
import { commandOrigin } from './record-acts.ts'
import { requireCommunity, withDatabase } from './with-database.ts'

type Options = { community: string; player: string }

/** `export`: what is kept about one player. */
export function addExportCommand(program: Command, { out }: Output): void {
  withPlayer(program, 'export')
    .description('print everything that is kept about one player, as JSON')
    .addHelpText(
      'after',
      examples([
        'magicband export --community wed --player 172051854 > person.json',
        'For somebody who asks what you know of them',
      ]),
    )
    .action(({ community, player }: Options) =>
      withDatabase(async (database, configuration) => {
        requireCommunity(configuration, community)
        const person = { community, robloxId: player }
        const pseudonym = (await preparePseudonyms(database, community)).of(person)
        const tables = await database.snapshot((db) => exportPerson(db, { ...person, pseudonym }))
        const exported = { community, player, exportedAt: new Date().toISOString(), tables }
        out(JSON.stringify(exported, undefined, 2))
      }),
    )
}

/** `erase`: the removal of what is kept about one player. */
export function addEraseCommand(program: Command, { out, error }: Output): void {
  withPlayer(program, 'erase')
    .summary('remove everything that is kept about one player')
    .description(
      'Remove everything that is kept about one player, for good, and print the receipt as JSON. A ban that holds goes on without the name.',
    )
    .addHelpText(
      'after',
      examples(['magicband erase --community wed --player 172051854', 'For somebody who asks to be forgotten']),
    )
    .action(({ community, player }: Options) =>
      withDatabase(async (database, configuration) => {
        requireCommunity(configuration, community)
        const pseudonyms = await preparePseudonyms(database, community)
        const createId = createObjectIds(Date.now, randomBytes)
        const dependencies = { database, pseudonyms, clock: Date.now, createId, randomBytes }
        const person = { community, robloxId: player }
        const how = { person, source: { by: 'command' }, origin: commandOrigin(community) } as const
        const receipt = await database.act((trx) => eraseNow(trx, dependencies, how)).catch(explainWait)
        out(JSON.stringify(receipt))
        const isNothing = Object.values(receipt.removed).every((rows) => rows === 0)
        if (isNothing) error(`nothing was kept about ${player} in ${community}: is it the right id?`)
      }),
    )
}

async function preparePseudonyms(database: Database, community: string): Promise<Pseudonyms> {
  const pseudonyms = new Pseudonyms(database, randomBytes)
  await pseudonyms.prepare([community])
  return pseudonyms
}

function explainWait(error: unknown): never {
  throw error instanceof ErasureMustWait ? new CommandError(error.message, { cause: error }) : error
}

function withPlayer(program: Command, name: string): Command {
  return program
    .command(name)
    .requiredOption('--community <slug>', 'the community')
    .requiredOption('--player <id>', 'Roblox user id', parseRobloxId)
}
