import { escapeControls } from '../escape-controls.ts'
import { parseExtendedJson } from './extended-json.ts'
import { cutDocuments, type JsonDocument } from './json-documents.ts'
import { isFields, type SourceRecord } from './source-record.ts'
import { CutShort } from './source-text.ts'

/** The records of what `mongoexport` has written, in either of its JSON forms. @throws CutShort */
export async function* readMongoRecords(chunks: AsyncIterable<string>): AsyncGenerator<SourceRecord> {
  for await (const document of cutDocuments(chunks)) yield toRecord(document)
}

function toRecord(document: JsonDocument): SourceRecord {
  if ('unreadable' in document) return document
  const { line, text, lineBefore } = document
  try {
    const fields = parseExtendedJson(text)
    return isFields(fields) ? { line, fields } : { line, unreadable: 'it is no document' }
  } catch (error) {
    if (lineBefore !== undefined && holdsOthers(text)) {
      throw new CutShort(lineBefore, `the record on line ${line} has a quote or a brace too many, or too few`)
    }
    const why = error instanceof Error ? error.message.slice(0, 80) : error
    return { line, unreadable: `it is no JSON (${escapeControls(String(why))})` }
  }
}

/** Whether a document that is no JSON seems to have swallowed others: it has them within quotes, or ends with their list. */
function holdsOthers(text: string): boolean {
  const quoted = text
    .replace(/\\./gs, '')
    .split('"')
    .filter((_, index) => index % 2 === 1)
  return text.endsWith(']') || quoted.some((between) => /\}[\s,]*\{/.test(between))
}
