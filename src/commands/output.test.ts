import { describe, expect, test } from 'vitest'
import { createOutput } from './output.ts'

/** What a command that counts to three writes, at a step a second. */
function write(isTTY: boolean, stepMs: number): { stdout: string; stderr: string } {
  const written = { stdout: '', stderr: '' }
  let time = 0
  const stream = (name: 'stdout' | 'stderr') => ({ isTTY, write: (text: string) => (written[name] += text) })
  const output = createOutput(stream('stdout'), stream('stderr'), () => time)
  for (let count = 1; count <= 3; count++) {
    output.progress(`${count} rows`)
    time += stepMs
  }
  output.out('a result')
  output.error('3 rows in all')
  return written
}

/** Where the line that was drawn begins, and nothing from there on. */
const up = '\r\u001b[A\u001b[J'

describe('progress', () => {
  test('is one line on a terminal, drawn again, and gone at the end', () => {
    expect(write(true, 100)).toEqual({
      stdout: 'a result\n',
      stderr: `1 rows …\n${up}2 rows …\n${up}3 rows …\n${up}3 rows in all\n`,
    })
  })

  test('is drawn ten times a second at most', () => {
    expect(write(true, 60).stderr).toBe(`1 rows …\n${up}3 rows …\n${up}3 rows in all\n`)
    expect(write(true, 1).stderr).toBe(`1 rows …\n${up}3 rows in all\n`)
  })

  test('ends with what came last, and what is a step of its own is drawn at once', async () => {
    let written = ''
    const stream = { isTTY: true, write: (text: string) => (written += text) }
    const output = createOutput(stream, stream)
    for (const step of ['check 1 of 2: points', 'check 2 of 2: shifts', '1 rows', '2 rows', '3 rows'])
      output.progress(step)
    const soFar = `check 1 of 2: points …\n${up}check 2 of 2: shifts …\n${up}1 rows …\n`
    expect(written).toBe(soFar)
    await expect.poll(() => written).toBe(`${soFar}${up}3 rows …\n`)
    await new Promise((resolve) => setTimeout(resolve, 150))
    output.progress('4 rows')
    output.progress('5 rows')
    output.error('5 rows in all')
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(written).toBe(`${soFar}${up}3 rows …\n${up}4 rows …\n${up}5 rows in all\n`)
  })

  test('is a line every two seconds elsewhere', () => {
    expect(write(false, 1500)).toEqual({ stdout: 'a result\n', stderr: '3 rows …\n3 rows in all\n' })
  })

  test('is nothing elsewhere of what is over at once', () => {
    expect(write(false, 1)).toEqual({ stdout: 'a result\n', stderr: '3 rows in all\n' })
  })
})

test('what is written gives a terminal no orders, and keeps its lines and its tabs', () => {
  let written = ''
  const stream = { isTTY: true, write: (text: string) => (written += text) }
  const output = createOutput(stream, stream)
  output.out('one\n\ttwo\r\u001b[2J\u202e')
  output.error('three\u0085')
  output.progress('four\u001b[2J')
  expect(written).toBe('one\n\ttwo\\u000d\\u001b[2J\\u202e\nthree\\u0085\nfour\\u001b[2J …\n')
})
