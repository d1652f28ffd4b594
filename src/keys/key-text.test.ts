import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createKeyText, hashKey, isKeyText, isSameHash } from './key-text.ts'
import { kinds } from './scopes.ts'

const characters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

describe('the text of a key', () => {
  test.each(kinds)('says its kind, %s, and is one', (kind) => {
    const text = createKeyText(kind, randomBytes)
    expect(text).toMatch(new RegExp(`^mb_${kind}_[0-9A-Za-z]{38}$`))
    expect(isKeyText(text)).toBe(true)
  })

  test('is another one each time', () => {
    expect(new Set(Array.from({ length: 1000 }, () => createKeyText('bot', randomBytes))).size).toBe(1000)
  })

  test('has every character about as often as any other', () => {
    const counts = new Map<string, number>()
    for (let made = 0; made < 2000; made++) {
      for (const one of createKeyText('bot', randomBytes).slice(7, 39)) counts.set(one, (counts.get(one) ?? 0) + 1)
    }
    expect([...counts.keys()].toSorted().join('')).toBe(characters)
    // 64,000 characters: 1,032 of each, and a chance of one in millions to be so far off.
    for (const count of counts.values()) expect(Math.abs(count - 1032)).toBeLessThan(200)
  })

  test('takes no character from the bytes that would make some likelier than others', () => {
    const bytes = Buffer.alloc(32, 255)
    let turn = 0
    const text = createKeyText('bot', () => (turn++ === 0 ? bytes : Buffer.alloc(32, 61)))
    expect(text.slice(7, 39)).toBe('z'.repeat(32))
  })

  test('is none any more when one character is another one, wherever it is', () => {
    const text = createKeyText('game', randomBytes)
    for (let index = 0; index < text.length; index++) {
      for (const other of `${characters}_- `) {
        if (other === text[index]) continue
        expect(isKeyText(text.slice(0, index) + other + text.slice(index + 1))).toBe(false)
      }
    }
  })

  test('is none any more when two neighbours have changed places', () => {
    for (let made = 0; made < 50; made++) {
      const text = createKeyText('status', randomBytes)
      for (let index = 10; index + 1 < text.length; index++) {
        if (text[index] === text[index + 1]) continue
        const swapped = text.slice(0, index) + text[index + 1] + text[index] + text.slice(index + 2)
        expect(isKeyText(swapped)).toBe(false)
      }
    }
  })

  test.each(['', 'sandbox-game', 'mb_game_', 'mb_admin_'.padEnd(47, '0'), 'mb_bot_'.padEnd(45, '0'), '__proto__'])(
    'is not %j',
    (text) => {
      expect(isKeyText(text)).toBe(false)
    },
  )

  test('is nothing with something before or after it', () => {
    const text = createKeyText('bot', randomBytes)
    for (const more of [` ${text}`, `${text} `, `${text}\n`, text.slice(1), text.slice(0, -1), text + text]) {
      expect(isKeyText(more)).toBe(false)
    }
  })

  test('is not any other text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !isKeyText(text)))
  })
})

describe('the hash of a key', () => {
  test('is its SHA-256', () => {
    expect(hashKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })
  test('is the same as another one only in full', () => {
    const hash = hashKey('abc')
    expect(isSameHash(hash, hashKey('abc'))).toBe(true)
    const others = [hashKey('abd'), hash.toUpperCase(), hash.slice(0, -1), `${hash} `, `${hash.slice(0, -1)}e`, '']
    for (const other of others) expect([other, isSameHash(hash, other)]).toEqual([other, false])
  })
})
