import { type TSchema, Type } from 'typebox'
import { Problem } from '../problem.ts'

/**
 * How one parameter is read from its text. `schema` is what the OpenAPI document says of it; `parse` gives
 * undefined for text that is no such value.
 */
export type Parameter<T> = { schema: TSchema; parse: (text: string) => T | undefined; isOptional: boolean }
export type Parameters = Readonly<Record<string, Parameter<unknown>>>

type OptionalNames<P extends Parameters> = { [K in keyof P]: P[K]['isOptional'] extends true ? K : never }[keyof P]
type ValueOf<P> = P extends Parameter<infer T> ? T : never

/** The values of a call's parameters, by their names. */
export type Values<P extends Parameters> = {
  [K in Exclude<keyof P, OptionalNames<P>>]: ValueOf<P[K]>
} & { [K in OptionalNames<P>]?: ValueOf<P[K]> }

type Required<T> = Parameter<T> & { isOptional: false }
type Optional<T> = Parameter<T> & { isOptional: true }

function wholeNumber(text: string, least: number): string | undefined {
  if (!/^\d+$/.test(text)) return undefined
  // One that isn't exact is rounded to something greater than the greatest that is.
  const value = Number(text)
  return value >= least && value <= Number.MAX_SAFE_INTEGER ? String(value) : undefined
}

/** A Roblox user id, 1 … 2^53−1, as decimal text without leading zeros (contract, rule 5). */
export const robloxId: Required<string> = {
  schema: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Roblox user id' }),
  parse: (text) => wholeNumber(text, 1),
  isOptional: false,
}

/** A Roblox place id, 0 … 2^53−1, as decimal text without leading zeros. */
export const place: Required<string> = {
  schema: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'Roblox place id' }),
  parse: (text) => wholeNumber(text, 0),
  isOptional: false,
}

/** A Discord id: 17–20 digits that a JavaScript number would not survive, so text from end to end. */
export function discordId(description: string): Required<string> {
  return {
    schema: Type.String({ pattern: '^\\d{17,20}$', description, examples: ['100000000000000002'] }),
    parse: (text) => (/^\d{17,20}$/.test(text) ? text : undefined),
    isOptional: false,
  }
}

/** `true`, `false`, `1` or `0`, in any letter case. */
export function flag(description: string): Required<boolean> {
  const values = new Map([
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ])
  return {
    schema: Type.Unsafe<boolean>({
      type: 'string',
      enum: ['true', 'false', '1', '0'],
      description: `${description} (any letter case)`,
    }),
    parse: (text) => values.get(text.toLowerCase()),
    isOptional: false,
  }
}

/** A decimal number of seconds, rounded down to whole ones, then between `least` and `greatest`. */
export function seconds(least: number, greatest: number): Required<number> {
  return {
    schema: Type.Number({
      minimum: least,
      exclusiveMaximum: greatest + 1,
      description: `Seconds, rounded down to whole ones: ${least} to ${greatest}`,
    }),
    parse: (text) => {
      const whole = text.match(/^(\d+)(?:\.\d+)?$/)?.[1]
      if (whole === undefined) return undefined
      const value = Number(whole)
      return value >= least && value <= greatest ? value : undefined
    },
    isOptional: false,
  }
}

/** Text of 1 to `greatest` Unicode code points. */
export function text(greatest: number, description: string): Required<string> {
  return {
    schema: Type.String({ minLength: 1, maxLength: greatest, description }),
    parse: (value) => (isText(value, greatest) ? value : undefined),
    isOptional: false,
  }
}

/** The same parameter, but a call may leave it out. */
export function optional<T>(parameter: Parameter<T>): Optional<T> {
  return { ...parameter, isOptional: true }
}

/** Whether `value` has 1 to `greatest` code points, none of them NUL, which PostgreSQL's text can't hold. */
export function isText(value: string, greatest: number): boolean {
  if (value.length === 0 || value.includes('\0') || value.length > greatest * 2) return false
  return value.length <= greatest || [...value].length <= greatest
}

/**
 * Makes what reads a call's parameters from a query, in the order in which the call lists them; unknown ones are ignored. It
 * throws a Problem `parameter-missing` or `parameter-invalid`, naming the first one at fault.
 */
export function createReader<P extends Parameters>(
  parameters: P,
): (query: Readonly<Record<string, unknown>>) => Values<P> {
  const listed = Object.entries(parameters)
  return (query) => {
    const values: Record<string, unknown> = {}
    for (const [name, parameter] of listed) {
      const given = query[name]
      if (given === undefined || given === '') {
        if (parameter.isOptional) continue
        throw new Problem('parameter-missing', { subject: name })
      }
      const value = typeof given === 'string' ? parameter.parse(given) : undefined
      if (value === undefined) throw new Problem('parameter-invalid', { subject: name })
      values[name] = value
    }
    // Each required name is there, or the loop would have thrown; the compiler can't follow a record that is filled by name.
    return values as Values<P>
  }
}

/** What the OpenAPI document says of a call's parameters. */
export function parametersSchema(parameters: Parameters): TSchema {
  return Type.Object(
    Object.fromEntries(
      Object.entries(parameters).map(([name, { schema, isOptional }]) => [
        name,
        isOptional ? Type.Optional(schema) : schema,
      ]),
    ),
  )
}
