/** A line to type, and what it is for. */
export type Example = readonly [line: string, about: string]

/** The last section of a command's help; `help.test.ts` parses each line with the program itself. */
export function examples(...all: readonly Example[]): string {
  return section(
    'Examples',
    all.map(([line, about]) => `# ${about}\n  ${line}`),
  )
}

/** What a command ends with, where that means more than: 0 done, 1 failed, 2 wrong use. */
export function exitStatuses(meanings: Readonly<Record<0 | 1, string>>): string {
  return section(
    'Exit status',
    Object.entries({ ...meanings, 2: 'wrong use, or a mistake in the settings' }).map(
      ([status, meaning]) => `${status}  ${meaning}`,
    ),
  )
}

function section(heading: string, lines: readonly string[]): string {
  return `\n${heading}:\n${lines.map((line) => `  ${line}`).join('\n')}`
}
