/** The fields of a record, by the names that the old server gave them. */
export type Fields = Readonly<Record<string, unknown>>

/** A record as the old server kept it, and the line of the file that it begins on; `unreadable` says why it has no fields. */
export type SourceRecord = { line: number } & ({ fields: Fields } | { unreadable: string })

/** The longest record that is read, in characters: what MongoDB allows a document. */
export const recordLimit = 16 * 1024 * 1024

export const tooLong = 'it is longer than 16 MiB'

/** Whether a value has members, so that it may be looked into. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
