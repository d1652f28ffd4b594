import type { HttpClient } from './http-client.ts'

export type Embed = { title: string; fields: { name: string; value: string }[]; timestamp: string }

/**
 * Posts an embed to a webhook; nobody is pinged by it.
 * @throws OutsideError `refused` with status 404 or 401 when the webhook is gone for good
 */
export async function postToWebhook(client: HttpClient, webhookUrl: string, embed: Embed): Promise<void> {
  const { pathname } = new URL(webhookUrl)
  await client.ask({
    method: 'POST',
    path: `${pathname.replace(/^\/api\/(?:v\d+\/)?/, '/api/v10/')}?wait=true`,
    headers: { 'content-type': 'application/json', 'user-agent': 'DiscordBot (magicband, 0.1.0)' },
    body: JSON.stringify({ embeds: [embed], allowed_mentions: { parse: [] } }),
    isIdempotent: false,
    budget: pathname,
  })
}
