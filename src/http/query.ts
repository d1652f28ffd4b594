/** Stands for a value whose percent-encoding is broken, which no parameter takes. */
const undecodable = Symbol('undecodable')

/**
 * Reads a query. A name that is given twice has a list, and a value that can't be decoded is no text: either is refused
 * by the parameter that it is for, and means nothing where it is for none.
 */
export function parseQuery(text: string): Record<string, unknown> {
  // Without a prototype, so that a parameter's name means nothing to JavaScript.
  const query: Record<string, unknown> = Object.create(null)
  for (const pair of text.split('&')) {
    const end = pair.indexOf('=')
    const name = decode(end === -1 ? pair : pair.slice(0, end))
    if (typeof name !== 'string' || name === '') continue
    const value = end === -1 ? '' : decode(pair.slice(end + 1))
    query[name] = name in query ? [query[name], value].flat() : value
  }
  return query
}

function decode(text: string): string | symbol {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // Not UTF-8, or a % that begins nothing.
    return undecodable
  }
}
