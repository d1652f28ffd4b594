import { CsvError, parse } from 'csv-parse'
import { parseExtendedJson } from './extended-json.ts'
import { type Fields, recordLimit, type SourceRecord } from './source-record.ts'
import { CutShort, NotImportable } from './source-text.ts'

const delimiters = [',', ';', '\t'] as const

/**
 * The records of a CSV file whose first line names its columns, divided by commas, semicolons or tabs. Empty cells are
 * fields that the record doesn't have; a cell that holds JSON, as mongoexport writes lists and nested documents, is read.
 * @throws CutShort where rows can't be told apart any more, since no later one could be trusted
 */
export async function* readCsvRecords(chunks: AsyncIterable<string>): AsyncGenerator<SourceRecord> {
  let names: readonly string[] | undefined
  for await (const { line, cells } of readRows(chunks)) {
    if (names === undefined) names = readHeading(cells)
    else if (cells.length !== names.length) {
      yield { line, unreadable: `it has ${cells.length} columns, and the heading ${names.length}` }
    } else yield { line, fields: toFields(names, cells) }
  }
}

type Cells = { line: number; cells: string[] }

async function* readRows(chunks: AsyncIterable<string>): AsyncGenerator<Cells> {
  const lines = withPlainLineEnds(chunks)
  const head = await readFirstLine(lines)
  const rows: Cells[] = []
  let lastLine = 0
  const parser = parse({
    delimiter: findDelimiter(head),
    record_delimiter: '\n',
    ltrim: true,
    // A quote inside of a cell without quotes is a quote; how many columns there are is looked at above.
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: recordLimit,
    // Taken here instead of from the stream, which forgets the rows that still wait in it once something goes wrong.
    on_record: (record: string[], info) => {
      lastLine = info.lines
      const cells = record.map((cell) => cell.trim())
      const line = info.lines - record.join('').split('\n').length + 1
      if (cells.some((cell) => cell !== '')) rows.push({ line, cells })
      return null
    },
  })
  // It is heard of where something is written.
  parser.on('error', () => undefined)
  try {
    for await (const chunk of prepend(head, lines)) {
      await done((told) => parser.write(chunk, told))
      yield* rows.splice(0)
    }
    await done((told) => parser.end(told))
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause
    yield* rows.splice(0)
    throw new CutShort(lastLine, explain(cause), { cause })
  }
  yield* rows.splice(0)
}

/** Waits until the parser has told that it is done with something. */
async function done(start: (told: (error?: Error | null) => void) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => start((error) => (error ? reject(error) : resolve())))
}

function explain({ code, message }: CsvError): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is opened and never closed'
  return code === 'CSV_MAX_RECORD_SIZE' ? 'a row is longer than 16 MiB; is a quote never closed?' : message
}

async function* prepend(head: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield head
  yield* rest
}

/** Windows ends lines with two characters, and mixes of both are found in one file. */
async function* withPlainLineEnds(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let held = ''
  for await (const chunk of chunks) {
    const text = held + chunk
    held = text.endsWith('\r') ? '\r' : ''
    yield (held === '' ? text : text.slice(0, -1)).replace(/\r\n?/g, '\n')
  }
  if (held !== '') yield '\n'
}

async function readFirstLine(chunks: AsyncGenerator<string>): Promise<string> {
  let head = ''
  while (!head.trimStart().includes('\n') && head.length <= recordLimit) {
    // Not with `for await`, which would end the reading here.
    const next = await chunks.next()
    if (next.done === true) break
    head += next.value
  }
  return head
}

/** The one that the heading has most of. */
function findDelimiter(head: string): string {
  const [heading = ''] = head.trimStart().split('\n', 1)
  const plain = heading.replace(/"[^"]*"/g, '')
  const count = (delimiter: string) => plain.split(delimiter).length
  return delimiters.reduce((best, next) => (count(next) > count(best) ? next : best))
}

function readHeading(cells: string[]): string[] {
  const twice = cells.find((name, index) => name !== '' && cells.indexOf(name) !== index)
  if (twice !== undefined) throw new NotImportable(`its heading has the column ${twice} twice: rename one`)
  return cells
}

function toFields(names: readonly string[], cells: readonly string[]): Fields {
  const pairs = names.map((name, index) => [name, toValue(cells[index] ?? '')] as const)
  return Object.fromEntries(pairs.filter(([name, value]) => name !== '' && value !== undefined))
}

function toValue(cell: string): unknown {
  if (cell === '') return undefined
  if (!/^[{[]/.test(cell)) return cell
  try {
    return parseExtendedJson(cell)
  } catch {
    return cell
  }
}
