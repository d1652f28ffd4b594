import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { eventually } from '../../test/magicband.ts'
import { Schedule } from './schedule.ts'

const log = pino({ level: 'silent' })

test('work is done again and again, or once', async () => {
  const schedule = new Schedule(log)
  const done = { often: 0, once: 0 }
  schedule.every(1, 'often', async () => void done.often++)
  schedule.once(1, 'once', async () => void done.once++)
  await eventually(() => (done.often > 2 && done.once > 0 ? true : undefined))
  await schedule.stop()
  expect(done.once).toBe(1)
})

test('what fails is logged, and tried again', async () => {
  const lines: string[] = []
  const schedule = new Schedule(pino({}, { write: (line: string) => lines.push(line) }))
  schedule.every(1, 'broken', () => Promise.reject(new Error('no')))
  await eventually(() => (lines.length > 1 ? true : undefined))
  await schedule.stop()
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 50, work: 'broken' })
})

test('a stop tells work that runs, waits for it, and lets none begin', async () => {
  const schedule = new Schedule(log)
  const seen: string[] = []
  schedule.once(0, 'long', async (signal) => {
    seen.push('begun')
    while (!signal.aborted) await sleep(1)
    await sleep(5)
    seen.push('ended')
  })
  await eventually(() => seen[0])
  schedule.once(20, 'late', async () => void seen.push('late'))
  await schedule.stop()
  expect(seen).toEqual(['begun', 'ended'])
  await sleep(40)
  expect(seen).toEqual(['begun', 'ended'])
})
