import { expect, test } from 'vitest'
import { cut } from './text.ts'

test.each([
  ['short', 5, 'short'],
  ['longer', 5, 'long…'],
  // Two units a character: half of one is left away.
  ['abc😀def', 5, 'abc…'],
  ['abc😀def', 6, 'abc😀…'],
])('%s, at most %i', (text, length, shown) => {
  expect(cut(text, length)).toBe(shown)
})
