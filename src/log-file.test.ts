import { spawn, spawnSync } from 'node:child_process'
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually } from '../test/magicband.ts'
import { makeTemporaryFolder } from '../test/temporary-folder.ts'
import { LogFile } from './log-file.ts'

let folder: string
const open: number[] = []
beforeEach(() => {
  folder = makeTemporaryFolder('log')
})
afterEach(() => {
  for (const fileDescriptor of open.splice(0)) closeSync(fileDescriptor)
  rmSync(folder, { recursive: true })
})

function openFile(path: string, flags: string | number): number {
  const fileDescriptor = openSync(path, flags)
  open.push(fileDescriptor)
  return fileDescriptor
}

const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `line ${from + index} ü\n`)
const neverRecovers = () => expect.unreachable()

test('lines arrive whole and in their order, also those that wait at the end of the process', async () => {
  const path = join(folder, 'log')
  const log = new LogFile(openFile(path, 'a'), neverRecovers)
  for (const line of lines(0, 100)) log.write(line)
  await eventually(() => readFileSync(path, 'utf8').includes('line 99 ') || undefined)
  for (const line of lines(100, 200)) log.write(line)
  await eventually(() => readFileSync(path, 'utf8').includes('line 199 ') || undefined)
  expect(readFileSync(path, 'utf8')).toBe(lines(0, 200).join(''))

  const last = new LogFile(openFile(path, 'a'), neverRecovers)
  // The first is on its way.
  for (const line of lines(200, 203)) last.write(line)
  last.flush()
  await eventually(() => readFileSync(path, 'utf8').split('\n').length === 204 || undefined)
})

test('a full disk loses lines, and fails nobody', async () => {
  const log = new LogFile(openFile('/dev/full', 'a'), neverRecovers)
  for (const line of lines(0, 100)) {
    log.write(line)
    await sleep(1)
  }
  log.write('the last\n')
  log.flush()
})

test('a line of which a full disk has taken a part does not run into the next', async () => {
  const path = join(folder, 'log')
  const program = join(folder, 'program.mjs')
  writeFileSync(
    program,
    `import { openSync } from 'node:fs'
    import { LogFile } from ${JSON.stringify(new URL('log-file.ts', import.meta.url).href)}
    const log = new LogFile(openSync(process.argv[2], 'a'), () => undefined)
    setInterval(() => log.write('x'.repeat(99) + '\\n'), 5)`,
  )
  // A file that may not grow beyond 512 bytes is on a disk of its own.
  const child = spawn('sh', ['-c', 'ulimit -f 1; exec "$0" "$1" "$2"', process.execPath, program, path])
  await eventually(() => (existsSync(path) && statSync(path).size === 512) || undefined)
  truncateSync(path, 150)
  await eventually(() => statSync(path).size === 512 || undefined)
  child.kill()
  const lengths = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.length)
  expect(lengths).toEqual([99, 50, 99, 99, 99, 61])
})

test('a reader that is slow is waited for; what is too much for it is lost, and told once', async () => {
  const path = join(folder, 'pipe')
  spawnSync('mkfifo', [path])
  const pipe = openFile(path, constants.O_RDWR | constants.O_NONBLOCK)
  const told: number[] = []
  const log = new LogFile(pipe, (lost) => told.push(lost))
  const line = `${'x'.repeat(9999)}\n`
  // A pipe holds 64 KiB, and 1 MiB waits.
  for (let count = 0; count < 200; count++) log.write(line)
  let read = 0
  const buffer = Buffer.alloc(100_000)
  await eventually(() => {
    try {
      read += readSync(pipe, buffer)
    } catch {
      // Nothing is there at the moment.
    }
    return told.length > 0 && read === (200 - (told[0] ?? 0)) * line.length ? true : undefined
  })
  expect(told).toEqual([expect.any(Number)])
  expect(told[0]).toBeGreaterThan(80)
})
