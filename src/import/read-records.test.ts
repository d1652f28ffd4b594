import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Format, readRecords, type Source } from './read-records.ts'
import type { SourceRecord } from './source-record.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'magicband-records-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function read(format: Format, content: string | Buffer): Promise<SourceRecord[]> {
  const file = join(folder, 'export')
  writeFileSync(file, content)
  return readAll({ file, format })
}

async function readAll(source: Source): Promise<SourceRecord[]> {
  const records: SourceRecord[] = []
  for await (const record of readRecords(source)) records.push(record)
  return records
}

const oid = '62f6b211c393da0ce38e5dac'

describe('a file is refused', () => {
  test.each([
    ['that is not there', 'nowhere.json', "nowhere.json can't be read: ENOENT"],
    ['that is a folder', '.', "can't be read: EISDIR"],
  ])('%s', async (_name, file, message) => {
    const source = { file: join(folder, file), format: 'mongo' } as const
    await expect(readAll(source)).rejects.toThrow(message)
  })

  test.each(['mongo', 'csv'] as const)('in another encoding, as %s', async (format) => {
    await expect(read(format, Buffer.from('a,b\n1,\xe9\n', 'latin1'))).rejects.toThrow('save it as UTF-8')
  })

  test.each([
    [
      'a quote that is never closed',
      'id,reason\n1,"x\n2,y\n',
      '^everything after line 1 could not be read: a quote is opened and never closed; mend that and import again$',
    ],
    ['a heading that has a column twice', 'id,Points,Points\n1,2,3\n', 'has the column Points twice: rename one'],
  ])('with %s', async (_name, text, message) => {
    await expect(read('csv', text)).rejects.toThrow(new RegExp(message))
  })
})

describe('a record of mongoexport that is damaged', () => {
  test.each([
    ['a line cut short', `{"a":1}\n{"a":\n{"a":3}\n`, [1, 3], [2, 'it is no JSON']],
    ['something else than a document', '{"a":1}\n5\n{"a":3}', [1, 3], [2, 'it is no document']],
    ['a list in a line', '{"a":1}\n[2]\n{"a":3}', [1, 3], [2, 'it is no document']],
    ['no JSON inside of a list', '[{"a":1},\n{"a" 2},\n{"a":3}]', [1, 3], [2, 'it is no JSON']],
    ['something else in a list', '[{"a":1},\n7,\n{"a":3}]', [1, 3], [2, 'it is no document']],
    ['a brace too many in a list', '[{"a":1},\n{"a":2}},\n{"a":3}]', [1, 2, 3], [2, 'it is no document']],
    [
      'no JSON in a list, with braces in its text',
      '[{"a":1},\n{"a" 2,"b":"\\"{ } \\" [{}]"},\n{"a":3}]',
      [1, 3],
      [2, 'it is no JSON'],
    ],
    [
      'a value with what makes it no text',
      '{"a":1}\n{"a":{"$numberLong":{"toString":1}}}\n{"a":3}',
      [1, 3],
      [2, 'no JSON'],
    ],
    ['control characters, told as JSON tells them', '{"a":1}\n{"a":\u0007}\n{"a":3}', [1, 3], [2, '\\u0007']],
    ['nested deeper than can be read', `{"a":1}\n{"a":${'['.repeat(200_000)}\n{"a":3}`, [1, 3], [2, 'it is no JSON']],
  ])('is told apart from the others: %s', async (_name, text, lines, [line, why]) => {
    const records = await read('mongo', text)
    const [bad, ...none] = records.filter((record) => 'unreadable' in record)
    expect(none).toEqual([])
    expect(bad).toEqual({ line, unreadable: expect.stringContaining(String(why)) })
    expect(records.filter((record) => 'fields' in record).map((record) => record.line)).toEqual(lines)
  })

  test.each([
    ['a line', (long: string) => `{"a":1}\n{"a":"${long}"}\n{"a":3}\n`],
    ['in a list', (long: string) => `[{"a":1},\n{"a":"${long}"},\n{"a":3}]\n`],
  ])('is not read where it is longer than any document may be: %s', async (_name, make) => {
    const records = await read('mongo', make('x'.repeat(17 * 1024 * 1024)))
    expect(records).toEqual([
      { line: 1, fields: { a: 1 } },
      { line: 2, unreadable: 'it is longer than 16 MiB' },
      { line: 3, fields: { a: 3 } },
    ])
  })
})

