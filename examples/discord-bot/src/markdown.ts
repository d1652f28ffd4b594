import { escapeMarkdown } from 'discord.js'

/** Text that Roblox or a community has, so that Discord shows it as it is. What Magicband writes is escaped already. */
export function escapeText(text: string): string {
  return escapeMarkdown(text, { heading: true, bulletedList: true, numberedList: true, maskedLink: true })
}

export function profileAddress(robloxId: string): string {
  return `https://www.roblox.com/users/${robloxId}/profile`
}
