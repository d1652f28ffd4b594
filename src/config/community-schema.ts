import { type Static, type TRecord, type TSchema, Type } from 'typebox'
import {
  Applications,
  Certifications,
  Discord,
  Places,
  Points,
  Ranks,
  Retention,
  Roblox,
  ServerTokens,
  Sources,
  StatusPage,
} from './community-sections.ts'
import { placeholderPattern } from './placeholders.ts'
import { text } from './schema-parts.ts'

/** A community file with its placeholders and its defaults filled in. */
export const CommunityFile = Type.Object(
  {
    name: text('The name of the community.', { example: 'WED Imagineering' }),
    contact: text('Whom to turn to when something fails; shown to Discord users.', {
      example: 'JTmaveryk#0001',
      default: 'the administrators',
    }),
    roblox: Roblox,
    ranks: Ranks,
    certifications: Certifications,
    places: Type.Optional(Places),
    points: Points,
    applications: Applications,
    discord: Discord,
    sources: Sources,
    serverTokens: ServerTokens,
    statusPage: StatusPage,
    retention: Retention,
  },
  {
    additionalProperties: false,
    description: 'One community of Magicband.',
    errorMessage: 'must be a map with name, roblox, ranks and applications; see communities/wed.example.yaml',
  },
)

export type CommunityFile = Static<typeof CommunityFile>

const Faulty = Type.Null()

/** The members that have to fit each other, as far as they are right by themselves; a null stands for a faulty item. */
export const CommunityDraft = Type.Object({
  ranks: Type.Optional(
    Type.Object({
      trainee: Type.Optional(Type.Number()),
      cast: Type.Optional(Type.Number()),
      clearance: Type.Optional(Type.Array(Type.Union([Type.Number(), Faulty]))),
    }),
  ),
  places: Type.Optional(Type.Record(Type.String(), Type.Object({ certification: Type.Optional(Type.String()) }))),
  applications: Type.Optional(
    Type.Object({ paste: Type.Optional(Type.String()), cooldownDays: Type.Optional(Type.Number()) }),
  ),
  retention: Type.Optional(Type.Object({ applications: Type.Optional(Type.Number()) })),
  discord: Type.Optional(Type.Object({ links: Type.Optional(Type.Array(Type.Union([Type.String(), Faulty]))) })),
})

export type CommunityDraft = Static<typeof CommunityDraft>

/** What a value of this schema must be, continuing the sentence "ranks.cast …". */
export function getDemand(schema: TSchema): string {
  if ('errorMessage' in schema && typeof schema.errorMessage === 'string') return schema.errorMessage
  throw new Error('a part of the schema does not say what it must be')
}

/** What the names in a map must be where they are the file's own. */
export function getNames(schema: TRecord): TSchema {
  if ('propertyNames' in schema && Type.IsSchema(schema.propertyNames)) return schema.propertyNames
  throw new Error('a map in the schema does not say what its names must be')
}

/** Whether the file may leave the member out. */
export function mayBeLeftOut(schema: TSchema): boolean {
  return Type.IsOptional(schema) || 'default' in schema
}

/** The JSON Schema of community files for editors, which see them before placeholders and defaults are filled in. */
export function communityJsonSchema(): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Magicband community',
    ...describeForEditors(CommunityFile),
  }
}

function describeForEditors(schema: TSchema): Record<string, unknown> {
  if (Type.IsObject(schema)) {
    const properties = mapValues(schema.properties, describeForEditors)
    const required = Object.keys(schema.properties).filter((name) => !mayBeLeftOut(schema.properties[name] ?? {}))
    return { ...schema, properties, required }
  }
  if (Type.IsRecord(schema)) {
    const { patternProperties, ...rest } = schema
    return {
      ...rest,
      propertyNames: describeForEditors(getNames(schema)),
      additionalProperties: describeForEditors(Type.RecordValue(schema)),
    }
  }
  if (Type.IsArray(schema)) return { ...schema, items: describeForEditors(schema.items) }
  if (Type.IsUnion(schema)) return { ...schema, anyOf: schema.anyOf.map(describeForEditors) }
  return admitPlaceholder(schema)
}

/** Text may look like a number, a number may stand in quotes, and a placeholder may stand for either. */
function admitPlaceholder(schema: TSchema): Record<string, unknown> {
  const members = Object.entries(Type.IsString(schema) ? { ...schema, type: ['string', 'number'] } : schema)
  // Text of any kind admits a placeholder as it is.
  if (Type.IsString(schema) && !('pattern' in schema)) return Object.fromEntries(members)
  const isNumber = Type.IsInteger(schema) || Type.IsNumber(schema)
  const asText = isNumber ? '^-?[0-9]+(\\.[0-9]+)?$|' : Type.IsBoolean(schema) ? '^(true|false)$|' : ''
  const pattern = asText + placeholderPattern
  // What an editor shows of a member has to stand beside `anyOf`.
  const isNote = ([name]: [string, unknown]) => ['description', 'default', 'examples', 'errorMessage'].includes(name)
  const check = Object.fromEntries(members.filter((member) => !isNote(member)))
  return { ...Object.fromEntries(members.filter(isNote)), anyOf: [check, { type: 'string', pattern }] }
}

function mapValues<Value, Result>(
  record: Record<string, Value>,
  map: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
}
