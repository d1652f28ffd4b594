/** Everything that Discord's Markdown gives a meaning to; a backslash before any of it makes it literal. */
const special = /[\\*_~`|>#\-[\]():<]/g

/**
 * Escapes text for a `discord` field (contract, rule 7): Markdown shows as it was typed, mentions can't ping, and a
 * line break can't begin a heading or a quote. Marks that turn the direction of writing would also turn what stands
 * around the text, and go; letters have a direction of their own.
 */
export function escapeDiscord(text: string): string {
  return text
    .replace(/\p{Bidi_Control}/gu, '')
    .replace(special, '\\$&')
    .replaceAll('@', '@\u200b')
    .replace(/[\r\n\u2028\u2029]+/g, ' ')
}

/** Bold text, escaped. */
export function bold(text: string): string {
  return `**${escapeDiscord(text)}**`
}

/** Inline code. A backtick can't be escaped inside one, so it becomes an apostrophe. */
export function inlineCode(text: string): string {
  return `\`${text.replaceAll('`', "'").replaceAll('@', '@\u200b')}\``
}

/** A Roblox user as Discord shows one: the name, and the id as a link to the profile. */
export function robloxUserLink(user: { id: string; name: string }): string {
  return `${bold(user.name)} ([${user.id}](https://www.roblox.com/users/${user.id}/profile))`
}
