import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readOptions } from './options.ts'
import type { Report } from './report.ts'

const program = fileURLToPath(new URL('./bench.ts', import.meta.url))

/** The whole bench once, as fast as it can go: what it finds means nothing, but that it finds everything. */
const short = ['--only', 'sqlite', '--seconds', '0.2', '--rounds', '1', '--connections', '4', '--json']

function run(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args], (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

test('the bench measures everything that it is asked for', async () => {
  const { code, stdout, stderr } = await run(short)
  // 1 is a target that was missed, which is no fault of the bench.
  expect([0, 1], stderr).toContain(code)
  const report = JSON.parse(stdout) as Report
  expect(report.throughput.map(({ call, servers }) => [call, ...Object.keys(servers)])).toEqual([
    ['connect', 'magicband', 'node:http', 'express', 'fastify'],
    ['profile', 'magicband', 'node:http'],
    ['log', 'magicband', 'one transaction'],
  ])
  for (const { servers, ratios } of [...report.throughput, ...report.sameRate.map((row) => ({ ...row, ratios: {} }))]) {
    for (const figures of Object.values(servers)) {
      expect(figures).toMatchObject({ answers: expect.any(Number), wrong: 0, rssMb: expect.any(Number) })
      for (const figure of ['answers', 'perSecond', 'p50Ms', 'p99Ms', 'cpuMs'] as const)
        expect(figures[figure]).toBeGreaterThan(0)
    }
    for (const ratio of Object.values(ratios)) expect(ratio).toBeGreaterThan(0)
  }
  expect(report.sameRate.map(({ call }) => call)).toEqual(['connect', 'profile', 'log'])
  const asked = Object.fromEntries(report.roblox.map(({ players, requests }) => [players, requests]))
  expect(asked['never seen']).toBeGreaterThanOrEqual(1000)
  expect(asked['seen within the minute']).toBe(0)
  expect(report.trouble).toHaveLength(3)
  expect(report.coldStart).toMatchObject([{ database: 'sqlite', players: 1000, ms: expect.any(Number) }])
  for (const target of report.targets) expect(target).toMatchObject({ passed: expect.any(Boolean) })
}, 120_000)

test('a profile tells what the time of each call goes to', async () => {
  // Long enough that also a busy machine takes samples in each part.
  const { code, stdout, stderr } = await run([...short, '--seconds', '0.6', '--profile'])
  expect(code, stderr).toBe(0)
  const { profiles } = JSON.parse(stdout) as Report
  expect(profiles.map(({ call }) => call)).toEqual(['connect', 'profile', 'log'])
  for (const { shares, cpuUsPerAnswer } of profiles) {
    expect(cpuUsPerAnswer).toBeGreaterThan(0)
    const names = shares.map(({ part }) => part)
    expect(names).toEqual(expect.arrayContaining(['look-up', 'access', 'Fastify', 'log']))
    expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
  }
}, 60_000)

test('a wrong option is told, with all that there are', async () => {
  const { code, stderr } = await run(['--only', 'mysql'])
  expect([code, stderr]).toEqual([2, expect.stringContaining('--only takes sqlite, postgres; not mysql')])
})

test.each([
  [['--only', 'mysql'], '--only takes sqlite, postgres; not mysql'],
  [['--calls', 'connect,ban'], '--calls takes connect, profile, log; not ban'],
  [['--connections', '1,x'], '--connections takes numbers above 0; not x'],
  [['--seconds', '0'], '--seconds takes numbers above 0; not 0'],
])('%j is told to be wrong', (args, message) => {
  expect(() => readOptions(args)).toThrow(message)
})

test('the options that are not given are those of the usual run', () => {
  expect(readOptions([])).toMatchObject({
    mode: 'usual',
    databases: ['sqlite', 'postgres'],
    calls: ['connect', 'profile', 'log'],
    connections: [1, 32, 256],
    isJson: false,
  })
})
