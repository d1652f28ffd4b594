import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { isText, robloxId } from '../call/parameters.ts'
import { parseCommunity } from '../config/community.ts'
import { readEnvironment } from '../config/environment.ts'
import { escapeControls } from '../escape-controls.ts'
import { listSecrets, type NewCommunity, writeCommunityText } from '../init/community-text.ts'
import { NotWritable, requireWritable, writeFiles } from '../init/files.ts'
import { NotUsable, readGroup } from '../init/group.ts'
import { describeRole, findRoles, listGivableRoles, nameRole, proposeLadder } from '../init/ladder.ts'
import type { Group, GroupRole } from '../outside/roblox-groups.ts'
import { examples } from './help.ts'
import { parseDiscordId } from './ids.ts'
import { CommandError, type Output } from './output.ts'
import { NotAnswered, type Question, Terminal } from './terminal.ts'

type Options = { group?: string; name?: string; slug?: string; role?: string; guild?: string }

const environmentFile = '.env'

/** `init`: a community file and the variables that it asks for, made of what Roblox says of the group. */
export function addInitCommand(program: Command, output: Output, mask: number): void {
  program
    .command('init')
    .summary('set up a community: its file, and .env')
    .description(
      "Set up a community: ask for its group on Roblox, and write its file, with the group's roles, and the variables that it needs into .env. It asks at a terminal for what no option says; elsewhere takes what is usual. Nothing that exists is overwritten.",
    )
    .option(
      '--group <id>',
      'the group on Roblox: its number or its address (default: asked for at a terminal)',
      parseGroup,
    )
    .option('--name <text>', "what the community is called (default: the group's name)", parseName)
    .option('--slug <slug>', 'how commands and its file call it: a-z, 0-9 and - (default: made of its name)', parseSlug)
    .option('--role <name>', 'the role that approval gives, by name or id (default: the lowest above rank 1)')
    .option('--guild <id>', 'the Discord server (default: none)', parseDiscordId)
    .addHelpText(
      'after',
      examples(
        ['magicband init', 'Be asked for everything'],
        ['magicband init --group 5850082 --slug wed', 'Take what is usual, in a script'],
        [
          'magicband init --group https://www.roblox.com/communities/5850082 --role Trainee --guild 301715666401230851',
          'Say which role approval gives, and the Discord server',
        ],
      ),
    )
    .action((options: Options, command: Command) => init(options, command, { output, mask }))
}

/** `mask` is the umask of whoever runs it. */
type System = { output: Output; mask: number }

async function init(options: Options, command: Command, { output, mask }: System): Promise<void> {
  const environment = readEnvironment(process.env)
  const terminal = openTerminal(output)
  if (terminal === undefined && options.group === undefined)
    command.error('error: there is no terminal to ask at: say which group with --group <id>')
  try {
    const folder = environment.communitiesFolder
    requireWritable({ folder, environmentFile })
    const ask = askOrTake(terminal)
    const community = await collect(options, { ask, folder, origin: environment.services.robloxGroups, output })
    const file = join(folder, `${community.slug}.yaml`)
    const added = write(community, file, mask)
    tellNext(community, { file, added, output })
  } catch (error) {
    const isTold = [NotUsable, NotWritable, NotAnswered, InvalidArgumentError].some((kind) => error instanceof kind)
    throw error instanceof Error && isTold ? new CommandError(error.message, { cause: error }) : error
  } finally {
    terminal?.close()
  }
}

/** Ctrl-C ends the process at once, as the signal does where there is no terminal; it is read until all is answered. */
function openTerminal(output: Output): Terminal | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined
  return new Terminal(process.stdin, process.stdout, () => {
    output.error('nothing is written')
    process.kill(process.pid, 'SIGINT')
  })
}

type Ask = <Answer>(given: Answer | undefined, question: Question<Answer>) => Promise<Answer>

/** What an option says is not asked for, and where there is nobody to ask the usual is taken. */
function askOrTake(terminal: Terminal | undefined): Ask {
  return async (given, question) => given ?? (terminal ? terminal.ask(question) : question.parse(question.usual))
}

type Means = { ask: Ask; folder: string; origin: string; output: Output }

async function collect(options: Options, { ask, folder, origin, output }: Means): Promise<NewCommunity> {
  if (options.slug !== undefined) requireNew(folder, options.slug)
  const id = await ask(options.group, { text: 'Group on Roblox (number or address)', usual: '', parse: parseGroup })
  output.progress('asking Roblox')
  const { group, roles } = await readGroup(origin, id, Date.now)
  const groupName = escapeControls(group.name)
  output.out(`${groupName} has the roles ${roles.map((role) => `${describeRole(role)} (${role.rank})`).join(', ')}.`)
  const lowest = listGivableRoles(roles)[0]
  if (lowest === undefined)
    throw new CommandError(
      `${groupName} has no role that approval could give: make one with a rank from 2 to 254 in the group's settings at Roblox, and run init again`,
    )
  const name = await ask(options.name, { text: 'Name of the community', usual: nameCommunity(group), parse: parseName })
  const parseNew = (text: string) => requireNew(folder, parseSlug(text))
  const usualSlug = toSlug(name) || `group-${id}`
  const slug = await ask(options.slug, { text: 'Its name on the command line', usual: usualSlug, parse: parseNew })
  const parseRole = (text: string) => getRole(roles, text)
  const given = readOption('--role', options.role, parseRole)
  const usualRole = nameRole(lowest, roles)
  const trainee = await ask(given, { text: 'Role that approval gives', usual: usualRole, parse: parseRole })
  const parseGuild = (text: string) => (text === '' ? '' : parseDiscordId(text))
  const guild = await ask(options.guild, { text: 'Discord server (id; empty for none)', usual: '', parse: parseGuild })
  const ladder = proposeLadder(roles, trainee)
  return { slug, name, guild: guild === '' ? undefined : guild, group, roles, ladder }
}

