import { expect, test } from 'vitest'
import { Gate } from './gate.ts'

/** Enters, and writes down when it was let in. */
function queue(gate: Gate, names: readonly string[], signal = new AbortController().signal) {
  const entered: string[] = []
  const entries = names.map((name) => gate.enter(signal).then(() => entered.push(name)))
  return { entered, entries }
}

const aTurn = () => new Promise((resolve) => setTimeout(resolve))

test('lets as many through as it may, and the others in their order as places are given back', async () => {
  const gate = new Gate(2)
  const { entered } = queue(gate, ['a', 'b', 'c', 'd'])
  await aTurn()
  expect(entered).toEqual(['a', 'b'])
  gate.leave()
  await aTurn()
  expect(entered).toEqual(['a', 'b', 'c'])
  gate.leave()
  gate.leave()
  gate.leave()
  await aTurn()
  expect(entered).toEqual(['a', 'b', 'c', 'd'])
  const later = queue(gate, ['e', 'f', 'g'])
  await aTurn()
  expect(later.entered).toEqual(['e', 'f'])
})

test('is not held by one who gave up waiting', async () => {
  const gate = new Gate(1)
  await gate.enter(new AbortController().signal)
  const impatience = new AbortController()
  const impatient = queue(gate, ['a'], impatience.signal)
  const patient = queue(gate, ['b'])
  impatience.abort(new Error('late'))
  await expect(impatient.entries[0]).rejects.toThrow('late')
  gate.leave()
  await aTurn()
  expect([impatient.entered, patient.entered]).toEqual([[], ['b']])
})
