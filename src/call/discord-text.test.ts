import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bold, escapeDiscord, inlineCode, robloxUserLink } from './discord-text.ts'

/** What Discord shows of escaped text, and what of it Discord would still give a meaning to. */
function readAsDiscord(text: string): { shown: string; meant: string[] } {
  const meant: string[] = []
  let shown = ''
  const characters = [...text]
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? ''
    const next = characters[index + 1] ?? ''
    if (character === '\\' && /[!-/:-@[-`{-~]/.test(next)) {
      shown += next
      index++
    } else {
      if (/[\\*_~`|>#\-[\]():<\r\n]/.test(character) || (character === '@' && next !== '\u200b')) meant.push(character)
      shown += character
    }
  }
  return { shown: shown.replaceAll('@\u200b', '@'), meant }
}

const special = fc.constantFrom(
  ...'\\*_~`|>#-[]():<@!&.+=/{}',
  '@everyone',
  '<@1>',
  '](http://',
  '\n',
  '\r\n',
  '\u200b',
  '\u202e',
  '\u2066',
  ' ',
)
const texts = fc
  .array(fc.oneof(special, fc.string({ unit: 'binary' })), { maxLength: 40 })
  .map((parts) => parts.join(''))

describe('escaped text', () => {
  test('shows as it was but for marks that turn the writing, and nothing of it means anything', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { shown, meant } = readAsDiscord(escapeDiscord(text))
        const expected = text.replace(/\p{Bidi_Control}/gu, '').replace(/[\r\n\u2028\u2029]+/g, ' ')
        expect([shown, meant]).toEqual([expected, []])
      }),
      { numRuns: 1000 },
    )
  })

  test('stays inside of what is around it', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const around = bold(text)
        expect(around.slice(0, 2) + around.slice(-2)).toBe('****')
        expect(readAsDiscord(around.slice(2, -2)).meant).toEqual([])
        const code = inlineCode(text)
        expect([code.at(0), code.slice(1, -1).includes('`'), code.at(-1)]).toEqual(['`', false, '`'])
        expect(code).not.toMatch(/@(?!\u200b)/)
      }),
      { numRuns: 1000 },
    )
  })

  test.each(['Roblox', 'bad boy', 'JTmaveryk', 'Ünïcødé 🚒', "it's 100% fine, isn't it? Yes!", 'a.b+c=d & e/f {g}'])(
    'without special characters it stands as it is: %s',
    (text) => {
      expect(escapeDiscord(text)).toBe(text)
    },
  )

  test.each([
    ['@everyone', '@\u200beveryone'],
    ['@here', '@\u200bhere'],
    ['<@301715666401230851>', '\\<@\u200b301715666401230851\\>'],
    ['<@&1> <#1> </a:1>', '\\<@\u200b&1\\> \\<\\#1\\> \\</a\\:1\\>'],
    ['**bold**', '\\*\\*bold\\*\\*'],
    ['[here](https://a.example)', '\\[here\\]\\(https\\://a.example\\)'],
    ['||spoiler||', '\\|\\|spoiler\\|\\|'],
    ['one\n> two\n# three', 'one \\> two \\# three'],
    ['\\*', '\\\\\\*'],
    ['\u202egnp.exe\u202c \u2066a\u2069\u200e\u200f\u061c', 'gnp.exe a'],
    ['\u05e9\u05dc\u05d5\u05dd', '\u05e9\u05dc\u05d5\u05dd'],
  ])('%s', (text, escaped) => {
    expect(escapeDiscord(text)).toBe(escaped)
  })
})

describe('a Roblox user', () => {
  test('is shown by name, with a link on the id', () => {
    expect(robloxUserLink({ id: '172051854', name: 'JTmaveryk' })).toBe(
      '**JTmaveryk** ([172051854](https://www.roblox.com/users/172051854/profile))',
    )
    expect(robloxUserLink({ id: '1', name: 'a_b_c' })).toContain('**a\\_b\\_c**')
  })
})
