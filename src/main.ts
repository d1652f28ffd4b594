#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Command, CommanderError } from 'commander'
import type { Output } from './commands/output.ts'
import { version } from './version.ts'

const output: Output = {
  out: (line) => process.stdout.write(`${line}\n`),
  error: (line) => process.stderr.write(`${line}\n`),
}

/** Where what was compiled is kept: beside the code that it is made of, where nobody else may write. */
const compiled = fileURLToPath(new URL('../node_modules/.cache/magicband', import.meta.url))

/** Loads what adds a command to the program. */
type LoadCommand = () => Promise<(program: Command, output: Output) => void>

/** All commands, in the order of `--help`. A file is loaded when its command is run: few of them need all of the server. */
const commands: Readonly<Record<string, LoadCommand>> = {
  start: async () => (await import('./commands/start.ts')).addStartCommand,
  key: async () => (await import('./commands/key.ts')).addKeyCommands,
  link: async () => (await import('./commands/link.ts')).addLinkCommands,
  points: async () => (await import('./commands/points.ts')).addPointCommands,
  audit: async () => (await import('./commands/audit.ts')).addAuditCommand,
  verify: async () => (await import('./commands/verify.ts')).addVerifyCommand,
  jobs: async () => (await import('./commands/jobs.ts')).addJobCommands,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
  backup: async () => (await import('./commands/backup.ts')).addBackupCommand,
  restore: async () => (await import('./commands/backup.ts')).addRestoreCommand,
  import: async () => (await import('./commands/import.ts')).addImportCommand,
  export: async () => (await import('./commands/privacy.ts')).addExportCommand,
  erase: async () => (await import('./commands/privacy.ts')).addEraseCommand,
  migrate: async () => (await import('./commands/migrate.ts')).addMigrateCommand,
  openapi: async () => (await import('./commands/documents.ts')).addOpenApiCommand,
  'community-schema': async () => (await import('./commands/documents.ts')).addCommunitySchemaCommand,
}

/** The command line: results to stdout, everything else to stderr; status 0, 1 (failed) or 2 (wrong use). */
async function createProgram(first: string | undefined): Promise<Command> {
  const program = new Command('magicband').description('the staff backend of a Roblox community').version(version)
  program.exitOverride()
  program.configureOutput({ writeErr: (text) => process.stderr.write(text) })
  const wanted = Object.entries(commands).filter(([name]) => name === first)
  // Help, and whoever mistypes, is told of all of them.
  for (const [, load] of wanted.length > 0 ? wanted : Object.entries(commands)) (await load())(program, output)
  return program
}

async function main(): Promise<number> {
  // What it writes, the database and backups above all, is for nobody else on this machine.
  process.umask(0o077)
  // The next start takes two thirds of the time. Where this can't be written, it does without.
  enableCompileCache(compiled)
  if (existsSync('.env')) process.loadEnvFile('.env')
  try {
    await (await createProgram(process.argv[2])).parseAsync()
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    const { explainFailure } = await import('./commands/failures.ts')
    output.error(explainFailure(error, [process.env.HOST, process.env.METRICS_HOST]))
    return 1
  }
}

// Whoever reads may have read enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})
process.exitCode = await main()
