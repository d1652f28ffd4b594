import { recordLimit, tooLong } from './source-record.ts'
import { CutShort } from './source-text.ts'

/**
 * The text of one JSON document and the line that it begins on; `unreadable` says why there is no text. A document that
 * was cut out by its braces tells the line that the one before it ends on, 0 for the first.
 */
export type JsonDocument = { line: number } & ({ text: string; lineBefore?: number } | { unreadable: string })

/**
 * Cuts text into its JSON documents, in every form that mongoexport writes: one a line, a list (`--jsonArray`), or over
 * several lines (`--pretty`). No more than one document is held at a time.
 * @throws CutShort where the text ends in the middle of a document or of a list
 */
export async function* cutDocuments(chunks: AsyncIterable<string>): AsyncGenerator<JsonDocument> {
  let head = ''
  for await (const chunk of chunks) {
    head += chunk
    // Where a document has a line to itself, what is wrong with one line can't hurt the next.
    const form = /^\s*(?:(\[|\{[ \t]*\r?\n)|(\{[ \t]*[^\s]|[^\s[{]))/.exec(head)
    if (form === null && head.length < recordLimit) continue
    const all = prepend(head, chunks)
    yield* form?.[1] === undefined ? cutLines(all) : cutNested(all)
    return
  }
  yield* cutLines(prepend(head, chunks))
}

/** What was read already, and what is still to come. */
async function* prepend(head: string, chunks: AsyncIterable<string>): AsyncGenerator<string> {
  yield head
  yield* chunks
}

async function* cutLines(chunks: AsyncIterable<string>): AsyncGenerator<JsonDocument> {
  let line = 1
  let rest = ''
  let isTooLong = false
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      yield* toDocument(line, rest + chunk.slice(from, end), isTooLong)
      rest = ''
      isTooLong = false
      from = end + 1
      line++
    }
    rest += chunk.slice(from)
    if (rest.length > recordLimit) {
      isTooLong = true
      rest = ''
    }
  }
  yield* toDocument(line, rest, isTooLong)
}

function toDocument(line: number, text: string, isTooLong: boolean): JsonDocument[] {
  if (isTooLong || text.length > recordLimit) return [{ line, unreadable: tooLong }]
  return text.trim() === '' ? [] : [{ line, text }]
}

/** Cuts by braces instead of lines. */
async function* cutNested(chunks: AsyncIterable<string>): AsyncGenerator<JsonDocument> {
  const cutter = new NestedCutter()
  for await (const chunk of chunks) yield* cutter.push(chunk)
  cutter.end()
}

/** Follows braces, brackets and strings through text that comes in pieces. */
class NestedCutter {
  #line = 1
  #beginsAt = 1
  /** That the last document ends on. */
  #lineBefore = 0
  #kept = ''
  #depth = 0
  #isInString = false
  #isEscaped = false
  #isTooLong = false
  /** Something stands between the documents that is none. */
  #isStray = false
  /** A list that has not ended yet. */
  #isListOpen = false

  /** The documents that end in this piece. */
  push(chunk: string): JsonDocument[] {
    const ended: JsonDocument[] = []
    let from = 0
    for (let at = 0; at < chunk.length; at++) {
      const character = chunk[at] ?? ''
      if (character === '\n') this.#line++
      if (this.#depth > 0) {
        if (!this.#endsWith(character)) continue
        ended.push(this.#take(chunk.slice(from, at + 1)))
      } else if (character === '{') {
        from = at
        this.#depth = 1
        this.#beginsAt = this.#line
        this.#isStray = false
      } else if (this.#isNewStray(character)) {
        ended.push({ line: this.#line, unreadable: 'it is no document' })
      }
    }
    if (this.#depth === 0) return ended
    this.#kept += chunk.slice(from)
    if (this.#kept.length <= recordLimit) return ended
    this.#isTooLong = true
    this.#kept = ''
    return ended
  }

  /** @throws CutShort where the text may not end here */
  end(): void {
    // A quote too many, or too few, makes everything after it look like part of the same document.
    if (this.#depth > 0) {
      const which = `the record that begins on line ${this.#beginsAt}`
      throw new CutShort(this.#lineBefore, `the file ends in the middle of ${which}, unless it has a quote too many`)
    }
    if (this.#isListOpen) throw new CutShort(this.#lineBefore, 'the file ends before its list does')
  }

  /** Whether this character, inside of a document, is its last. */
  #endsWith(character: string): boolean {
    if (this.#isEscaped) this.#isEscaped = false
    else if (this.#isInString && character === '\\') this.#isEscaped = true
    else if (character === '"') this.#isInString = !this.#isInString
    else if (this.#isInString) return false
    else if (character === '{' || character === '[') this.#depth++
    else if (character === '}' || character === ']') this.#depth--
    return this.#depth === 0
  }

  #take(last: string): JsonDocument {
    const text = this.#kept + last
    const isTooLong = this.#isTooLong || text.length > recordLimit
    this.#kept = ''
    this.#isTooLong = false
    const lineBefore = this.#lineBefore
    this.#lineBefore = this.#line
    return isTooLong ? { line: this.#beginsAt, unreadable: tooLong } : { line: this.#beginsAt, text, lineBefore }
  }

  /** Whether this character, between documents, begins something that is none. */
  #isNewStray(character: string): boolean {
    if (character === '[') this.#isListOpen = true
    if (character === ']') this.#isListOpen = false
    const wasStray = this.#isStray
    this.#isStray = !/[\s,[\]]/.test(character)
    return this.#isStray && !wasStray
  }
}
