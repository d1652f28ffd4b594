import { Command, Help, type Option } from 'commander'
import { version } from '../version.ts'
import type { Output } from './output.ts'

/** Adds a command to the program. `mask` is the umask of whoever runs it, which says what others may do with files. */
type AddCommand = (program: Command, output: Output, mask: number) => void

/** All commands, in the groups and the order of `--help`. A file is loaded when its command is run: few need all of the server. */
const groups: Readonly<Record<string, Readonly<Record<string, () => Promise<AddCommand>>>>> = {
  'Running:': {
    init: async () => (await import('./init.ts')).addInitCommand,
    start: async () => (await import('./start.ts')).addStartCommand,
    doctor: async () => (await import('./doctor.ts')).addDoctorCommand,
    migrate: async () => (await import('./migrate.ts')).addMigrateCommand,
    jobs: async () => (await import('./jobs.ts')).addJobCommands,
  },
  'Data:': {
    backup: async () => (await import('./backup.ts')).addBackupCommand,
    restore: async () => (await import('./backup.ts')).addRestoreCommand,
    verify: async () => (await import('./verify.ts')).addVerifyCommand,
    import: async () => (await import('./import.ts')).addImportCommand,
  },
  'Keys:': {
    key: async () => (await import('./key.ts')).addKeyCommands,
  },
  'Players:': {
    link: async () => (await import('./link.ts')).addLinkCommands,
    points: async () => (await import('./points.ts')).addPointCommands,
    audit: async () => (await import('./audit.ts')).addAuditCommand,
    export: async () => (await import('./privacy.ts')).addExportCommand,
    erase: async () => (await import('./privacy.ts')).addEraseCommand,
  },
  'Development:': {
    completion: async () => (await import('./completion.ts')).addCompletionCommand,
    openapi: async () => (await import('./documents.ts')).addOpenApiCommand,
    'community-schema': async () => (await import('./documents.ts')).addCommunitySchemaCommand,
  },
}

/**
 * The command line: results to stdout, everything else to stderr; status 0, 1 (failed) or 2 (wrong use or settings). It has the
 * command that comes first in the arguments, and all commands where there is none of that name.
 */
export async function createProgram(first: string | undefined, output: Output, mask: number): Promise<Command> {
  const program = new Command('magicband')
    .usage('COMMAND')
    .description('the staff backend of a Roblox community')
    .version(version)
    .addHelpText('after', `\n${about}`)
  program.commandsGroup('Development:').helpCommand('help [command]', 'print the help of a command').exitOverride()
  program.configureHelp({ optionDescription: describeOption })
  program.configureOutput({ writeErr: (text) => process.stderr.write(text) })
  const table = Object.entries(groups).flatMap(([group, commands]) =>
    Object.entries(commands).map(([name, load]) => ({ group, name, load })),
  )
  const wanted = table.filter(({ name }) => name === first && name !== 'completion')
  // Help, and whoever mistypes, is told of all of them; shells are, too.
  for (const { group, load } of wanted.length > 0 ? wanted : table) {
    const add = await load()
    add(program, output, mask)
    program.commands.at(-1)?.helpGroup(group)
  }
  return program
}

function describeOption(option: Option): string {
  const description = new Help().optionDescription(option)
  return option.mandatory ? `${description} (needed)` : description
}

const about = `Settings are environment variables, and those of the file .env in the folder
that it is run in; the environment goes before the file. .env.example has all of
them. Communities are the files communities/*.yaml.

Exit status:
  0  done
  1  failed; stderr says why, and what to do
  2  wrong use, or a mistake in the settings; stderr says which

Examples:
  # Set up your community, and see what is missing
  magicband init
  magicband doctor
  # Serve it
  magicband start
  # All about one command
  magicband key create --help`
