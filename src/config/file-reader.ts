import { type TArray, type TObject, type TRecord, type TSchema, Type } from 'typebox'
import { Check } from 'typebox/value'
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { getDemand, getNames, mayBeLeftOut } from './community-schema.ts'
import { findNearestName } from './nearest-name.ts'
import { fillPlaceholders } from './placeholders.ts'
import { type Complaint, listYamlMistakes } from './yaml-mistakes.ts'

type Variables = Record<string, string | undefined>

/** A member of a map whose names are the file's own. The label names it in messages, as the file writes it. */
export type Entry = { key: string; label: string }

/** What a file holds: plain values, those at fault left out (a null in a list), and where everything was found. */
export type FileReading = {
  value: unknown
  complaints: readonly Complaint[]
  /** The line of each member that the file gives, by its label: `ranks.clearance[1]`. */
  lines: ReadonlyMap<string, number>
  /** The members of each map whose names are the file's own, by the map's label, in the file's order. */
  entries: ReadonlyMap<string, readonly Entry[]>
}

/** How messages call a part of the file, and its line. */
type Spot = { label: string; line: number }

/** One file's reading while it goes on. */
type Reader = {
  document: Document.Parsed
  counter: LineCounter
  variables: Variables
  complaints: Complaint[]
  lines: Map<string, number>
  entries: Map<string, Entry[]>
}

const aliasAdvice = 'write the value out, or put text that begins with * in quotes'

/** Stands for a value of which the complaint is made. */
const faulty = Symbol('faulty')

/** Reads YAML by its schema, with placeholders and defaults filled in; a mistake doesn't end the reading. */
export function readBySchema(schema: TSchema, text: string, variables: Variables): FileReading {
  const counter = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: counter,
    // Pretty errors quote the file, and with it a key.
    prettyErrors: false,
    // Ids stand as names, and a number would lose their digits.
    stringKeys: true,
    // The reader finds names given twice, and can say where they stand.
    uniqueKeys: false,
  })
  const complaints = listYamlMistakes(document, { text, lines: counter })
  const reader: Reader = { document, counter, variables, complaints, lines: new Map(), entries: new Map() }
  // What is left of a text that is no YAML would only be found incomplete.
  const isYaml = complaints.length === 0
  const value = isYaml ? readValue(reader, schema, document.contents, { label: '', line: 1 }) : faulty
  const { lines, entries } = reader
  return { value: value === faulty ? {} : value, complaints, lines, entries }
}

function complain(reader: Reader, spot: Spot, message: string): typeof faulty {
  reader.complaints.push({ line: spot.line, message: `${spot.label === '' ? 'the file' : spot.label} ${message}` })
  return faulty
}

function readValue(reader: Reader, schema: TSchema, written: unknown, spot: Spot): unknown {
  reader.lines.set(spot.label, spot.line)
  const node = resolve(reader, written)
  if (node === undefined) return complain(reader, spot, `repeats what is not there: ${aliasAdvice}`)
  if (Type.IsObject(schema) && isMap(node)) return readMembers(reader, schema, node, spot)
  if (Type.IsRecord(schema) && isMap(node)) return readEntries(reader, schema, node, spot)
  const list = Type.IsUnion(schema) ? schema.anyOf.find(Type.IsArray) : schema
  if (Type.IsArray(list) && isSeq(node)) return readItems(reader, list, node, spot)
  if (isScalar(node)) return readScalar(reader, schema, node, spot)
  return complain(reader, spot, getDemand(schema))
}

function resolve(reader: Reader, written: unknown): unknown {
  return isAlias(written) ? written.resolve(reader.document) : written
}

function readMembers(reader: Reader, schema: TObject, map: YAMLMap | undefined, spot: Spot): unknown {
  const values = new Map<string, unknown>()
  const given = new Map<string, number>()
  for (const { name, written, line } of listPairs(reader, map, spot)) {
    const there = { label: join(spot.label, name), line }
    const member = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined
    const firstLine = given.get(name)
    if (member === undefined) {
      complainOfStranger(reader, { name, allowed: Object.keys(schema.properties) }, { label: spot.label, line })
    } else if (firstLine !== undefined) {
      complain(reader, there, describeRepetition(firstLine))
    } else if (!mayBeLeftOut(member) || !isFilledWithNothing(reader, written)) {
      given.set(name, line)
      values.set(name, readValue(reader, member, written, there))
    }
  }
  for (const [name, member] of Object.entries(schema.properties)) {
    if (!given.has(name))
      values.set(name, readAbsent(reader, member, { label: join(spot.label, name), line: spot.line }))
  }
  return toRecord(values)
}

