import { parseExtendedJson } from './extended-json.ts'
import { cutDocuments, type JsonDocument } from './json-documents.ts'
import { isFields, type SourceRecord } from './source-record.ts'

/** The records of what `mongoexport` has written, in either of its JSON forms. */
export async function* readMongoRecords(chunks: AsyncIterable<string>): AsyncGenerator<SourceRecord> {
  for await (const document of cutDocuments(chunks)) yield toRecord(document)
}

function toRecord(document: JsonDocument): SourceRecord {
  if ('unreadable' in document) return document
  const { line, text } = document
  try {
    const fields = parseExtendedJson(text)
    return isFields(fields) ? { line, fields } : { line, unreadable: 'it is no document' }
  } catch (error) {
    return { line, unreadable: `it is no JSON (${error instanceof Error ? error.message.slice(0, 80) : error})` }
  }
}
