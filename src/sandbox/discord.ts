import { checkWebhookBody, type WebhookBody } from './discord-body.ts'
import { type Answer, type Call, json, nothing, Refusal, type Route, readJson, route } from './http.ts'
import type { RefusalStatus, Service } from './server.ts'
import { sandboxIds, sandboxKeys, type World } from './world.ts'
import type { SandboxWebhookMessage } from './world-state.ts'

const channelId = '300000000000000002'
const discordEpoch = 1_420_070_400_000n
const maxMessages = 1000

/** discord.com, as far as a webhook's owner meets it. */
export function discord(world: World): Service {
  return { refuse, routes: [...webhookRoutes(world, '/api/v10'), ...webhookRoutes(world, '/api')] }
}

/** The address that Discord shows to people has no version in it; both are the same. */
function webhookRoutes(world: World, base: '/api/v10' | '/api'): Route[] {
  const path = `${base}/webhooks/{webhook}/{token}` as const
  return [
    route('GET', path, json(200, {}), (_call, params) => {
      checkWebhook(world, params)
      return json(200, {
        id: sandboxIds.webhook,
        type: 1,
        name: 'Magicband',
        avatar: null,
        channel_id: channelId,
        guild_id: sandboxIds.guild,
        application_id: null,
        token: sandboxKeys.webhookToken,
        url: `https://discord.com/api/webhooks/${sandboxIds.webhook}/${sandboxKeys.webhookToken}`,
      })
    }),
    route('POST', path, json(200, {}), (call, params) => {
      checkWebhook(world, params)
      const headers = countRequest(world)
      return { ...execute(world, call), headers }
    }),
  ]
}

function checkWebhook(world: World, { webhook, token }: { webhook: string; token: string }): void {
  if (!/^\d{17,20}$/.test(webhook)) {
    const _errors = [{ code: 'NUMBER_TYPE_COERCE', message: `Value "${webhook}" is not snowflake.` }]
    throw new Refusal(json(400, { message: 'Invalid Form Body', code: 50035, errors: { webhook_id: { _errors } } }))
  }
  if (webhook !== sandboxIds.webhook || world.webhookIsDeleted) {
    throw new Refusal(json(404, { message: 'Unknown Webhook', code: 10015 }))
  }
  if (token !== sandboxKeys.webhookToken) {
    throw new Refusal(json(401, { message: 'Invalid Webhook Token', code: 50027 }))
  }
}

function countRequest(world: World): Record<string, string> {
  const limit = world.rateLimits.discordWebhook
  const { isAllowed, remaining, resetSeconds } = world.counters.take('discordWebhook', limit)
  const headers = {
    'x-ratelimit-limit': String(limit.limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(world.clock() / 1000 + resetSeconds),
    'x-ratelimit-reset-after': String(resetSeconds),
    'x-ratelimit-bucket': 'sandbox',
  }
  if (isAllowed) return headers
  throw new Refusal({
    ...refuse(429, resetSeconds),
    headers: { ...headers, 'retry-after': String(Math.ceil(resetSeconds)), 'x-ratelimit-scope': 'user' },
  })
}

function execute(world: World, call: Call): Answer {
  const body = checkWebhookBody(readJson(call))
  const message = toMessage(world, body)
  world.change((state) => {
    state.webhookMessages = [...state.webhookMessages, message].slice(-maxMessages)
  })
  return call.query.get('wait') === 'true' ? json(200, messageResource(message)) : nothing(204)
}

function toMessage(world: World, body: WebhookBody): SandboxWebhookMessage {
  return {
    id: nextMessageId(world),
    receivedAt: world.now(),
    content: body.content?.trim() ?? '',
    embeds: body.embeds ?? [],
    ...(body.username !== undefined && { username: body.username }),
    ...(body.allowed_mentions !== undefined && { allowedMentions: body.allowed_mentions }),
  }
}

/** A snowflake: the time in its upper bits; one more than the last where two share a time. */
function nextMessageId(world: World): string {
  const byTime = (BigInt(world.clock()) - discordEpoch) << 22n
  const last = BigInt(world.state.webhookMessages.at(-1)?.id ?? 0)
  return String(byTime > last ? byTime : last + 1n)
}

function messageResource({ id, receivedAt, content, embeds, username }: SandboxWebhookMessage) {
  return {
    id,
    type: 0,
    content,
    channel_id: channelId,
    author: {
      id: sandboxIds.webhook,
      username: username ?? 'Magicband',
      avatar: null,
      discriminator: '0000',
      bot: true,
    },
    attachments: [],
    embeds,
    mentions: [],
    mention_roles: [],
    mention_everyone: false,
    pinned: false,
    tts: false,
    timestamp: receivedAt,
    edited_timestamp: null,
    flags: 0,
    components: [],
    webhook_id: sandboxIds.webhook,
  }
}

function refuse(status: RefusalStatus, retryAfterSeconds = 1): Answer {
  switch (status) {
    case 429:
      return json(429, { message: 'You are being rate limited.', retry_after: retryAfterSeconds, global: false })
    case 413:
      return json(413, { message: 'Request entity too large', code: 40005 })
    default:
      return json(status, { message: `${status}: ${reasons[status]}`, code: 0 })
  }
}

const reasons = { 404: 'Not Found', 405: 'Method Not Allowed', 500: 'Internal Server Error' } as const
