import { escapeMarkdown } from 'discord.js'

/** Text that Roblox or a community has, so that Discord shows it as it is. What Magicband writes is escaped already. */
export function escapeText(text: string): string {
  return escapeMarkdown(text, { heading: true, bulletedList: true, numberedList: true, maskedLink: true })
}

export function profileAddress(robloxId: string): string {
  return `https://www.roblox.com/users/${robloxId}/profile`
}

/** At most so many UTF-16 units, as Discord counts them, and no half of a character. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