describe('damage that hides where the next record begins ends the reading, after all that came before:', () => {
  test.each([
    ['an end within a list', '[{"a":1},\n{"a":3},\n{"a":', 2, 'after line 2 .* of the record that begins on line 3'],
    ['an end within a document', '{\n"a":1}\n{\n"a":2', 1, 'after line 2 .* of the record that begins on line 3'],
    ['a list that is not closed', '[{"a":1},\n{"a":3},\n', 2, 'after line 2 .*: the file ends before its list does'],
    ['a quote too many', '[{"a":1},{"a":"x"y"},{"a":3}]', 1, 'after line 1 .* unless it has a quote too many'],
    [
      'two of them',
      '[{"a":1},\n{"a":"x"y"},{"a":3},{"a":"x"y"},\n{"a":5}]',
      1,
      'after line 1 .* on line 2 has a quote',
    ],
    [
      'a brace too few',
      '[{"a":1},\n{"a":{"b":2},\n{"a":3}]',
      1,
      'after line 1 .*: the record on line 2 has .* a brace',
    ],
    ['a brace too few in the first', '[{"a":{"b":1},\n{"a":2}]', 0, '^nothing could be read: the record on line 1 has'],
  ])('%s', async (_name, text, count, message) => {
    const records: SourceRecord[] = []
    const file = join(folder, 'damaged')
    writeFileSync(file, text)
    const reading = async () => {
      for await (const record of readRecords({ file, format: 'mongo' })) records.push(record)
    }
    await expect(reading()).rejects.toThrow(new RegExp(message))
    expect(records).toEqual(
      Array.from({ length: count }, () => ({ line: expect.any(Number), fields: expect.anything() })),
    )
  })

  test('in CSV an open quote, with every row before it', async () => {
    const rows = Array.from({ length: 5000 }, (_, index) => `${index + 1},x\n`).join('')
    const file = join(folder, 'damaged.csv')
    writeFileSync(file, `id,reason\n${rows}5001,"x\n5002,x\n`)
    const lines: number[] = []
    const reading = async () => {
      for await (const { line } of readRecords({ file, format: 'csv' })) lines.push(line)
    }
    await expect(reading()).rejects.toThrow('everything after line 5001 could not be read: a quote is opened')
    expect(lines).toEqual(Array.from({ length: 5000 }, (_, index) => index + 2))
  })
})

