import { Problem } from '../problem.ts'
import { isText } from './parameters.ts'

/** A request's body after decompression; `isReadable` is false where its compression was broken. */
export type Body = { bytes: Buffer; contentType: string; isReadable: boolean }

/**
 * Reads text fields from a body that is JSON or a form, whatever its content type says: game scripts and curl both
 * mislabel. An empty body has no fields, and Luau's empty table (`[]`) has none either.
 * @throws Problem `parameter-missing` or `parameter-invalid`, naming the first field at fault in the order of `names`
 */
export async function readFields<Name extends string>(
  body: Body,
  names: readonly Name[],
  greatest: number,
): Promise<Record<Name, string>> {
  const given = await parseBody(body)
  const fields: Partial<Record<Name, string>> = {}
  for (const name of names) {
    const value = given?.get(name)
    if (given !== undefined && (value === undefined || value === null || value === '')) {
      throw new Problem('parameter-missing', { subject: name })
    }
    if (typeof value !== 'string' || !isText(value, greatest)) throw new Problem('parameter-invalid', { subject: name })
    fields[name] = value.toWellFormed()
  }
  // The loop has filled every name or thrown.
  return fields as Record<Name, string>
}

/** The members of a body, or undefined where it can't be read at all. A field given twice is no text. */
async function parseBody(body: Body): Promise<ReadonlyMap<string, unknown> | undefined> {
  if (!body.isReadable) return undefined
  const text = new TextDecoder().decode(body.bytes).trim()
  if (text === '') return new Map()
  if (/^multipart\/form-data/i.test(body.contentType)) return parseMultipart(body)
  if (/^[{[]/.test(text) || !text.includes('=')) return parseJson(text)
  return fieldsOf(new URLSearchParams(text))
}

function parseJson(text: string): ReadonlyMap<string, unknown> | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Not JSON: the caller is told which field could not be read.
    return undefined
  }
  return new Map(typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [])
}

async function parseMultipart(body: Body): Promise<ReadonlyMap<string, unknown> | undefined> {
  try {
    const response = new Response(new Uint8Array(body.bytes), { headers: { 'content-type': body.contentType } })
    return fieldsOf(await response.formData())
  } catch {
    // No boundary, or parts that don't end: the same answer as for broken JSON.
    return undefined
  }
}

function fieldsOf(entries: Iterable<[string, unknown]>): ReadonlyMap<string, unknown> {
  const fields = new Map<string, unknown>()
  for (const [name, value] of entries) fields.set(name, fields.has(name) ? [] : value)
  return fields
}
