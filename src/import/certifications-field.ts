import type { Community } from '../config/community.ts'
import type { Remark } from './remarks.ts'
import { isFields } from './source-record.ts'
import { readFlag, show } from './values.ts'

type Codes = Community['certifications']['codes']

/**
 * The codes that a record's value means: a list of codes or of documents with a `code`, a document of codes that are held
 * (`{ tot: true }`), or text with commas, semicolons or bars between them. A certification may also be called by its name.
 */
export function readCertifications(value: unknown, codes: Codes): { codes: string[]; remarks: Remark[] } {
  const names = value === undefined ? [] : listNames(value)
  const held = new Set<string>()
  const unknown = new Set<string>()
  for (const name of names) {
    const code = findCode(name, codes)
    if (code === undefined) unknown.add(name)
    else held.add(code)
  }
  return { codes: [...held], remarks: unknown.size === 0 ? [] : [remarkUnknown([...unknown])] }
}

function listNames(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(toName).filter((name) => name !== '')
  if (isFields(value)) {
    const isHeld = ([, held]: [string, unknown]) => held !== null && held !== '' && readFlag(held) !== false
    return Object.entries(value)
      .filter(isHeld)
      .map(([name]) => name)
  }
  return String(value)
    .split(/[,;|\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function toName(one: unknown): string {
  if (isFields(one)) return toName(one.code ?? one.name ?? show(one))
  return typeof one === 'string' ? one.trim() : show(one)
}

function findCode(name: string, codes: Codes): string | undefined {
  if (codes.has(name)) return name
  const lower = name.toLowerCase()
  for (const code of codes.keys()) if (code.toLowerCase() === lower) return code
  for (const [code, itsName] of codes) if (itsName.toLowerCase() === lower) return code
  return undefined
}

function remarkUnknown(names: readonly string[]): Remark {
  const listed = names.slice(0, 10).map(show).join(', ')
  const more = names.length > 10 ? ` and ${names.length - 10} more` : ''
  return {
    reason: 'certification-unknown',
    message: `the community file lists no certification ${listed}${more}: not imported`,
  }
}
