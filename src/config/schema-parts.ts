import { Type } from 'typebox'
import { findNetwork } from './networks.ts'

/*
 * The kinds of value in a community file. `errorMessage` continues the sentence "ranks.cast …"; editors show it too.
 */

/** A rank of the group. */
export function rank(description: string, options: { default?: number; examples: number[] }) {
  const example = options.examples[0]
  return Type.Integer({
    minimum: 0,
    maximum: 255,
    description,
    errorMessage: `must be a whole number from 0 to 255, for example ${example}`,
    ...options,
  })
}

/** A number that may have a fraction: of seconds, of days, of points. */
export function amount(description: string, options: { default: number; minimum?: number; exclusiveMinimum?: number }) {
  const limit = options.minimum === undefined ? 'above 0' : 'of 0 or more'
  const errorMessage = `must be a number ${limit}, for example ${options.default}`
  return Type.Number({ description, examples: [options.default], errorMessage, ...options })
}

/** How many whole days something is kept. */
export function days(description: string, example: number) {
  return Type.Integer({
    minimum: 1,
    maximum: 36500,
    description,
    examples: [example],
    errorMessage: `must be a whole number of days from 1 to 36500, for example ${example}`,
  })
}

/** Any text but an empty one. */
export function text(description: string, options: { example: string; default?: string }) {
  const { example, ...rest } = options
  const errorMessage = `must be text, for example ${example}`
  return Type.String({ minLength: 1, description, examples: [example], errorMessage, ...rest })
}

/** The id of a group or a universe. */
export function robloxId(description: string, example: string) {
  const id = Type.String({
    pattern: '^0*[1-9][0-9]{0,15}$',
    description,
    examples: [example],
    errorMessage: `must be a Roblox id, digits alone, for example ${example}`,
  })
  return Type.Refine(id, isWithinIds)
}

/** A header carries the key, so it may hold nothing that a header can't. */
export function key(description: string, name: string) {
  return Type.String({
    pattern: '^[\\x21-\\x7e]+$',
    description,
    examples: [`\${${name}}`],
    errorMessage: `must be the key alone, without spaces or line breaks, for example \${${name}}`,
  })
}

/** The address of a Discord webhook, which is a secret; plain http is for a stand-in on the same machine. */
export function webhook(description: string, name: string) {
  const host = 'https://[^/\\s?#@]+|http://(localhost|127(\\.[0-9]{1,3}){3}|\\[::1\\])(:[0-9]+)?'
  return Type.String({
    pattern: `^(${host})/api(/v[0-9]+)?/webhooks/[0-9]+/[A-Za-z0-9_-]+$`,
    description,
    examples: [`\${${name}}`],
    errorMessage: 'must be the address of a Discord webhook, like https://discord.com/api/webhooks/ID/TOKEN',
  })
}

/** Where callers of one kind come from. */
export function source(caller: string) {
  const network = Type.String({
    examples: ['10.0.0.0/8'],
    errorMessage: 'must be a network, an address or roblox, for example 10.0.0.0/8 or 2001:db8::1',
  })
  return Type.Union([Type.Literal('any'), Type.Literal('roblox'), Type.Array(Type.Refine(network, isSource))], {
    default: 'any',
    description: `Where ${caller} may call from: any, or the networks (CIDR) that alone are let in; roblox stands for an unofficial list of Roblox's.`,
    examples: ['any', ['10.0.0.0/8'], 'roblox'],
    errorMessage: 'must be any, roblox or a list of networks, for example ["10.0.0.0/8"]',
  })
}

/** The id of a place, 0 (a place not yet published) included; it stands as a key of the map of places. */
export function placeId() {
  const id = Type.String({
    pattern: '^0*[0-9]{1,16}$',
    errorMessage: 'must have a place id, digits alone, for example "4895128840"',
  })
  return Type.Refine(id, isWithinIds)
}

function isWithinIds(digits: string): boolean {
  return Number(digits) <= Number.MAX_SAFE_INTEGER
}

function isSource(written: string): boolean {
  return written === 'roblox' || findNetwork(written) !== undefined
}
