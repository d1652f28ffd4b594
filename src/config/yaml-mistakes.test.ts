import { describe, expect, test } from 'vitest'
import { listMistakes } from './testing.ts'

describe('a text that is no YAML is reported by the line, in our words, without what it holds', () => {
  test.each<[string, string]>([
    ['a: 1\na2:\n\tb: hush\n', 'wed.yaml:3: the line is indented with a tab: use spaces'],
    ['a: @hush\n', 'wed.yaml:1: text that begins with this character must be put in quotes'],
    ['a: !hush x\n', 'wed.yaml:1: YAML does not know this tag: put text that begins with ! in quotes'],
    [
      'a: 1\n---\nb: hush\n',
      'wed.yaml:2: there is a second document: leave the line --- out, and write one file a community',
    ],
    [
      '%hush a\n---\na: 1\n',
      'wed.yaml:1: the line is read as a YAML directive: leave it out, or put text that begins with % in quotes',
    ],
    [
      'a: "\\hush"\n',
      'wed.yaml:1: the text has a backslash sequence that YAML does not know: use single quotes, or write \\\\',
    ],
    [
      '? { hush: 1 }\n: 2\n',
      'wed.yaml:1: the name of a member must be text: put a name that begins with {, [, * or & in quotes',
    ],
    [
      'a: hush: c\n',
      'wed.yaml:1: there are two members in one line: indent what belongs to a member below it, and put text that holds ": " in quotes',
    ],
    [
      'hush\nb: 1\n',
      'wed.yaml:1: a member has no ": " after its name, or goes on where it should have ended: indent what belongs to a member below it, and put text that holds ": " in quotes',
    ],
    [
      'a: [1, 2\nhush: 3\n',
      'wed.yaml:2: this is indented wrongly, or a bracket above is left open: close each bracket, brace and quote, separate what is between them by commas',
    ],
    [
      "a: 'x' hush\n",
      'wed.yaml:1: this is not expected here: close each bracket, brace and quote, separate what is between them by commas, and put text with special characters in quotes',
    ],
    [
      'a: "hush\n',
      'wed.yaml:2: a character is missing here or above: close each bracket, brace and quote, separate what is between them by commas, and put a space after each colon',
    ],
    [`a: { b: \${HUSH} }\n`, `wed.yaml:1: between brackets a placeholder must stand in quotes: write "\${NAME}"`],
    [`a: [\${HUSH}]\n`, `wed.yaml:1: between brackets a placeholder must stand in quotes: write "\${NAME}"`],
  ])('%j', (text, mistake) => {
    const mistakes = listMistakes(text)
    expect(mistakes).toEqual([mistake])
    expect(mistakes.join()).not.toContain('hush')
  })
})

test('each line at fault is reported', () => {
  expect(listMistakes('a: @x\nb: 1\nc: @y\n')).toEqual([
    'wed.yaml:1: text that begins with this character must be put in quotes',
    'wed.yaml:3: text that begins with this character must be put in quotes',
  ])
})