/** The default of what the file leaves out; undefined where there is none and none is needed. */
function readAbsent(reader: Reader, schema: TSchema, spot: Spot): unknown {
  if (!mayBeLeftOut(schema)) return complain(reader, spot, `is missing: it ${getDemand(schema)}`)
  if (!('default' in schema)) return undefined
  return Type.IsObject(schema) ? readMembers(reader, schema, undefined, spot) : schema.default
}

function readEntries(reader: Reader, schema: TRecord, map: YAMLMap, spot: Spot): unknown {
  const names = getNames(schema)
  const values = new Map<string, unknown>()
  const given = new Map<string, number>()
  const entries: Entry[] = []
  reader.entries.set(spot.label, entries)
  for (const { name, written, line } of listPairs(reader, map, spot)) {
    const there = { label: join(spot.label, name), line }
    const { text: key, mistakes } = fillPlaceholders(name, reader.variables)
    for (const mistake of mistakes) complain(reader, there, mistake)
    if (mistakes.length > 0) continue
    const firstLine = given.get(key)
    if (firstLine !== undefined) {
      complain(reader, there, describeRepetition(firstLine))
    } else if (!Check(names, key)) {
      complain(reader, { label: spot.label, line }, getDemand(names))
    } else {
      given.set(key, line)
      entries.push({ key, label: there.label })
      values.set(key, readValue(reader, Type.RecordValue(schema), written, there))
    }
  }
  return toRecord(values)
}

function readItems(reader: Reader, schema: TArray, { items }: YAMLSeq, spot: Spot): unknown {
  return items.map((item, index) => {
    const there = { label: `${spot.label}[${index}]`, line: findLine(reader, item) ?? spot.line }
    const value = readValue(reader, schema.items, item, there)
    // The items after it keep their places.
    return value === faulty ? null : value
  })
}

function readScalar(reader: Reader, schema: TSchema, { value, source }: Scalar, spot: Spot): unknown {
  const demand = getDemand(schema)
  if (value === null && mayBeLeftOut(schema)) return complain(reader, spot, `${demand}; or leave the line out`)
  const isNumber = Type.IsInteger(schema) || Type.IsNumber(schema)
  let read: unknown
  if (typeof value === 'boolean') {
    read = Type.IsBoolean(schema) ? value : undefined
  } else if (typeof value === 'string') {
    const { text, mistakes } = fillPlaceholders(value, reader.variables)
    for (const mistake of mistakes) complain(reader, spot, mistake)
    if (mistakes.length > 0) return faulty
    read = isNumber && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
    if (Type.IsBoolean(schema) && /^(true|false)$/.test(text)) read = text === 'true'
  } else if (typeof value === 'number') {
    // The digits of a Discord id don't survive as a number, so text is taken as it is written.
    read = isNumber ? value : source
  }
  return Check(schema, read) ? read : complain(reader, spot, demand)
}

/** Whether the environment was asked and has nothing to say: `${NAME:-}`, which leaves an optional member out. */
function isFilledWithNothing(reader: Reader, written: unknown): boolean {
  const node = resolve(reader, written)
  if (!isScalar(node) || typeof node.value !== 'string') return false
  const { text, isFromEnvironment, mistakes } = fillPlaceholders(node.value, reader.variables)
  return isFromEnvironment && mistakes.length === 0 && text === ''
}

function listPairs(reader: Reader, map: YAMLMap | undefined, spot: Spot) {
  return (map?.items ?? []).map(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : ''
    return { name, written: value, line: findLine(reader, key) ?? spot.line }
  })
}

function findLine(reader: Reader, node: unknown): number | undefined {
  const hasRange = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)
  return hasRange && node.range ? reader.counter.linePos(node.range[0]).line : undefined
}

/** Names the member only where it looks like one: a key or a webhook may have been pasted in its place. */
function complainOfStranger(reader: Reader, { name, allowed }: { name: string; allowed: string[] }, spot: Spot): void {
  if (!/^[A-Za-z][A-Za-z_-]{0,29}$/.test(name)) {
    complain(reader, spot, `has a member that is not known: allowed are ${allowed.join(', ')}`)
    return
  }
  const nearest = findNearestName(name, allowed)
  const advice = nearest === undefined ? `allowed here are ${allowed.join(', ')}` : `did you mean ${nearest}?`
  complain(reader, { label: join(spot.label, name), line: spot.line }, `is not known: ${advice}`)
}

/** What is said of a member that the file gives a second time. */
export function describeRepetition(firstLine: number): string {
  return `is given twice, first on line ${firstLine}: keep one of them`
}

function join(label: string, name: string): string {
  return label === '' ? name : `${label}.${name}`
}

/** Left-out members are absent, not undefined. The names are the file's own, `__proto__` possibly among them. */
function toRecord(values: ReadonlyMap<string, unknown>): unknown {
  return Object.fromEntries([...values].filter(([, value]) => value !== undefined && value !== faulty))
}
