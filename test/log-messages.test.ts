import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { listLogMessages, listMessagesOf } from './log-messages.ts'

/** The rows of the table in docs/operating.md: level, message, what it means, what to do. */
const rows = readFileSync(new URL('../docs/operating.md', import.meta.url), 'utf8')
  .split('\n')
  .map((line) => /^\| (warn|error|fatal) \| (.*?) \| (.*?) \| (.*?) \|$/.exec(line)?.slice(1))
  .filter((cells) => cells !== undefined)
  .map(([level = '', message = '', meaning = '', advice = '']) => ({ level, message, meaning, advice }))
const messages = listLogMessages()

test('the sources are read', () => {
  const code = `
    this.#log.warn({ reqId, err: f('a', [1]) }, 'one, two: \\'look\\'')
    log.fatal(
      \`\${a} fails: mend it\`,
    )
    output.error('for the terminal')`
  expect(listMessagesOf('some.ts', code)).toEqual([
    { level: 'warn', text: "one, two: 'look'", file: 'some.ts', line: 2 },
    { level: 'fatal', text: '… fails: mend it', file: 'some.ts', line: 3 },
  ])
  expect(() => listMessagesOf('some.ts', 'log.warn({ a }, message)')).toThrow('some.ts:1')
  expect(messages.length).toBeGreaterThan(20)
})

test.each(messages)('$file:$line ($level) says what to do, and so does docs/operating.md', ({ level, text }) => {
  // "what happened: what to do"
  expect(text).toMatch(/^\S.*: \S/)
  const found = rows.filter((row) => row.message.replaceAll('``', '`') === text)
  expect(found).toEqual([
    { level, message: expect.any(String), meaning: expect.any(String), advice: expect.any(String) },
  ])
  for (const { meaning, advice } of found) expect([meaning.trim(), advice.trim()]).not.toContain('')
})

test('docs/operating.md explains nothing that is never logged', () => {
  const logged = messages.map(({ text }) => text)
  expect(rows.map(({ message }) => message).filter((message) => !logged.includes(message))).toEqual([])
  expect(rows.length).toBe(new Set(logged).size)
})
