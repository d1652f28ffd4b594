import { hash } from 'node:crypto'

/** The tag of an answer: the same body has the same one, on every instance and after every restart. */
export function etagOf(body: object): string {
  return `"${hash('sha256', JSON.stringify(body), 'base64url').slice(0, 22)}"`
}

/** Whether `if-none-match` names the tag. A proxy that zips answers makes a tag a weak one: that is the same (RFC 9110, 13.1.2). */
export function isAmong(tag: string, header: string | undefined): boolean {
  if (header === undefined) return false
  const named = header.split(',').map((one) => one.trim().replace(/^W\//, ''))
  return named.includes(tag) || named.includes('*')
}
