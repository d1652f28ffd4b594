/** One sample of a scrape. */
export type Sample = { name: string; labels: Record<string, string>; value: number }

/** The samples of a text as Prometheus reads it. @throws Error for a line that it would not read */
export function readScrape(text: string): Sample[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('# '))
  return lines.map((line) => {
    const [, name = '', inBraces = '', value = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (name === '') throw new Error(`this is no sample: ${line}`)
    const labels = [...inBraces.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', text = '']) => [key, text])
    return { name, labels: Object.fromEntries(labels), value: Number(value.replace('Inf', 'Infinity')) }
  })
}

/** The one sample with this name and these labels. @returns undefined where there is none */
export function findSample(
  samples: readonly Sample[],
  name: string,
  labels: Sample['labels'] = {},
): number | undefined {
  const isIt = (sample: Sample) =>
    sample.name === name && Object.entries(labels).every(([key, text]) => sample.labels[key] === text)
  const found = samples.filter(isIt)
  if (found.length > 1) throw new Error(`there are ${found.length} of ${name}`)
  return found[0]?.value
}
