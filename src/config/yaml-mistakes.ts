import type { Document, ErrorCode, LineCounter } from 'yaml'

/** A mistake within a file whose name the reader of the file knows. */
export type Complaint = { line: number; message: string }

const brackets = 'close each bracket, brace and quote, separate what is between them by commas'
const nesting = 'indent what belongs to a member below it, and put text that holds ": " in quotes'

const bracedPlaceholder = `between brackets a placeholder must stand in quotes: write "\${NAME}"`

/** What the YAML library says may quote the file, and with it a key; these sentences never do. */
const sentences: Record<ErrorCode, string> = {
  ALIAS_PROPS: 'an alias (*name) takes neither an anchor nor a tag: write it alone',
  BAD_ALIAS: 'there is no such anchor for this alias: write the value out, or put text that begins with * in quotes',
  BAD_COLLECTION_TYPE: 'the tag does not fit this value: leave the tag out',
  BAD_DIRECTIVE: 'the line is read as a YAML directive: leave it out, or put text that begins with % in quotes',
  BAD_DQ_ESCAPE: 'the text has a backslash sequence that YAML does not know: use single quotes, or write \\\\',
  BAD_INDENT: `this is indented wrongly, or a bracket above is left open: ${brackets}`,
  BAD_PROP_ORDER: 'an anchor or a tag stands in the wrong place: put it before its value, or leave it out',
  BAD_SCALAR_START: 'text that begins with this character must be put in quotes',
  BLOCK_AS_IMPLICIT_KEY: `there are two members in one line: ${nesting}`,
  BLOCK_IN_FLOW: `lines of their own can't stand between brackets: ${brackets}`,
  DUPLICATE_KEY: 'a member is given twice: keep one of them',
  IMPOSSIBLE: 'this can not be read: write it in a simpler way',
  KEY_OVER_1024_CHARS: 'the name of a member is too long: it ends with ": ", which may be missing',
  MISSING_CHAR: `a character is missing here or above: ${brackets}, and put a space after each colon`,
  MULTILINE_IMPLICIT_KEY: `a member has no ": " after its name, or goes on where it should have ended: ${nesting}`,
  MULTIPLE_ANCHORS: 'there are two anchors: keep one of them',
  MULTIPLE_DOCS: 'there is a second document: leave the line --- out, and write one file a community',
  MULTIPLE_TAGS: 'there are two tags: leave them out',
  NON_STRING_KEY: 'the name of a member must be text: put a name that begins with {, [, * or & in quotes',
  RESOURCE_EXHAUSTION: 'the file is nested too deeply: write it in a simpler way',
  TAB_AS_INDENT: 'the line is indented with a tab: use spaces',
  TAG_RESOLVE_FAILED: 'YAML does not know this tag: put text that begins with ! in quotes',
  UNEXPECTED_TOKEN: `this is not expected here: ${brackets}, and put text with special characters in quotes`,
}

/** Codes after which the YAML library no longer knows where it is: what it finds from there on is an echo. */
const derailing = new Set<ErrorCode>(['BAD_INDENT', 'BLOCK_IN_FLOW', 'MISSING_CHAR', 'UNEXPECTED_TOKEN'])

/** What YAML itself finds wrong with the text, once a line, up to where it lost its way. */
export function listYamlMistakes(document: Document.Parsed, { text, lines }: { text: string; lines: LineCounter }) {
  const complaints = new Map<number, Complaint>()
  for (const { code, pos } of [...document.errors, ...document.warnings]) {
    const { line } = lines.linePos(pos[0])
    if (complaints.has(line)) continue
    const message = holdsBarePlaceholder(text, line) ? bracedPlaceholder : sentences[code]
    complaints.set(line, { line, message })
    if (derailing.has(code)) break
  }
  return [...complaints.values()]
}

/** Between brackets YAML takes the brace of a placeholder for one of its own, unless there are quotes around it. */
function holdsBarePlaceholder(text: string, line: number): boolean {
  return /[[{][^'"]*\$\{/.test(text.split('\n')[line - 1] ?? '')
}
