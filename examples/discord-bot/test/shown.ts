import { type Given, payloadOf } from './interactions.ts'

/** What Discord knows of one interaction: when it was answered, what is shown by now, and who sees it. */
export type Shown = {
  id: string
  payload: object
  /** In the order in which they came: `defer`, `reply`, `choices`, `edit`. */
  steps: string[]
  /** The body of the last answer or edit. */
  body: Record<string, unknown>
  isPrivate: boolean
  /** Milliseconds from the interaction to its first answer. */
  firstAnswerMs: number | undefined
  sentAt: number
}

export type Reply = { status: number; body?: unknown }
export type Request = { method: string; path: string; body: Record<string, unknown> }

type Discord = { applicationId: string; guildId: string }

const stepOf: Readonly<Record<number, string>> = { 4: 'reply', 5: 'defer', 8: 'choices' }
const privateFlag = 64

/** The interactions of a stand-in, by their tokens, and what bots may do to them. */
export class Interactions {
  readonly #discord: Discord
  readonly #byToken = new Map<string, Shown>()
  #refusal: Reply | undefined

  constructor(discord: Discord) {
    this.#discord = discord
  }

  get tokens(): string[] {
    return [...this.#byToken.keys()]
  }

  add(given: Given): Shown {
    const payload = payloadOf(given, this.#discord)
    const sentAt = performance.now()
    const begun = { steps: [], body: {}, isPrivate: false, firstAnswerMs: undefined }
    const shown: Shown = { id: payload.id, payload, sentAt, ...begun }
    this.#byToken.set(payload.token, shown)
    return shown
  }

  /** What the next answer to an interaction meets. */
  refuseNext(status: number, code: number): void {
    this.#refusal = refuse(status, code, 'refused')
  }

  /** Answers `/interactions/…` and `/webhooks/…`, which need no other key than the token in them. */
  answer(request: Request): Reply {
    const refusal = this.#refusal
    this.#refusal = undefined
    if (refusal !== undefined) return refusal
    const [, kind, owner, token = '', ...rest] = request.path.split('/')
    const shown = this.#byToken.get(token)
    if (shown === undefined) return refuse(404, 10062, 'Unknown interaction')
    const call = `${request.method} ${kind} ${rest.join('/')}`
    if (call === 'POST interactions callback' && owner === shown.id) return answerFirst(shown, request.body)
    if (call === 'PATCH webhooks messages/@original' && owner === this.#discord.applicationId)
      return this.#edit(shown, request.body)
    return refuse(404, 0, '404: Not Found')
  }

  #edit(shown: Shown, body: Record<string, unknown>): Reply {
    if (!shown.steps.includes('defer')) return refuse(404, 10015, 'Unknown Webhook')
    const fault = faultOf(body)
    if (fault !== undefined) return refuse(400, 50035, `Invalid Form Body: ${fault}`)
    shown.steps.push('edit')
    shown.body = body
    return { status: 200, body: messageOf(shown, this.#discord) }
  }
}

export function refuse(status: number, code: number, message: string): Reply {
  return { status, body: { message, code } }
}

function answerFirst(shown: Shown, { type, data }: Record<string, unknown>): Reply {
  if (shown.firstAnswerMs !== undefined) return refuse(400, 40060, 'Interaction has already been acknowledged.')
  shown.firstAnswerMs = performance.now() - shown.sentAt
  shown.body = typeof data === 'object' && data !== null ? { ...data } : {}
  shown.isPrivate = (Number(shown.body.flags ?? 0) & privateFlag) !== 0
  shown.steps.push(stepOf[Number(type)] ?? 'unknown')
  return { status: 204 }
}

/** What Discord refuses of a message. */
function faultOf({ content, embeds }: Record<string, unknown>): string | undefined {
  const text = typeof content === 'string' ? content : ''
  const shown = Array.isArray(embeds) ? embeds : []
  if (text === '' && shown.length === 0) return 'empty message'
  if (text.length > 2000) return 'content'
  for (const { description = '', fields = [], title = '' } of shown) {
    if (description.length > 4096 || title.length > 256) return 'embed'
    for (const { name, value } of fields) if (name === '' || value === '' || value.length > 1024) return 'field'
  }
  return undefined
}

function messageOf({ id, body }: Shown, { applicationId }: Discord): object {
  return {
    id: String(BigInt(id) + 1n),
    channel_id: '300000000000000001',
    author: { id: applicationId, username: 'Magicband', discriminator: '0', avatar: null, bot: true },
    timestamp: new Date().toISOString(),
    edited_timestamp: null,
    type: 0,
    content: '',
    ...body,
    attachments: [],
    embeds: [],
    mentions: [],
    mention_roles: [],
    components: [],
  }
}
