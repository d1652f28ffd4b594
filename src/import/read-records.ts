import { readCsvRecords } from './csv-records.ts'
import { readMongoRecords } from './mongo-records.ts'
import type { SourceRecord } from './source-record.ts'
import { readText } from './source-text.ts'

const readers = { mongo: readMongoRecords, csv: readCsvRecords }

/** What a file is written in: mongoexport's JSON, or CSV. */
export type Format = keyof typeof readers
export const formats = ['mongo', 'csv'] as const satisfies Format[]

export type Source = { file: string; format: Format }

/** A file's records in their order, read as they are asked for. @throws NotImportable */
export function readRecords({ file, format }: Source): AsyncGenerator<SourceRecord> {
  return readers[format](readText(file))
}
