import { type HttpClient, writeTimeoutMs } from './http-client.ts'

/** Discord asks for this form of everyone who isn't a browser. */
const userAgent = 'DiscordBot (magicband, 0.1.0)'

export type Embed = {
  title: string
  fields: { name: string; value: string }[]
  timestamp: string
  footer?: { text: string }
}

/**
 * Posts an embed to a webhook; nobody is pinged by it.
 * @throws OutsideError `refused` with status 404 or 401 when the webhook is gone for good
 */
export async function postToWebhook(client: HttpClient, webhookUrl: string, embed: Embed): Promise<void> {
  const path = pathOf(webhookUrl)
  await client.ask({
    method: 'POST',
    path: `${path}?wait=true`,
    headers: { 'content-type': 'application/json', 'user-agent': userAgent },
    body: JSON.stringify({ embeds: [embed], allowed_mentions: { parse: [] } }),
    isIdempotent: false,
    budget: 'post',
    credential: webhookUrl,
    timeoutMs: writeTimeoutMs,
  })
}

/** Asks for a webhook, to see whether it is there. @throws OutsideError */
export async function findWebhook(client: HttpClient, webhookUrl: string): Promise<void> {
  const path = pathOf(webhookUrl)
  await client.ask({
    method: 'GET',
    path,
    headers: { 'user-agent': userAgent },
    isIdempotent: true,
    budget: 'get',
    credential: webhookUrl,
  })
}

/** The version of the API that this file speaks, whatever the address that was copied says. */
function pathOf(webhookUrl: string): string {
  return new URL(webhookUrl).pathname.replace(/^\/api\/(?:v\d+\/)?/, '/api/v10/')
}
