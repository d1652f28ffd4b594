#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { addAuditCommand } from './commands/audit.ts'
import { addBackupCommands } from './commands/backup.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addDocumentCommands } from './commands/documents.ts'
import { explainFailure } from './commands/failures.ts'
import { addImportCommand } from './commands/import.ts'
import { addJobCommands } from './commands/jobs.ts'
import { addKeyCommands } from './commands/key.ts'
import { addLinkCommands } from './commands/link.ts'
import { addMigrateCommand } from './commands/migrate.ts'
import type { Output } from './commands/output.ts'
import { addPointCommands } from './commands/points.ts'
import { addPrivacyCommands } from './commands/privacy.ts'
import { addStartCommand } from './commands/start.ts'
import { addVerifyCommand } from './commands/verify.ts'
import { version } from './version.ts'

const output: Output = {
  out: (line) => process.stdout.write(`${line}\n`),
  error: (line) => process.stderr.write(`${line}\n`),
}

/** The command line: results to stdout, everything else to stderr; status 0, 1 (failed) or 2 (wrong use). */
function createProgram(): Command {
  const program = new Command('magicband').description('the staff backend of a Roblox community').version(version)
  program.exitOverride()
  program.configureOutput({ writeErr: (text) => process.stderr.write(text) })
  addStartCommand(program, output)
  addKeyCommands(program, output)
  addLinkCommands(program, output)
  addPointCommands(program, output)
  addAuditCommand(program, output)
  addVerifyCommand(program, output)
  addJobCommands(program, output)
  addDoctorCommand(program, output)
  addBackupCommands(program, output)
  addImportCommand(program, output)
  addPrivacyCommands(program, output)
  addMigrateCommand(program, output)
  addDocumentCommands(program, output)
  return program
}

async function main(): Promise<number> {
  // What it writes, the database and backups above all, is for nobody else on this machine.
  process.umask(0o077)
  if (existsSync('.env')) process.loadEnvFile('.env')
  try {
    await createProgram().parseAsync()
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    output.error(explainFailure(error, process.env.HOST))
    return 1
  }
}

// Whoever reads may have read enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})
process.exitCode = await main()
