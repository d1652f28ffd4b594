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

describe('progress', () => {
  test('is one line on a terminal, drawn again, and gone at the end', () => {
    expect(write(true, 1)).toEqual({
      stdout: 'a result\n',
      stderr: '1 rows …\r\u001b[K2 rows …\r\u001b[K3 rows …\r\u001b[K3 rows in all\n',
    })
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
  const stream = { write: (text: string) => (written += text) }
  const output = createOutput(stream, stream)
  output.out('one\n\ttwo\r\u001b[2J\u202e')
  output.error('three\u0085')
  expect(written).toBe('one\n\ttwo\\u000d\\u001b[2J\\u202e\nthree\\u0085\n')
})
