import type { OutsideRequest } from './http-client.ts'

type Asked = Pick<OutsideRequest, 'path' | 'body' | 'credential'>

/** So much of an answer is worth keeping; one that is longer than the other tells nobody anything. */
const keptCharacters = 500
const readCharacters = 64 * 1024
/** What is shorter is no key and no text of somebody, but a word of the service such as `paste`. */
const shortestText = 6
/** What begins with so much of a text that was sent is a piece of it. */
const tellingBeginning = 8
/** What is longer without a space is no word of the service's, such as `game-join-restrictions`. */
const longestWord = 30
/** What is longer is prose, and no place for an id. */
const longestReference = 200

/** The members in which services say why they refuse, at the top and in a list of errors. */
const tellingNames: readonly string[] = ['code', 'message', 'error', 'errorCode', 'detail', 'errors']
/** A refusal in plain text is a sentence. */
const longestSentence = 200

/**
 * What may be logged and shown of an answer that tells why a service refused: its words, without the key, the ids and the texts
 * that the request held. A service, or a proxy on the way to it, may repeat them, or all of the request, also cut short. A message
 * is kept up to what is encoded in it, which is hardly its own. Of a text there may stay a piece of less than eight characters,
 * or one that is not its beginning.
 */
export function mayBeKept(answer: string, request: Asked): string {
  if (answer.length > readCharacters) return ''
  const values = valuesOf(request)
  const clean = (words: string) => values.reduce(takeOut, withoutEncoded(words.slice(0, keptCharacters)))
  return wordsOf(answer, clean).slice(0, keptCharacters)
}

function wordsOf(answer: string, clean: (words: string) => string): string {
  if (!/^\s*\{/.test(answer)) {
    const sentence = answer.trim()
    return sentence.length <= longestSentence && !/[\n<]/.test(sentence) ? clean(sentence) : ''
  }
  try {
    const words = pickWords(JSON.parse(answer))
    return JSON.stringify(words, (_name, value) => (typeof value === 'object' ? value : clean(String(value))))
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

/** What an answer has to be without; long ones first: without a part of it, the whole would not be found. */
function valuesOf({ path, body, credential }: Asked): string[] {
  const values = new Set(path.split(/[/?&=]/).flatMap((part) => idsIn(decoded(part))))
  if (credential) values.add(credential)
  for (const text of textsOf(body)) {
    if (text.length >= shortestText) values.add(text)
    if (text.length <= longestReference) for (const id of idsIn(text)) values.add(id)
  }
  return [...values].toSorted((a, b) => b.length - a.length)
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    // It was no encoding, but a per cent sign.
    return part
  }
}

/** Up to the word in which something is encoded, as within JSON, a URL, a form, or a page. */
function withoutEncoded(words: string): string {
  const at = words.search(/\\|\+|%[\da-f]{2}|&#?\w{1,8};/i)
  return at < 0 ? words : `${words.slice(0, words.lastIndexOf(' ', at) + 1)}…`
}

/** Takes out each piece that begins as the value does, in any letter case, as far as the two agree. */
function takeOut(words: string, value: string): string {
  const [inWords, inValue] = [inSmallLetters(words), inSmallLetters(value)]
  const at = inWords.indexOf(inValue.slice(0, tellingBeginning))
  if (at < 0) return words
  let end = at
  while (end < words.length && inWords[end] === inValue[end - at]) end++
  return `${words.slice(0, at)}…${takeOut(words.slice(end), value)}`
}

/** Of the same length, which `toLowerCase` may change. */
function inSmallLetters(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** Numbers of three digits or more, and tokens such as those in the address of a webhook. */
function idsIn(text: string): string[] {
  const words = text.match(/[\w-]{3,}/g) ?? []
  const isToken = (word: string) => word.length >= longestWord || (word.length >= shortestText && /\d/.test(word))
  return words.filter((word) => /^\d+$/.test(word) || isToken(word))
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
