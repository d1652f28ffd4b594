import Type, { type Static } from 'typebox'
import Value from 'typebox/value'
import { json, Refusal } from './http.ts'

const embed = Type.Object({
  title: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  fields: Type.Optional(Type.Array(Type.Object({ name: Type.String(), value: Type.String() }))),
  footer: Type.Optional(Type.Object({ text: Type.String() })),
  author: Type.Optional(Type.Object({ name: Type.String() })),
})

const webhookBody = Type.Object({
  content: Type.Optional(Type.String()),
  username: Type.Optional(Type.String()),
  embeds: Type.Optional(Type.Array(embed)),
  allowed_mentions: Type.Optional(Type.Object({ parse: Type.Optional(Type.Array(Type.String())) })),
})

export type WebhookBody = Static<typeof webhookBody>

const maxEmbeds = 10
const maxFields = 25
const maxEmbedsTotal = 6000

type Fault = { path: string; code: string; message: string }

/** The body as a message, if Discord would take it; throws Discord's answer otherwise. */
export function checkWebhookBody(body: unknown): WebhookBody {
  if (!Value.Check(webhookBody, body)) {
    throw invalid({ path: '', code: 'DICT_TYPE_CONVERT', message: 'Only dictionaries may be used in a DictType' })
  }
  const { content = '', embeds = [] } = body
  if (content.trim() === '' && embeds.length === 0) {
    throw new Refusal(json(400, { message: 'Cannot send an empty message', code: 50006 }))
  }
  const fault = findFault(body)
  if (fault !== undefined) throw invalid(fault)
  return body
}

function findFault({ content = '', embeds = [], username }: WebhookBody) {
  const total = embeds.reduce((sum, each) => sum + embedLength(each), 0)
  return (
    tooLong('content', content, 2000) ??
    (username === undefined ? undefined : wrongUsername(username)) ??
    tooMany('embeds', embeds, maxEmbeds) ??
    embeds.map((each, index) => findEmbedFault(`embeds.${index}`, each)).find((fault) => fault !== undefined) ??
    (total > maxEmbedsTotal
      ? { path: 'embeds', code: 'MAX_EMBED_SIZE_EXCEEDED', message: 'Embed size exceeds maximum size of 6000' }
      : undefined)
  )
}

function wrongUsername(username: string): Fault | undefined {
  if (/clyde|discord/i.test(username)) {
    const message = 'Username cannot contain "clyde" or "discord"'
    return { path: 'username', code: 'USERNAME_INVALID_CONTAINS', message }
  }
  return missing('username', username) ?? tooLong('username', username, 80)
}

function findEmbedFault(path: string, { title, description, fields = [], footer, author }: Static<typeof embed>) {
  return (
    tooLong(`${path}.title`, title, 256) ??
    tooLong(`${path}.description`, description, 4096) ??
    tooLong(`${path}.footer.text`, footer?.text, 2048) ??
    tooLong(`${path}.author.name`, author?.name, 256) ??
    tooMany(`${path}.fields`, fields, maxFields) ??
    fields
      .map(
        ({ name, value }, index) =>
          missing(`${path}.fields.${index}.name`, name) ??
          missing(`${path}.fields.${index}.value`, value) ??
          tooLong(`${path}.fields.${index}.name`, name, 256) ??
          tooLong(`${path}.fields.${index}.value`, value, 1024),
      )
      .find((fault) => fault !== undefined)
  )
}

function embedLength({ title, description, fields = [], footer, author }: Static<typeof embed>): number {
  const texts = [title, description, footer?.text, author?.name, ...fields.flatMap(({ name, value }) => [name, value])]
  return texts.reduce((sum, each) => sum + lengthOf(each ?? ''), 0)
}

/** Characters after trimming, which is how Discord counts. */
function lengthOf(text: string): number {
  return [...text.trim()].length
}

function tooLong(path: string, text: string | undefined, max: number): Fault | undefined {
  if (text === undefined || lengthOf(text) <= max) return undefined
  return { path, code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${max} or fewer in length.` }
}

function tooMany(path: string, list: readonly unknown[], max: number): Fault | undefined {
  if (list.length <= max) return undefined
  return { path, code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${max} or fewer in length.` }
}

function missing(path: string, text: string): Fault | undefined {
  if (lengthOf(text) > 0) return undefined
  return { path, code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }
}

/** Discord nests the fault at the place where it is: `embeds.0.title` becomes `{"embeds":{"0":{"title":…}}}`. */
function invalid({ path, code, message }: Fault): Refusal {
  const innermost: object = { _errors: [{ code, message }] }
  const keys = path === '' ? [] : path.split('.')
  const errors = keys.reduceRight((inner, key) => ({ [key]: inner }), innermost)
  return new Refusal(json(400, { message: 'Invalid Form Body', code: 50035, errors }))
}
