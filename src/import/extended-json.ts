import { type Fields, isFields } from './source-record.ts'

/**
 * Reads MongoDB's extended JSON, canonical or relaxed (version 2, and version 1 where it differs): object ids become their
 * hexadecimal text, numbers numbers, dates Dates. A whole number that JavaScript would round stays text.
 * @throws SyntaxError for text that is no JSON
 */
export function parseExtendedJson(text: string): unknown {
  return JSON.parse(text, (_name, value: unknown) => (isFields(value) ? decode(value) : value))
}

/** How each wrapper is read. What stands inside of it was read before. */
const wrappers: Readonly<Record<string, (value: unknown) => unknown>> = {
  $oid: (value) => value,
  $symbol: (value) => value,
  $undefined: () => undefined,
  $numberInt: toWhole,
  $numberLong: toWhole,
  $numberDouble: Number,
  $numberDecimal: Number,
  $date: (value) => new Date(typeof value === 'number' ? value : typeof value === 'string' ? value : Number.NaN),
  $timestamp: (value) => new Date(isFields(value) ? Number(value.t) * 1000 : Number.NaN),
}

function decode(value: Fields): unknown {
  let wrapper: string | undefined
  for (const name in value) {
    if (wrapper !== undefined || !name.startsWith('$')) return value
    wrapper = name
  }
  if (wrapper === undefined || !Object.hasOwn(wrappers, wrapper)) return value
  return wrappers[wrapper]?.(value[wrapper])
}

function toWhole(value: unknown): unknown {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}
