import type { Figures } from './measure.ts'
import type { Report, Target } from './report.ts'

/** The report for people: a table for each question that was asked. */
export function printReport(report: Report): string {
  const { machine, seconds, rounds } = report
  const { processors, model, node } = machine
  return [
    `${report.at}, ${processors} processors (${model}), Node ${node}; ${seconds} s a measurement, ${rounds} rounds, medians.`,
    'Ratios compare within one round; absolute numbers also tell of the machine. The load generator shares it.',
    ...sections(report)
      .filter(({ rows }) => rows.length > 0)
      .map(({ title, head, rows }) => `\n## ${title}\n\n${table(head, rows)}`),
    '',
  ].join('\n')
}

type Section = { title: string; head: readonly string[]; rows: readonly (readonly string[])[] }

const figureHead = ['a second', 'p50 ms', 'p99 ms', 'CPU µs', 'database µs', 'loop p99 ms', 'RSS MB', 'load CPU']

/** In the order of `figureHead`. */
function figureCells(figures: Figures): string[] {
  const { perSecond, p50Ms, p99Ms, cpuUsPerAnswer, databaseUsPerAnswer, delayP99Ms, rssMb, loadShare } = figures
  const one = (value: number) => value.toFixed(1)
  return [
    Math.round(perSecond).toString(),
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
    Math.round(cpuUsPerAnswer).toString(),
    databaseUsPerAnswer === 0 ? '–' : Math.round(databaseUsPerAnswer).toString(),
    one(delayP99Ms),
    Math.round(rssMb).toString(),
    `${Math.round(loadShare * 100)} %`,
  ]
}

function sections(report: Report): Section[] {
  return [
    {
      title: 'As fast as they can',
      head: ['database', 'call', 'connections', 'server', 'Magicband in parts of it', ...figureHead],
      rows: report.throughput.flatMap(({ database, call, connections, servers, ratios }) =>
        Object.entries(servers).map(([name, figures]) => {
          const ratio = ratios[name]?.toFixed(2) ?? ''
          return [database, `/${call}`, `${connections}`, name, ratio, ...figureCells(figures)]
        }),
      ),
    },
    {
      title: 'At the same rate, half of what both can',
      head: ['database', 'call', 'server', ...figureHead],
      rows: report.sameRate.flatMap(({ database, call, servers }) =>
        Object.entries(servers).map(([name, figures]) => [database, `/${call}`, name, ...figureCells(figures)]),
      ),
    },
    {
      title: 'Joins of known players while something is wrong',
      head: ['database', 'what', ...figureHead, 'max ms'],
      rows: report.trouble.flatMap(({ database, trouble, quiet, troubled }) =>
        (
          [
            ['nothing', quiet],
            [trouble, troubled],
          ] as const
        ).flatMap(([what, figures]) =>
          figures === undefined ? [] : [[database, what, ...figureCells(figures), figures.maxMs.toFixed(1)]],
        ),
      ),
    },
    {
      title: 'Requests to Roblox',
      head: ['database', 'joins of players', 'joins', 'requests'],
      rows: report.roblox.map(({ database, players, joins, requests }) => [
        database,
        players,
        `${joins}`,
        `${requests}`,
      ]),
    },
    {
      title: 'Cold start to the first answer',
      head: ['database', 'players', 'ms', 'RSS MB'],
      rows: report.coldStart.map(({ database, players, ms, rssMb }) => [
        database,
        players.toLocaleString('en'),
        Math.round(ms).toString(),
        Math.round(rssMb).toString(),
      ]),
    },
    {
      title: '1,000,000 players, 5,000,000 shifts and entries beside 1,000 and 5,000',
      head: ['database', 'call', 'connections', 'players', 'in parts of few', ...figureHead],
      rows: report.size.flatMap(({ database, call, connections, few, many, ratio }) => [
        [database, `/${call}`, `${connections}`, 'few', '', ...figureCells(few)],
        [database, `/${call}`, `${connections}`, 'many', ratio.toFixed(2), ...figureCells(many)],
      ]),
    },
    {
      title: 'Memory',
      head: ['database', 'million requests', 'RSS MB'],
      rows: report.memory.map(({ database, millions, rssMb }) => [database, millions.toFixed(1), rssMb.toFixed(0)]),
    },
    {
      title: 'Instances on one PostgreSQL, each held to a part of a processor',
      head: ['call', 'part', 'instances', 'in parts of one', 'machine idle', ...figureHead],
      rows: report.instances.flatMap(({ call, share, one, two, ratio, idleShare }) => [
        [`/${call}`, `${share}`, 'one', '', '', ...figureCells(one)],
        [`/${call}`, `${share}`, 'two', ratio.toFixed(2), `${Math.round(idleShare * 100)} %`, ...figureCells(two)],
      ]),
    },
    {
      title: 'What the time of a call goes to',
      head: ['database', 'call', 'part', 'share', 'CPU µs'],
      rows: report.profiles.flatMap(({ database, call, cpuUsPerAnswer, shares }) => [
        [database, `/${call}`, 'all', '', cpuUsPerAnswer.toFixed(1)],
        ...shares.map(({ part, share }) => [
          database,
          `/${call}`,
          part,
          `${Math.round(share * 100)} %`,
          (cpuUsPerAnswer * share).toFixed(1),
        ]),
      ]),
    },
    {
      title: 'Targets',
      head: ['target', 'wanted', 'found', ''],
      rows: report.targets.map((target) => [target.name, target.wanted, target.found, verdict(target)]),
    },
  ]
}

function verdict({ passed }: Target): string {
  return passed === undefined ? '–' : passed ? 'pass' : 'FAIL'
}

/** Markdown with columns that line up on a terminal as well. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n')
}
