import { type TSchema, Type } from 'typebox'
import { CommunityFile, getDemand, mayBeLeftOut } from './community-schema.ts'

const head = `# The community file

\`communities/NAME.yaml\`: every member that there is, from the schema that the server reads it by. \`npm run generate\` writes
this page. [configuring.md](configuring.md) is about what to do with it, \`communities/wed.example.yaml\` is a whole file.

What is *required* has to be there where its section is. In quotes or not, a value may be or hold \`\${NAME}\`, which the
environment fills in.
`

/** The page about community files, in Markdown: a table a section, a row a member. */
export function communityPage(): string {
  const sections = Object.entries(CommunityFile.properties).filter(([, schema]) => isSection(schema))
  const single = Object.entries(CommunityFile.properties).filter(([, schema]) => !isSection(schema))
  return [
    head,
    table(single.map(([name, schema]) => row(name, schema))),
    ...sections.map(([name, schema]) => `## ${name}\n\n${describe(schema)}\n\n${table(rowsOf(schema))}`),
  ].join('\n')
}

const isSection = (schema: TSchema): boolean => Type.IsObject(schema) || Type.IsRecord(schema)

function table(rows: readonly string[]): string {
  return ['| member | what it is | it must be | left out it is |', '| --- | --- | --- | --- |', ...rows, ''].join('\n')
}

/** The members of a section, those of the maps in it by their path. */
function rowsOf(schema: TSchema, path = ''): string[] {
  if (Type.IsRecord(schema)) return rowsOf(Type.RecordValue(schema), `${path}ID.`)
  if (!Type.IsObject(schema)) return []
  return Object.entries(schema.properties).flatMap(([name, member]) =>
    Type.IsObject(member) ? rowsOf(member, `${path}${name}.`) : [row(`${path}${name}`, member)],
  )
}

function row(path: string, schema: TSchema): string {
  const demand = getDemand(schema).replace(/^must be /, '')
  const usual =
    'default' in schema ? `\`${JSON.stringify(schema.default)}\`` : mayBeLeftOut(schema) ? 'nothing' : '*required*'
  return `| ${[`\`${path}\``, describe(schema), demand, usual].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function describe(schema: TSchema): string {
  if ('description' in schema && typeof schema.description === 'string') return schema.description
  throw new Error('a part of the schema does not say what it is')
}
