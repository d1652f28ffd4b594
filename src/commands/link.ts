import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { Act } from '../audit/audit.ts'
import { discordId, robloxId } from '../call/parameters.ts'
import type { Db } from '../database/schema.ts'
import { findLink, listTableLinks, rememberLink, removeTableLink, type TableLink } from '../players/links.store.ts'
import { examples } from './help.ts'
import { parseDiscordId, parseRobloxId } from './ids.ts'
import { CommandError, type Output } from './output.ts'
import { recordCommandActs } from './record-acts.ts'
import { requireCommunity, withDatabase, withDatabaseOrNew } from './with-database.ts'

type Options = { community: string }

/** `link add | remove | list | import`: the table of links between Discord and Roblox accounts that a community keeps itself. */
export function addLinkCommands(program: Command, { out, error }: Output): void {
  const link = program
    .command('link')
    .description('keep the links between Discord and Roblox accounts (source `table`)')
    .addHelpText('after', examples(['magicband link list --community wed', 'See who is linked to whom']))
  link
    .command('add')
    .description('link a Discord account to a Roblox account; an older link of it is replaced')
    .requiredOption('--community <slug>', 'the community')
    .argument('<discord>', 'Discord id', parseDiscordId)
    .argument('<roblox>', 'Roblox user id', parseRobloxId)
    .addHelpText(
      'after',
      examples(['magicband link add --community wed 301715666401230851 172051854', 'Discord id first, then Roblox id']),
    )
    .action((discord: string, roblox: string, { community }: Options) =>
      withDatabaseOrNew(
        (configuration) => requireCommunity(configuration, community),
        async (database) => {
          await database.act((trx) => addLinks(trx, community, [{ discordId: discord, robloxId: roblox }]))
          error(`${discord} is linked to ${roblox}`)
        },
      ),
    )
  link
    .command('remove')
    .description("take a Discord account's link away")
    .requiredOption('--community <slug>', 'the community')
    .argument('<discord>', 'Discord id', parseDiscordId)
    .addHelpText('after', examples(['magicband link remove --community wed 301715666401230851', 'By the Discord id']))
    .action((discord: string, { community }: Options) =>
      withDatabase(async (database, configuration) => {
        requireCommunity(configuration, community)
        const wasThere = await database.act((trx) => removeLink(trx, community, discord))
        if (!wasThere) throw new CommandError(`${discord} is not linked in ${community}; see: link list`)
        error(`${discord} is not linked any more`)
      }),
    )
  link
    .command('list')
    .description('print a line a link: Discord id, Roblox id')
    .requiredOption('--community <slug>', 'the community')
    .addHelpText('after', examples(['magicband link list --community wed > links.csv', 'As `link import` reads it']))
    .action(({ community }: Options) =>
      withDatabase(async (database, configuration) => {
        requireCommunity(configuration, community)
        for (const one of await listTableLinks(database.read, community)) out(`${one.discordId},${one.robloxId}`)
      }),
    )
  link
    .command('import')
    .summary('add the links of a CSV file')
    .description(
      'Add the links of a CSV file, a line each: Discord id, Roblox id. At a mistake none is added, and all mistakes are told.',
    )
    .requiredOption('--community <slug>', 'the community')
    .argument('<file>', 'as `link list` prints it; a heading and further columns are allowed')
    .addHelpText('after', examples(['magicband link import --community wed links.csv', 'From a spreadsheet']))
    .action((file: string, { community }: Options) =>
      withDatabaseOrNew(
        (configuration) => requireCommunity(configuration, community),
        async (database) => {
          const links = readLinks(await readText(file), file)
          await database.act((trx) => addLinks(trx, community, links))
          error(links.length === 1 ? '1 link is imported' : `${links.length} links are imported`)
        },
      ),
    )
}

/** Adds links, and writes down those that are new: what was there already is no act. */
async function addLinks(trx: Db, community: string, links: readonly TableLink[]): Promise<void> {
  const askedAt = Date.now()
  const acts: Act[] = []
  for (const { discordId, robloxId } of links) {
    const link = { community, discordId, source: 'table' }
    const old = (await findLink(trx, link))?.robloxId
    await rememberLink(trx, { ...link, robloxId, askedAt })
    if (old === robloxId) continue
    // Two acts, since they are about two people.
    if (old !== undefined) acts.push({ act: 'link.remove', robloxId: old, before: { discord: discordId } })
    acts.push({ act: 'link.add', robloxId, after: { discord: discordId } })
  }
  await recordCommandActs(trx, community, acts)
}

/** @returns whether there was such a link */
async function removeLink(trx: Db, community: string, discordId: string): Promise<boolean> {
  const robloxId = (await findLink(trx, { community, discordId, source: 'table' }))?.robloxId
  if (robloxId === undefined || !(await removeTableLink(trx, community, discordId))) return false
  await recordCommandActs(trx, community, [{ act: 'link.remove', robloxId, before: { discord: discordId } }])
  return true
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new CommandError(`the file can't be read: ${error instanceof Error ? error.message : error}`)
  }
}

/** @throws CommandError with every line that is no link */
function readLinks(text: string, file: string): TableLink[] {
  const links: TableLink[] = []
  const mistakes: string[] = []
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '') continue
    const [discord = '', roblox = ''] = line.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
    const link = { discordId: discordId('').parse(discord), robloxId: robloxId.parse(roblox) }
    if (link.discordId !== undefined && link.robloxId !== undefined) {
      links.push({ discordId: link.discordId, robloxId: link.robloxId })
    } else if (index > 0 || /\d/.test(discord)) {
      mistakes.push(`${file}:${index + 1}: write a Discord id of 17 to 20 digits, a comma and a Roblox id`)
    }
  }
  if (mistakes.length > 0) throw new CommandError(mistakes.join('\n'))
  return links
}
