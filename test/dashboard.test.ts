import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Magicband, startMagicband } from './magicband.ts'
import { readScrape } from './scrape.ts'

/** What is given to those who run Magicband, held against the metrics of one that runs. */
const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const dashboard = JSON.parse(read('deploy/grafana-dashboard.json'))
const alerts = parse(read('deploy/prometheus-alerts.yaml'))
const rules: { alert: string; expr: string; for: string; annotations: Record<string, string> }[] =
  alerts.groups.flatMap(({ rules }: { rules: unknown[] }) => rules)
type Panel = { id: number; type: string; title: string; description: string; targets?: { expr: string }[] }
const panels: Panel[] = dashboard.panels.filter(({ type }: Panel) => type !== 'row')

/** What other systems don't tell. */
const onLinux = ['process_open_fds', 'process_max_fds', 'process_heap_bytes', 'process_virtual_memory_bytes']

let band: Magicband
/** The names of all metrics. */
let names: Set<string>
beforeAll(async () => {
  band = await startMagicband()
  const { text } = await band.get('/metrics', { key: 'status' })
  // Also for `readScrape`, which throws where Prometheus would.
  expect(readScrape(text).length).toBeGreaterThan(100)
  names = new Set([...text.matchAll(/^# HELP (\S+) /gm)].map(([, name = '']) => name))
  for (const name of onLinux) names.add(name)
})
afterAll(() => band.stop())

/** The metrics that an expression asks for; a histogram has three under its name. */
function metricsOf(expression: string): string[] {
  return [...expression.matchAll(/\b(?:magicband|process|nodejs)_\w+/g)].map(([name]) =>
    name.replace(/_(?:bucket|sum|count)$/, ''),
  )
}

const expressions = [
  ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
]

describe('the dashboard and the alerts', () => {
  test('ask for metrics that there are', () => {
    expect(expressions.length).toBeGreaterThan(40)
    for (const [title, expression] of expressions) {
      const asked = metricsOf(expression)
      expect([title, asked.length > 0 || expression.startsWith('up')]).toEqual([title, true])
      expect([title, asked.filter((name) => !names.has(name))]).toEqual([title, []])
    }
  })

  test('show every metric of ours', () => {
    const shown = new Set(expressions.flatMap(([, expression]) => metricsOf(expression)))
    const missing = [...names].filter((name) => name.startsWith('magicband_') && !shown.has(name))
    expect(missing).toEqual([])
  })
})

test('the dashboard takes its source from a variable, and says of each panel what it shows', () => {
  expect(dashboard.templating.list).toContainEqual(expect.objectContaining({ name: 'datasource', type: 'datasource' }))
  for (const panel of panels) {
    expect([panel.title, panel]).toEqual([
      panel.title,
      expect.objectContaining({
        datasource: { type: 'prometheus', uid: expect.stringMatching(/^\$\{datasource\}$/) },
        description: expect.stringMatching(/\.$/),
      }),
    ])
  }
  expect(new Set(dashboard.panels.map(({ id }: Panel) => id)).size).toBe(dashboard.panels.length)
})

test('nobody is woken for an approval that Roblox or a person keeps from ranking', () => {
  const failing = rules.find(({ alert }) => alert === 'MagicbandFailing')
  const counted = /problem=~"([^"]+)"/.exec(failing?.expr ?? '')?.[1]?.split('|')
  expect(counted).toContain('call-failed')
  expect(counted).not.toContain('not-ranked')
})

test('every alert waits, is one line, and says what to do', () => {
  for (const { alert, annotations, ...rule } of rules) {
    expect([alert, rule.for, annotations]).toEqual([
      alert,
      expect.stringMatching(/^\d+m$/),
      { summary: expect.stringMatching(/^[^\n]+\.$/), description: expect.stringMatching(/\w+/) },
    ])
  }
})

test('docs/metrics.md describes every metric, and no other', () => {
  const rows = [...read('docs/metrics.md').matchAll(/^\| (`(?:magicband|process|nodejs)_.*?) \|/gm)]
  const described = rows.flatMap(([, first = '']) => [...first.matchAll(/`(\w+)`/g)].map(([, name]) => name))
  expect(described.toSorted()).toEqual([...names].toSorted())
})
