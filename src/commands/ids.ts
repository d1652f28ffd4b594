import { InvalidArgumentError } from 'commander'
import { discordId, robloxId } from '../call/parameters.ts'

/** A Roblox user id as an argument. @throws InvalidArgumentError */
export function parseRobloxId(text: string): string {
  const id = robloxId.parse(text)
  if (id === undefined) throw new InvalidArgumentError('A Roblox id is a whole number from 1 on.')
  return id
}

/** A Discord id as an argument. @throws InvalidArgumentError */
export function parseDiscordId(text: string): string {
  const id = discordId('').parse(text)
  if (id === undefined) throw new InvalidArgumentError('A Discord id has 17 to 20 digits.')
  return id
}
