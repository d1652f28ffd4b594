import type { Command } from 'commander'
import { CommanderError } from 'commander'
import { createProgram } from '../src/commands/program.ts'

/** The program with all of its commands, none of which does anything. */
export async function createIdleProgram(): Promise<Command> {
  const output = { out: () => undefined, error: () => undefined, progress: () => undefined }
  const program = await createProgram(undefined, output, 0o022)
  for (const command of listCommands(program)) {
    command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined })
    if (command.commands.length === 0) command.action(() => undefined)
  }
  return program
}

/** A command and all below it. */
export function listCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(listCommands)]
}

/** What the program says of arguments that it doesn't take; undefined of those that are right. */
export async function findMistake(args: readonly string[]): Promise<string | undefined> {
  try {
    await (await createIdleProgram()).parseAsync(args, { from: 'user' })
    return undefined
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? undefined : error.message
  }
}
