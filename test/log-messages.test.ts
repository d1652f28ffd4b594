import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

/** Messages of the log that ask for attention, as the sources have them, and what docs/operating.md says of each. */
const logged = listSources('src').flatMap(messagesIn)
const documented = tableRows(readFileSync('docs/operating.md', 'utf8'))

function listSources(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).map((name) => join(folder, name))
}

/** The last text of each call of the log at warn and above; what differs in it is written as `…`. */
function messagesIn(file: string): { file: string; message: string | undefined }[] {
  const source = readFileSync(file, 'utf8')
  return [...source.matchAll(/\blog\.(?:warn|error|fatal)\(/gi)].map(({ index }) => {
    const call = upToItsEnd(source.slice(source.indexOf('(', index)))
    const text = [...call.matchAll(/'([^'\n]*)'|`([^`]*)`/g)].at(-1) ?? constantIn(call, source.slice(0, index))
    return { file, message: (text?.[1] ?? text?.[2])?.replaceAll(/\$\{[^}]*\}/g, '…') }
  })
}

/** From an opening bracket to the one that closes it. */
function upToItsEnd(text: string): string {
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '(') depth++
    if (text[index] === ')' && --depth === 0) return text.slice(0, index + 1)
  }
  return text
}

/** A text that stands in a constant above the call. */
function constantIn(call: string, above: string): RegExpMatchArray | undefined {
  const name = /(\w+)\)$/.exec(call)?.[1]
  return [...above.matchAll(new RegExp(`const ${name} = '([^'\\n]*)'`, 'g'))].at(-1)
}

function tableRows(document: string): { message: string; meaning: string; todo: string }[] {
  const rows = document.split('\n').map((line) => /^\| `(.+?)` \| (.*?) \| (.*?) \|$/.exec(line))
  return rows.flatMap((row) =>
    row?.[1] && !row[1].startsWith('GET ') ? [{ message: row[1], meaning: row[2] ?? '', todo: row[3] ?? '' }] : [],
  )
}

describe('messages at warn and above', () => {
  test('are found', () => {
    expect(logged.length).toBeGreaterThan(20)
    expect(logged.filter(({ message }) => message === undefined)).toEqual([])
  })

  test.each(logged)('$file: $message', ({ message = '' }) => {
    // What happened, and behind a colon or a semicolon what to do about it.
    expect(message).toMatch(/[:;] \S/)
    const [row, ...others] = documented.filter((one) => one.message === message)
    expect(row, 'add it to the table in docs/operating.md').toBeDefined()
    expect(others).toEqual([])
    expect(row?.meaning).toMatch(/\w{3}/)
    expect(row?.todo).toMatch(/\w{3}/)
  })

  test('the table has none that is logged no more', () => {
    const messages = logged.map(({ message }) => message)
    expect(documented.filter(({ message }) => !messages.includes(message))).toEqual([])
  })
})
