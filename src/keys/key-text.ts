import { hash, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { RandomBytes } from '../clock.ts'
import type { KeyKind } from './scopes.ts'

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const bodyLength = 32
const checkLength = 6
const form = /^mb_(?:game|bot|status)_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/

/**
 * Makes the text of a new key: `mb_KIND_`, 32 random characters (190 bits), and a checksum of 6, by which a leak
 * scanner knows a key when it sees one and a mistyped one is told apart without a query.
 */
export function createKeyText(kind: KeyKind, randomBytes: RandomBytes): string {
  let body = ''
  while (body.length < bodyLength) {
    // 248 is the greatest multiple of 62 in a byte: below it every character is as likely as any other.
    for (const byte of randomBytes(bodyLength))
      if (byte < 248 && body.length < bodyLength) body += digits.charAt(byte % 62)
  }
  return `mb_${kind}_${body}${checksum(body)}`
}

/** Whether `text` can be a key that `createKeyText` made. */
export function isKeyText(text: string): boolean {
  const match = form.exec(text)
  return match?.[1] !== undefined && checksum(match[1]) === match[2]
}

/** SHA-256 in hexadecimal: all that is kept of a key. */
export function hashKey(text: string): string {
  return hash('sha256', text)
}

/** Compares two hashes in a time that tells nothing of where they differ. */
export function isSameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function checksum(body: string): string {
  let rest = crc32(body)
  let text = ''
  for (let i = 0; i < checkLength; i++) {
    text = digits.charAt(rest % 62) + text
    rest = Math.floor(rest / 62)
  }
  return text
}
