/** Stands for a value whose percent-encoding is broken, or that is given twice: no parameter takes it. */
const unusable = Symbol('unusable')
/** What inherits from an object is faster than what has no prototype at all. */
const nothing: object = Object.create(null)

/**
 * Reads a query. A name that is given twice, and a value that can't be decoded, have no text: either is refused by the
 * parameter that it is for, and means nothing where it is for none.
 */
export function parseQuery(text: string): Record<string, unknown> {
  // Inherits from nothing, so that a parameter's name means nothing to JavaScript.
  const query: Record<string, unknown> = Object.create(nothing)
  for (const pair of text.split('&')) {
    const end = pair.indexOf('=')
    const name = decode(end === -1 ? pair : pair.slice(0, end))
    if (typeof name !== 'string' || name === '') continue
    const value = end === -1 ? '' : decode(pair.slice(end + 1))
    query[name] = query[name] === undefined ? value : unusable
  }
  return query
}

function decode(text: string): string | symbol {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // Not UTF-8, or a % that begins nothing.
    return unusable
  }
}
