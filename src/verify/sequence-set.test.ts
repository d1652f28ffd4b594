import { expect, test } from 'vitest'
import { SequenceSet } from './sequence-set.ts'

function setOf(...sequences: readonly number[]): SequenceSet {
  const set = new SequenceSet()
  for (const sequence of sequences) set.add(sequence)
  return set
}

const many = [1, 2, 7, 8, 9, 65_535, 65_536, 65_537, 1_000_000, 2 ** 40, Number.MAX_SAFE_INTEGER]

test.each([
  ['nothing', [], [], []],
  ['what was added, in its order', many, [], many],
  ['nothing twice', [5, 5, 6], [], [5, 6]],
  [
    'what was not deleted',
    many,
    [1, 8, 65_536, Number.MAX_SAFE_INTEGER],
    [2, 7, 9, 65_535, 65_537, 1_000_000, 2 ** 40],
  ],
  ['what is beside the deleted', upTo(300), upTo(300).filter((one) => one % 3 > 0), upTo(100).map((one) => 3 * one)],
  ['what was added, where only others are deleted', [3], [0, -3, 4, 65_539, 2 ** 53], [3]],
  ['nothing, where all is deleted', many, many, []],
])('it holds %s', (_name, added, deleted, left) => {
  const set = setOf(...added)
  for (const sequence of deleted) set.delete(sequence)
  expect([...set]).toEqual(left)
})

test('a million take little memory', () => {
  const before = process.memoryUsage().arrayBuffers
  const set = setOf()
  for (let sequence = 1; sequence <= 1_000_000; sequence++) set.add(sequence)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000)
  expect([...set]).toHaveLength(1_000_000)
})

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}
