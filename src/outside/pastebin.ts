import type { HttpClient } from './http-client.ts'
import { OutsideError } from './outside-error.ts'

/**
 * Puts text on an unlisted Pastebin page that lives for a month, and gives the address of its raw form. Pastebin's
 * statuses vary, so the body decides whether it worked.
 * @throws OutsideError also where Pastebin refuses (a daily limit, a bad key)
 */
export async function createPaste(
  client: HttpClient,
  { apiKey, title, text }: { apiKey: string; title: string; text: string },
): Promise<string> {
  const form = new URLSearchParams({
    api_dev_key: apiKey,
    api_option: 'paste',
    api_paste_code: text,
    api_paste_name: title,
    api_paste_private: '1',
    api_paste_expire_date: '1M',
  })
  const answer = await client.ask({
    method: 'POST',
    path: '/api/api_post.php',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    isIdempotent: false,
    budget: apiKey,
  })
  const key = answer.text.trim().match(/^https?:\/\/pastebin\.com\/([A-Za-z0-9]+)$/)?.[1]
  if (key !== undefined) return `https://pastebin.com/raw/${key}`
  throw new OutsideError('pastebin', 'refused', 'it did not make a page', {
    status: answer.status,
    answer: answer.text.slice(0, 200),
  })
}

/**
 * Shows whether Pastebin takes a key, without making a page: with a right one it misses the text.
 * @throws OutsideError where it refuses the key
 */
export async function tryKey(client: HttpClient, apiKey: string): Promise<void> {
  let said: string
  try {
    const form = new URLSearchParams({ api_dev_key: apiKey, api_option: 'paste', api_paste_code: '' })
    const answer = await client.ask({
      method: 'POST',
      path: '/api/api_post.php',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      isIdempotent: true,
      budget: apiKey,
    })
    said = answer.text
  } catch (error) {
    if (!(error instanceof OutsideError) || error.kind !== 'refused') throw error
    said = error.answer
  }
  if (!/api_paste_code was empty/.test(said))
    throw new OutsideError('pastebin', 'refused', said.slice(0, 200), { answer: said })
}
