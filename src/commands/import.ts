import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Community } from '../config/community.ts'
import type { Configuration } from '../config/configuration.ts'
import type { Database } from '../database/database.ts'
import { createObjectIds } from '../database/object-id.ts'
import { type FieldMap, knownNames, parseFieldMap } from '../import/field-map.ts'
import { BrokenOff, importPlayers, type Listener } from '../import/import.ts'
import { type Format, formats } from '../import/read-records.ts'
import { isSkip } from '../import/remarks.ts'
import { NotImportable } from '../import/source-text.ts'
import { describeSummary, type Summary } from '../import/summary.ts'
import { Pseudonyms } from '../privacy/pseudonyms.ts'
import { examples } from './help.ts'
import { ImportReport } from './import-report.ts'
import { CommandError, type Output } from './output.ts'
import { recordCommandActs } from './record-acts.ts'
import { requireCommunity, withDatabaseOrNew } from './with-database.ts'

type Options = { community: string; format: Format; fields?: FieldMap; report?: string; dryRun?: boolean }

/** `import`: the players of another server, from its export; again and again, without doubling anything. */
export function addImportCommand(program: Command, output: Output): void {
  program
    .command('import')
    .summary("bring another server's players in, from a file")
    .description(
      "Bring another server's players in, from its export. What was imported before is left as it is, so it can be run as often as you like.",
    )
    .requiredOption('--community <slug>', 'the community')
    .addOption(
      new Option('--format <format>', 'mongo for what mongoexport writes as JSON, csv for CSV with a heading')
        .choices(formats)
        .makeOptionMandatory(),
    )
    .option(
      '--fields <map>',
      'where things stand in a record, as in roblox_id=userId,points=hours.total (default: by the names below)',
      parseFields,
    )
    .option(
      '--report <file>',
      'write a line for everything that was skipped or changed (default: the first of them, on stderr)',
    )
    .option('--dry-run', 'tell what would happen, and write nothing')
    .argument('<file>', 'the export; a file, since it is read twice')
    .addHelpText('after', `\n${describeNames()}\n\nWorked examples: docs/moving-in.md`)
    .addHelpText(
      'after',
      examples(
        ['magicband import --community wed --format mongo --dry-run players.json', 'See what would happen'],
        ['magicband import --community wed --format mongo --report report.txt players.json', 'Do it'],
        [
          "magicband import --community wed --format csv --fields 'roblox_id=ID,points=Hours,ban=' sheet.csv",
          'From a spreadsheet, with columns of other names, and without its bans',
        ],
      ),
    )
    .action((file: string, options: Options) =>
      withDatabaseOrNew(mayImport(file, options), async (database, configuration) => {
        const community = getCommunity(configuration, options.community)
        const report = await ImportReport.open(output.error, options.report, file)
        const { format, dryRun: isDryRun = false } = options
        const record = async (summary: Summary, more: object = {}): Promise<void> => {
          if (!isDryRun) await recordImport(database, community, { format, ...summary, ...more })
        }
        try {
          const source = { file, format }
          const createId = createObjectIds(Date.now, randomBytes)
          const pseudonyms = new Pseudonyms(database, randomBytes)
          await pseudonyms.prepare([community.slug])
          const fields: FieldMap = options.fields ?? new Map()
          const settings = { community, fields, isDryRun, createId, now: Date.now(), pseudonyms }
          const summary = await importPlayers(database, source, settings, listen(file, report, output))
          report.showRest(options.report)
          await record(summary)
          finish(summary, isDryRun, output)
        } catch (error) {
          if (error instanceof BrokenOff) {
            report.showRest(options.report)
            await tellBreakOff(error.summary, record, output)
          }
          const cause = error instanceof BrokenOff ? error.cause : error
          throw cause instanceof NotImportable ? new CommandError(explain(file, cause), { cause }) : cause
        } finally {
          await report.close()
        }
      }),
    )
}

function listen(file: string, report: ImportReport, { error, progress }: Output): Listener {
  return {
    chosen: (fields, unseen) => {
      error(`fields: ${[...fields].map(([target, path]) => `${target} from ${path}`).join(', ')}`)
      if (unseen.length > 0) error(`none of the first records has ${unseen.join(', ')}: is it called so?`)
    },
    remark: (line, remark) => report.tell(`${file}:${line}: ${isSkip(remark) ? 'skipped: ' : ''}${remark.message}`),
    progress: (records) => progress(`${records} records`),
  }
}

/** @throws CommandError where not a single record was of use */
function finish(summary: Summary, isDryRun: boolean, { out, error }: Output): void {
  for (const line of describeSummary(summary)) out(line)
  if (summary.skipped === summary.records) throw new CommandError('no record could be imported')
  error(isDryRun ? 'this was a dry run: nothing is written' : 'imported; check it with: verify')
}

/** What was done before an import broke off is told and recorded all the same; why it did is told by whoever caught it. */
async function tellBreakOff(
  summary: Summary,
  record: (summary: Summary, more: object) => Promise<void>,
  { out, error }: Output,
): Promise<void> {
  if (summary.records > 0) for (const line of describeSummary(summary)) out(line)
  if (summary.newPlayers + summary.knownPlayers === 0) return
  try {
    await record(summary, { brokenOff: true })
  } catch (cause) {
    error(`the audit trail has no entry of this import: ${cause instanceof Error ? cause.message : cause}`)
  }
}

/** What the players were before and after stands in their ledger and their bans; the trail says that there was an import. */
async function recordImport(
  database: Database,
  { slug }: Community,
  { remarks: _, ...counts }: Summary & { format: Format },
): Promise<void> {
  await database.act((trx) => recordCommandActs(trx, slug, [{ act: 'players.import', after: counts }]))
}

function explain(file: string, { message }: NotImportable): string {
  return message.startsWith(file) ? message : `${file}: ${message}`
}

/** @throws CommandError where there is no such community, or a file that can't be read twice */
function mayImport(file: string, { community }: Options): (configuration: Configuration) => void {
  return (configuration) => {
    requireCommunity(configuration, community)
    requireFile(file)
  }
}

function getCommunity(configuration: Configuration, slug: string): Community {
  const community = configuration.communities.find((one) => one.slug === slug)
  if (community === undefined) throw new Error('a community that is there was not found')
  return community
}

function parseFields(text: string): FieldMap {
  try {
    return parseFieldMap(text)
  } catch (error) {
    throw error instanceof RangeError ? new InvalidArgumentError(error.message) : error
  }
}

function describeNames(): string {
  const lines = Object.entries(knownNames).map(([target, names]) => `  ${target.padEnd(16)}${names.join(', ')}`)
  return [
    'Fields that are looked for unless --fields says otherwise (NAME= leaves one out);',
    'letter case, underscores, spaces and dots are of no account:',
    ...lines,
  ].join('\n')
}

/** It is read twice, first for the names of its fields. */
function requireFile(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === false)
    throw new CommandError(`${file} is a folder, a pipe or a device: write what comes from it into a file first`)
}
