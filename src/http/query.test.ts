import { expect, test } from 'vitest'
import { parseQuery } from './query.ts'

test('values are decoded, and what stands behind a name without = is empty', () => {
  expect({ ...parseQuery('a=1&b=%F0%9F%9A%92+x&c&=no&d==') }).toEqual({ a: '1', b: '🚒 x', c: '', d: '=' })
})

test.each(['a=1&a=2', 'a&a', 'a=1&a=1&a=1', 'a=%', 'a=%ff', '%61=1&a=1'])('%s gives a no text', (text) => {
  expect(typeof parseQuery(text).a).toBe('symbol')
})

test('a name that is given sixteen thousand times costs no more than one for each', () => {
  // A list that grew with each would be copied as often: seconds, in which nobody else is answered.
  expect(Object.keys(parseQuery('a&'.repeat(16_000)))).toEqual(['a'])
  expect(typeof parseQuery('a&'.repeat(16_000)).a).toBe('symbol')
})

test('names that mean something to JavaScript are names like others', () => {
  expect(Object.keys(parseQuery('__proto__=1&constructor=2'))).toEqual(['__proto__', 'constructor'])
})
