import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ActQueue } from './act-queue.ts'

/** Acts that run until they are told to end, and in which order they began. */
function makeActs(queue: ActQueue) {
  const began: string[] = []
  const ends = new Map<string, () => void>()
  const run = (name: string, lane?: string) =>
    queue.run(async () => {
      began.push(name)
      await new Promise<void>((resolve) => ends.set(name, resolve))
      return name
    }, lane)
  const end = async (name: string) => {
    ends.get(name)?.()
    await sleep(1)
  }
  return { began, run, end }
}

test('so many run at once, the others in the order in which they came', async () => {
  const { began, run, end } = makeActs(new ActQueue({ atOnce: 2, patienceMs: 1000 }))
  const acts = ['a', 'b', 'c', 'd'].map((name) => run(name))
  await sleep(1)
  expect(began).toEqual(['a', 'b'])
  await end('b')
  expect(began).toEqual(['a', 'b', 'c'])
  for (const name of ['a', 'c', 'd']) await end(name)
  expect(await Promise.all(acts)).toEqual(['a', 'b', 'c', 'd'])
})

test('of one lane one runs at a time, and keeps no room from others meanwhile', async () => {
  const { began, run, end } = makeActs(new ActQueue({ atOnce: 2, patienceMs: 1000 }))
  const acts = [run('1', 'x'), run('2', 'x'), run('3', 'x'), run('4', 'y'), run('5')]
  await sleep(1)
  expect(began).toEqual(['1', '4'])
  await end('4')
  expect(began).toEqual(['1', '4', '5'])
  for (const name of ['1', '5', '2', '3']) await end(name)
  expect(began).toEqual(['1', '4', '5', '2', '3'])
  await Promise.all(acts)
})

test('one that fails makes room like any other', async () => {
  const queue = new ActQueue({ atOnce: 1, patienceMs: 1000 })
  const fail = () => Promise.reject(new Error('no'))
  const outcomes = await Promise.allSettled([queue.run(fail, 'x'), queue.run(fail, 'x'), queue.run(async () => 1, 'x')])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
})

test('one that waits too long is refused, and those behind it are not', async () => {
  const { began, run, end } = makeActs(new ActQueue({ atOnce: 1, patienceMs: 60 }))
  const first = run('1', 'x')
  const late = [run('2', 'x'), run('3', 'y'), run('4', 'y')]
  const outcomes = await Promise.allSettled(late)
  expect(outcomes.map((outcome) => outcome.status === 'rejected' && String(outcome.reason))).toEqual(
    Array(3).fill('Error: the database had no room for a write within 0.06 s'),
  )
  const next = [run('5', 'y'), run('6', 'x')]
  await end('1')
  await end('5')
  await end('6')
  expect([await first, ...(await Promise.all(next))]).toEqual(['1', '5', '6'])
  expect(began).toEqual(['1', '5', '6'])
})
