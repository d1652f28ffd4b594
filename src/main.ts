#!/usr/bin/env -S node --max-semi-space-size=4
import './node-version.ts'
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import { CommanderError } from 'commander'
import { createOutput } from './commands/output.ts'
import { createProgram } from './commands/program.ts'
import { loadEnvFile } from './config/env-file.ts'

const output = createOutput(process.stdout, process.stderr)

/** Where what was compiled is kept: beside the code that it is made of, where nobody else may write. */
const compiled = fileURLToPath(new URL('../node_modules/.cache/magicband', import.meta.url))

async function main(): Promise<number> {
  // What it writes, the database and backups above all, is for nobody else on this machine.
  const mask = process.umask(0o077)
  // The next start takes two thirds of the time. Where this can't be written, it does without.
  module.enableCompileCache(compiled)
  try {
    loadEnvFile('.env', process.env)
    await (await createProgram(process.argv[2], output, mask)).parseAsync()
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    const { explainFailure, isMistake } = await import('./commands/failures.ts')
    output.error(explainFailure(error, [process.env.HOST, process.env.METRICS_HOST]))
    return isMistake(error) ? 2 : 1
  }
}

// There is nobody left to tell.
process.stderr.on('error', () => undefined)
// Whoever reads may have read enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  output.error(`the result could not be written (${error.message}): make room where it goes, and look what was done`)
  process.exit(1)
})
process.exitCode = await main()
