/** The name that was probably meant, if one is close: the same but for case and dashes, or one or two letters away. */
export function findNearestName(written: string, names: readonly string[]): string | undefined {
  const sought = simplify(written)
  let nearest: string | undefined
  // Two wrong letters in a long name are a slip; in a name of three they are another word.
  let leastDistance = sought.length > 5 ? 3 : 2
  for (const name of names) {
    const distance = countEdits(sought, simplify(name))
    if (distance < leastDistance) {
      nearest = name
      leastDistance = distance
    }
  }
  return nearest
}

function simplify(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, '')
}

/** The Levenshtein distance: letters to add, drop or change until one text is the other. */
function countEdits(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1]
    for (const [column, other] of [...to].entries()) {
      const change = (previous[column] ?? 0) + (letter === other ? 0 : 1)
      current.push(Math.min(change, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1))
    }
    previous = current
  }
  return previous.at(-1) ?? 0
}
