import type { OutsideRequest } from './http-client.ts'

type Asked = Pick<OutsideRequest, 'path' | 'body' | 'credential'>

/** So much of an answer is worth keeping; one that is longer than the other tells nobody anything. */
const keptCharacters = 500
const readCharacters = 64 * 1024
/** What is shorter is no key and no text of somebody, but a word of the service such as `paste`. */
const shortestText = 6
/** What is longer is prose, and no place for an id. */
const longestReference = 200

/**
 * What may be logged and shown of an answer that tells why a service refused: its beginning, without the key, the ids and the
 * texts that the request held. A service, or a proxy on the way to it, may repeat them.
 */
export function mayBeKept(answer: string, { path, body, credential }: Asked): string {
  if (answer.length > readCharacters) return ''
  const values = new Set(idsIn(decodeURIComponent(path)))
  if (credential !== undefined) values.add(credential)
  for (const text of textsOf(body)) {
    if (text.length >= shortestText) values.add(text)
    if (text.length <= longestReference) for (const id of idsIn(text)) values.add(id)
  }
  let kept = answer
  // Long ones first: without a part of it, the whole would not be found.
  for (const value of [...values].toSorted((a, b) => b.length - a.length)) {
    for (const form of new Set([value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]))
      kept = kept.replaceAll(form, '…')
  }
  return kept.slice(0, keptCharacters)
}

/** Numbers of three digits or more, and tokens such as those in the address of a webhook. */
function idsIn(text: string): string[] {
  const words = text.match(/[\w-]{3,}/g) ?? []
  return words.filter((word) => /^\d+$/.test(word) || (word.length >= shortestText && /\d/.test(word)))
}

/** The values that a body holds: those of a form, or all within JSON. */
function textsOf(body: string | undefined): string[] {
  if (body === undefined) return []
  if (!body.startsWith('{')) return [...new URLSearchParams(body).values()]
  const texts: string[] = []
  JSON.parse(body, (_name, value: unknown) => {
    if (typeof value === 'string' || typeof value === 'number') texts.push(String(value))
    return value
  })
  return texts
}
