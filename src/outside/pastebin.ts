import type { HttpClient } from './http-client.ts'
import { mayBeKept } from './kept-answer.ts'
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
  const question = post(apiKey, {
    api_paste_code: text,
    api_paste_name: title,
    api_paste_private: '1',
    api_paste_expire_date: '1M',
  })
  let page = ''
  await client.ask({ ...question, isIdempotent: false }, (answer) => {
    page = /^https?:\/\/pastebin\.com\/([A-Za-z0-9]+)$/.exec(answer.text.trim())?.[1] ?? ''
    if (page === '')
      throw new OutsideError('pastebin', 'refused', 'it did not make a page', {
        status: answer.status,
        answer: mayBeKept(answer.text, question),
      })
  })
  return `https://pastebin.com/raw/${page}`
}

/**
 * Shows whether Pastebin takes a key, without making a page: with a right one it misses the text.
 * @throws OutsideError where it refuses the key
 */
export async function tryKey(client: HttpClient, apiKey: string): Promise<void> {
  const question = post(apiKey, { api_paste_code: '' })
  let said: string
  try {
    said = mayBeKept((await client.ask({ ...question, isIdempotent: true })).text, question)
  } catch (error) {
    if (!(error instanceof OutsideError) || error.kind !== 'refused') throw error
    said = error.answer
  }
  if (!/api_paste_code was empty/.test(said))
    throw new OutsideError('pastebin', 'refused', said.slice(0, 200), { answer: said })
}

function post(apiKey: string, fields: Readonly<Record<string, string>>) {
  return {
    method: 'POST',
    path: '/api/api_post.php',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ api_dev_key: apiKey, api_option: 'paste', ...fields }).toString(),
    budget: 'post',
    credential: apiKey,
  } as const
}