describe('mongoexport', () => {
  const relaxed = `{"_id":{"$oid":"${oid}"},"userId":3172051854,"hours":{"total":1.5},"at":{"$date":"2020-01-02T03:04:05Z"}}`
  const canonical = `{"_id":{"$oid":"${oid}"},"userId":{"$numberLong":"3172051854"},"hours":{"total":{"$numberDouble":"1.5"}},"at":{"$date":{"$numberLong":"1577934245000"}}}`
  const fields = { _id: oid, userId: 3172051854, hours: { total: 1.5 }, at: new Date('2020-01-02T03:04:05Z') }
  const pretty = (text: string) => JSON.stringify(JSON.parse(text), undefined, '\t')

  test.each([
    ['relaxed, a line each', `${relaxed}\n${relaxed}\n`, [1, 2]],
    ['canonical, a line each, without an end', `${canonical}\n${canonical}`, [1, 2]],
    ['with Windows line ends, blank lines and a byte order mark', `\ufeff${relaxed}\r\n\r\n${canonical}\r\n`, [1, 3]],
    ['as one list in one line', `[${relaxed},${canonical}]\n`, [1, 1]],
    ['as a list with a line each', `[\n${relaxed},\n${canonical}\n]\n`, [2, 3]],
    ['pretty', `${pretty(relaxed)}\n${pretty(canonical)}\n`, [1, 13]],
    ['as a pretty list', `\n[${pretty(relaxed)},\n${pretty(canonical)}]\n`, [2, 14]],
  ])('is read: %s', async (_name, text, lines) => {
    expect(await read('mongo', text)).toEqual(lines.map((line) => ({ line, fields })))
  })

  test('is read in UTF-16, as PowerShell writes what is redirected', async () => {
    const records = await read('mongo', Buffer.from(`\ufeff${relaxed}\r\n`, 'utf16le'))
    expect(records).toEqual([{ line: 1, fields }])
  })

  test('is read where braces, quotes and letters of several bytes stand in text, over all borders of pieces', async () => {
    const reason = '} ] " \\ 🚒 { [ \\"'
    const many = Array.from({ length: 4000 }, (_, index) => ({ index, reason: reason.repeat(index % 40) }))
    for (const text of [many.map((one) => JSON.stringify(one)).join('\n'), JSON.stringify(many)]) {
      const records = await read('mongo', text)
      expect(records.map((record) => ('fields' in record ? record.fields : record))).toEqual(many)
    }
  })

  test.each([
    ['{"$numberInt":"-7"}', -7],
    ['{"$numberLong":"9007199254740993"}', '9007199254740993'],
    ['{"$numberDouble":"172051854.0"}', 172051854],
    ['{"$numberDouble":"NaN"}', Number.NaN],
    ['{"$numberDecimal":"12.5"}', 12.5],
    ['{"$date":1577934245000}', new Date(1577934245000)],
    ['{"$date":{"$numberLong":"-1"}}', new Date(-1)],
    ['{"$timestamp":{"t":1577934245,"i":1}}', new Date(1577934245000)],
    ['{"$undefined":true}', undefined],
    ['{"$unknown":"x"}', { $unknown: 'x' }],
    ['{"$oid":"x","more":1}', { $oid: 'x', more: 1 }],
    ['[{"$numberInt":"1"},{"deep":{"$oid":"y"}}]', [1, { deep: 'y' }]],
  ])('gives for %s the value that it wraps', async (text, value) => {
    const [record] = await read('mongo', `{"value":${text}}`)
    expect(record).toEqual({ line: 1, fields: value === undefined ? {} : { value } })
  })

  test('of nothing has no records', async () => {
    for (const text of ['', '\n', '[]', '[ ]\n', '\ufeff']) expect(await read('mongo', text)).toEqual([])
  })
})

describe('CSV', () => {
  test.each([
    ['commas', 'id,points\n1,2\n3,4\n'],
    ['semicolons', '"id";"points"\n1;"2"\n"3";4'],
    ['tabs', 'id\tpoints\r\n1\t2\r\n3\t4\r\n'],
    ['spaces, and commas between them', '"id", points\n1, "2"\n 3, 4 \n'],
    ['commas, a byte order mark and a column without a name', '\ufeffid,points,\r\n1,2,x\r\n3,4,\r\n'],
    ['old line ends', 'id,points\r1,2\r3,4\r'],
  ])('is read with %s', async (_name, text) => {
    expect(await read('csv', text)).toEqual([
      { line: 2, fields: { id: '1', points: '2' } },
      { line: 3, fields: { id: '3', points: '4' } },
    ])
  })

  test('knows the line of each row, and what it lacks', async () => {
    const text = 'id,reason\r\n1,"two\r\nlines, ""quoted"""\r\n\r\n , \r\n2\r\n3,\r\n4,a "b" c\r\n5,x,y\r\n'
    expect(await read('csv', text)).toEqual([
      { line: 2, fields: { id: '1', reason: 'two\nlines, "quoted"' } },
      { line: 6, unreadable: 'it has 1 columns, and the heading 2' },
      { line: 7, fields: { id: '3' } },
      { line: 8, fields: { id: '4', reason: 'a "b" c' } },
      { line: 9, unreadable: 'it has 3 columns, and the heading 2' },
    ])
  })

  test('holds lists and documents as mongoexport writes them', async () => {
    const text =
      'id,certs,ban\n1,"[""tot"",""char""]","{""reason"":""x"",""at"":{""$date"":""2020-01-02T03:04:05Z""}}"\n2,[tot],{no\n'
    expect(await read('csv', text)).toEqual([
      {
        line: 2,
        fields: { id: '1', certs: ['tot', 'char'], ban: { reason: 'x', at: new Date('2020-01-02T03:04:05Z') } },
      },
      { line: 3, fields: { id: '2', certs: '[tot]', ban: '{no' } },
    ])
  })

  test('of a heading alone, or of nothing, has no records', async () => {
    for (const text of ['', '\n', 'id,points', 'id,points\n']) expect(await read('csv', text)).toEqual([])
  })
})
