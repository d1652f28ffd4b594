import type { OutsideRequest } from './http-client.ts'

type Asked = Pick<OutsideRequest, 'path' | 'body' | 'credential'>

/** So much of an answer is worth keeping; one that is longer than the other tells nobody anything. */
const keptCharacters = 500
const readCharacters = 64 * 1024
/** What is shorter is no key and no text of somebody, but a word of the service such as `paste`. */
const shortestText = 6
/** What is longer is prose, and no place for an id. */
const longestReference = 200

/** The members in which services say why they refuse, at the top and in a list of errors. */
const tellingNames: readonly string[] = ['code', 'message', 'error', 'errorCode', 'detail', 'errors']
/** A refusal in plain text is a sentence. */
const longestSentence = 200

/**
 * What may be logged and shown of an answer that tells why a service refused: its words, without the key, the ids and the texts
 * that the request held. A service, or a proxy on the way to it, may repeat them, or all of the request. A text is found where
 * it is repeated whole.
 */
export function mayBeKept(answer: string, request: Asked): string {
  if (answer.length > readCharacters) return ''
  return withoutWhatWasAsked(wordsOf(answer), request).slice(0, keptCharacters)
}

function wordsOf(answer: string): string {
  if (!/^\s*\{/.test(answer)) {
    const sentence = answer.trim()
    return sentence.length <= longestSentence && !/[\n<]/.test(sentence) ? sentence : ''
  }
  try {
    return JSON.stringify(pickWords(JSON.parse(answer)))
  } catch {
    return ''
  }
}

function pickWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 3).map(pickWords)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([name]) => tellingNames.includes(name))
  return Object.fromEntries(members.map(([name, member]) => [name, pickWords(member)]))
}

function withoutWhatWasAsked(words: string, { path, body, credential }: Asked): string {
  const values = new Set(idsIn(decodeURIComponent(path)))
  if (credential !== undefined) values.add(credential)
  for (const text of textsOf(body)) {
    if (text.length >= shortestText) values.add(text)
    if (text.length <= longestReference) for (const id of idsIn(text)) values.add(id)
  }
  let kept = words
  // Long ones first: without a part of it, the whole would not be found.
  for (const value of [...values].toSorted((a, b) => b.length - a.length)) {
    for (const form of formsOf(value)) kept = kept.replaceAll(form, '…')
  }
  return kept
}

/** As it is, within JSON, within a URL, and within a form. */
function formsOf(value: string): Set<string> {
  const form = new URLSearchParams({ value }).toString().slice('value='.length)
  return new Set([value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), form])
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