/** Writes both files, the community's only where there is none. @returns the variables that were added */
function write(community: NewCommunity, file: string, mask: number): string[] {
  const { slug } = community
  const schema = existsSync(join(file, '..', 'community.schema.json'))
  const heading = schema ? '# yaml-language-server: $schema=./community.schema.json\n' : ''
  const text = heading + writeCommunityText(community)
  // Whatever Roblox and people have put into it, the server must be able to start with it.
  parseCommunity({ slug, file, text, variables: {} })
  return writeFiles({ file, text, environmentFile, wanted: listSecrets(slug) }, mask)
}

function tellNext(
  { slug, ladder: { trainee, cast } }: NewCommunity,
  { file, added, output: { out } }: { file: string; added: readonly string[]; output: Output },
): void {
  const magicband = findInvocation(process.env.npm_lifecycle_event)
  const [least = trainee] = cast
  out('')
  const steps = `trainees from ${describeRole(trainee)} (${trainee.rank}), cast from ${describeRole(least)} (${least.rank})`
  out(`${file} is written: ${steps}.`)
  out('Correct there what is not so.')
  if (added.length > 0) out(`${environmentFile} has the new variables ${added.join(', ')}. Each may stay empty.`)
  out('')
  out('Next:')
  const key = `key create --community ${slug} --kind game`
  for (const [command, about] of [
    ['doctor', 'what is missing, and where to get it'],
    [key, 'prints a key, once; also for bot and status'],
    ['start', 'serves'],
  ] as const)
    out(`  ${magicband} ${command.padEnd(key.length)}  # ${about}`)
}

/** How the program was called, so that the next call can be copied. */
function findInvocation(lifecycleEvent: string | undefined): string {
  if (lifecycleEvent === 'magicband') return 'npm run -s magicband --'
  return lifecycleEvent === 'npx' ? 'npx magicband' : 'magicband'
}

/** A group's number, also as it stands in its address. */
function parseGroup(text: string): string {
  const [, digits = text] = text.match(/roblox\.com\/(?:[a-z-]+\/)?(?:communities|groups)\/(\d+)/) ?? []
  const id = robloxId.parse(digits)
  if (id === undefined)
    throw new InvalidArgumentError("Write the number of the group's address, roblox.com/communities/NUMBER.")
  return id
}

/** The group's name, where it can be the community's. */
function nameCommunity({ id, name }: Group): string {
  return isName(name) ? name : `Group ${id}`
}

function isName(text: string): boolean {
  return isText(text, 100) && text.trim() !== ''
}

function parseName(text: string): string {
  if (!isName(text)) throw new InvalidArgumentError('A name has 1 to 100 characters.')
  return text
}

function parseSlug(text: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(text))
    throw new InvalidArgumentError('Write 1 to 63 of a-z, 0-9 and -, for example wed.')
  return text
}

/** "WED Imagineering" → `wed-imagineering`; nothing where no letter of it can stand in a file's name. */
function toSlug(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return plain
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '')
}

function requireNew(folder: string, slug: string): string {
  const file = ['yaml', 'yml'].map((ending) => join(folder, `${slug}.${ending}`)).find((path) => existsSync(path))
  if (file === undefined) return slug
  throw new InvalidArgumentError(`${file} exists already: edit it, or choose another name with --slug`)
}

/** What an option says that can only be read once Roblox has answered. @throws CommandError which names the option */
function readOption<Value>(
  option: string,
  text: string | undefined,
  parse: (text: string) => Value,
): Value | undefined {
  try {
    return text === undefined ? undefined : parse(text)
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    throw new CommandError(`${option}: ${error.message}`, { cause: error })
  }
}

function getRole(roles: readonly GroupRole[], text: string): GroupRole {
  const givable = listGivableRoles(roles)
  const meant = findRoles(givable, text)
  const [role] = meant
  if (role !== undefined && meant.length === 1) return role
  if (role === undefined) throw new InvalidArgumentError(`Write one of ${givable.map(describeRole).join(', ')}.`)
  const candidates = meant.map((one) => `${describeRole(one)} (rank ${one.rank}, id ${one.id})`)
  throw new InvalidArgumentError(`Several roles are called so: ${candidates.join(', ')}. Write the id of one.`)
}
