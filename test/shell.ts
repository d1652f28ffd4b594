/** One command of a shell line: its words, without the variables before it and what it is redirected to. */
export type ShellCommand = { variables: Record<string, string>; words: string[] }

const token =
  /\s+|#.*|\\\n|(?<operator>&&|\|\||[|;\n])|(?<redirection>\d?[<>]{1,2}&?\s*\S+)|(?<word>(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\|;&<>])+)/y

/**
 * Takes a piece of a manual apart into its commands, as a shell does, as far as manuals go: quotes, comments, pipes, `&&`,
 * redirections, a backslash at the end of a line. @throws where there is more to it
 */
export function readShell(text: string): ShellCommand[] {
  const commands: ShellCommand[] = []
  let command: ShellCommand = { variables: {}, words: [] }
  const end = () => {
    if (command.words.length > 0) commands.push(command)
    command = { variables: {}, words: [] }
  }
  // Lines are taken one by one, so that white space within one separates only words.
  for (const line of text.replaceAll(/\\\n\s*/g, ' ').split('\n')) {
    token.lastIndex = 0
    while (token.lastIndex < line.length) {
      const found = token.exec(line)
      if (found === null) throw new Error(`the shell line can't be read: ${line}`)
      const { operator, word } = found.groups ?? {}
      if (operator !== undefined) end()
      if (word !== undefined) addWord(command, word)
    }
    end()
  }
  return commands
}

function addWord(command: ShellCommand, written: string): void {
  const [, name, value] = /^([A-Z_][A-Z0-9_]*)=(.*)$/s.exec(written) ?? []
  if (name !== undefined && command.words.length === 0) command.variables[name] = unquote(value ?? '')
  else command.words.push(unquote(written))
}

function unquote(written: string): string {
  return written.replaceAll(
    /'([^']*)'|"([^"]*)"|\\(.)/g,
    (_, single = '', double = '', escaped = '') => `${single}${double}${escaped}`,
  )
}
