import { approve } from './approve.ts'
import { ban, unban } from './ban.ts'
import { certify, decertify } from './certify.ts'
import type { Command, CommandName } from './command.ts'
import { profile } from './profile.ts'

/** All commands, in the order in which Discord is told of them. */
export const commands: Readonly<Record<CommandName, Command>> = { profile, certify, decertify, ban, unban, approve }

/** The command of this name, if there is one. */
export function findCommand(name: string): { name: CommandName; command: Command } | undefined {
  const found = Object.keys(commands).find((one) => one === name) as CommandName | undefined
  return found === undefined ? undefined : { name: found, command: commands[found] }
}
