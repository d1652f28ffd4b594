import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox'
import { Check } from 'typebox/value'
import { Problem } from '../problem.ts'
import type { Body } from './body.ts'
import type { Answer, Call, CallContext } from './call.ts'

type Definition<Members extends TProperties> = {
  summary: string
  description: string
  /** The `description` of each member goes on from "… must be". */
  body: Members
  answers: Readonly<Record<number, TSchema>>
  isSecret?: true
  handle(context: CallContext, body: Static<TObject<Members>>): Promise<Answer>
}

/**
 * Makes a call of `/v1`: a JSON object in, of which every member has to be there and right already, and nothing else.
 * Its problems are told as problem details (`http/problem-details.ts`).
 */
export function defineJsonCall<Members extends TProperties>(definition: Definition<Members>): Call {
  const { body: members, handle, ...rest } = definition
  const schema = Type.Object(members, { additionalProperties: false })
  return {
    ...rest,
    isV1: true,
    parameters: {},
    body: schema,
    isForBot: false,
    failure: {},
    prepare: async (_query, body) => {
      const given = parseObject(body)
      const fault = findFault(members, given)
      if (fault !== undefined) throw new Problem('body-invalid', { subject: fault })
      if (!Check(schema, given)) throw new Error('the members are right, and the body is not')
      return { values: given, run: (context) => handle(context, given) }
    },
  }
}

/** @throws Problem `request-malformed` for what is no JSON, `body-invalid` for what is no object */
function parseObject({ bytes, isReadable }: Body): object {
  let value: unknown
  try {
    if (!isReadable) throw new Error('the body can not be unzipped')
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new Problem('request-malformed', { cause })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new Problem('body-invalid', { subject: 'the body must be a JSON object' })
}

/** What is wrong first, in the order of the members; their text is not repeated, it may be anything. */
function findFault(members: TProperties, given: object): string | undefined {
  const values = new Map(Object.entries(given))
  for (const [name, member] of Object.entries(members)) {
    if (!values.has(name)) return `${name} is missing`
    if (!Check(member, values.get(name))) return `${name} must be ${getDescription(member)}`
  }
  const isStranger = (name: string) => !Object.hasOwn(members, name)
  return [...values.keys()].some(isStranger) ? `there may be nothing but ${Object.keys(members).join(', ')}` : undefined
}

function getDescription(member: TSchema): string {
  if ('description' in member && typeof member.description === 'string') return member.description
  throw new Error('a member of a body does not say what it must be')
}
