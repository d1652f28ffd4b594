import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export type LogMessage = { level: string; text: string; file: string; line: number }

const source = fileURLToPath(new URL('../src/', import.meta.url))
/** What is called `warn`, `error` or `fatal` as well, and is no log. */
const otherReceivers = new Set(['output', 'command'])

/** Every message that the sources log at `warn` and above, `…` for what is filled in. @throws for one that can't be read */
export function listLogMessages(): LogMessage[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => listMessagesOf(`src/${name}`, readFileSync(`${source}${name}`, 'utf8')))
}

/** The messages of one file: of each call its last argument, which has to be written out as text. */
export function listMessagesOf(file: string, code: string): LogMessage[] {
  return [...code.matchAll(/([#\w]+)\??\.(warn|error|fatal)\(/g)]
    .filter(([, receiver = '']) => !otherReceivers.has(receiver))
    .map((match) => {
      const line = code.slice(0, match.index).split('\n').length
      const written = lastArgument(code.slice(match.index + match[0].length))
      const quoted = /^'((?:[^'\\]|\\.)*)'$|^"((?:[^"\\]|\\.)*)"$|^`((?:[^`\\]|\\.)*)`$/s.exec(written)
      if (quoted === null)
        throw new Error(`${file}:${line}: the message of a log line is not written there: ${written}`)
      const text = (quoted[1] ?? quoted[2] ?? quoted[3] ?? '').replace(/\\(.)/g, '$1').replace(/\$\{[^}]*\}/g, '…')
      return { level: match[2] ?? '', text, file, line }
    })
}

/** What stands last between these parentheses, of which the first one is left out. */
function lastArgument(code: string): string {
  let depth = 0
  let from = 0
  for (const { 0: token, index } of code.matchAll(
    /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|[()[\]{},]/gs,
  )) {
    if ('([{'.includes(token)) depth++
    else if (depth === 0 && token === ')') return code.slice(from, index).trim().replace(/,$/, '').trim()
    else if (')]}'.includes(token)) depth--
    // A comma at the end, as the formatter sets it, begins no argument.
    else if (depth === 0 && token === ',' && !/^,\s*\)/.test(code.slice(index))) from = index + 1
  }
  throw new Error('a call never ends')
}
