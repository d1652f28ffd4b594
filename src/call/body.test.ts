import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Body, readFields } from './body.ts'

const names = ['q1', 'q2'] as const
const json = 'application/json'
const form = 'application/x-www-form-urlencoded'

function body(text: string | Uint8Array, contentType = ''): Body {
  return { bytes: Buffer.from(text), contentType, isReadable: true }
}
const read = (one: Body) => readFields(one, names, 10)

const multipart = (...parts: string[]) =>
  [...parts.map((part) => `--form\r\ncontent-disposition: form-data; ${part}\r\n`), '--form--\r\n'].join('')

describe('refused', () => {
  test.each([
    ['an empty body', '', json, 'missing', 'q1'],
    ['nothing but space', ' \r\n ', json, 'missing', 'q1'],
    ['JSON that is cut off', '{"q1":"a"', json, 'invalid', 'q1'],
    ['JSON that is cut off, of no type', '{"q1":"a"', '', 'invalid', 'q1'],
    ['a word of JSON', 'banana', json, 'invalid', 'q1'],
    ["Luau's empty table", '[]', json, 'missing', 'q1'],
    ['a list', '["a","b"]', json, 'missing', 'q1'],
    ['null', 'null', json, 'missing', 'q1'],
    ['a number', '17', json, 'missing', 'q1'],
    ['one without the first', '{"q2":"b"}', json, 'missing', 'q1'],
    ['one without the second', '{"q1":"a"}', json, 'missing', 'q2'],
    ['one with an empty first', '{"q1":"","q2":"b"}', json, 'missing', 'q1'],
    ['one with null', '{"q1":null,"q2":"b"}', json, 'missing', 'q1'],
    ['one with a number', '{"q1":1,"q2":"b"}', json, 'invalid', 'q1'],
    ['one with a boolean', '{"q1":false,"q2":"b"}', json, 'invalid', 'q1'],
    ['one with a list', '{"q1":["a"],"q2":"b"}', json, 'invalid', 'q1'],
    ['one with an object', '{"q1":{"a":"b"},"q2":"b"}', json, 'invalid', 'q1'],
    ['one with a text that is too long', `{"q1":"a","q2":"${'x'.repeat(11)}"}`, json, 'invalid', 'q2'],
    ['one with too many astral characters', `{"q1":"${'🚒'.repeat(11)}","q2":"b"}`, json, 'invalid', 'q1'],
    ['one with NUL', '{"q1":"a\\u0000","q2":"b"}', json, 'invalid', 'q1'],
    ['one that has it from its prototype', '{"__proto__":{"q1":"a","q2":"b"}}', json, 'missing', 'q1'],
    ['a form without the second', 'q1=a&q3=b', form, 'missing', 'q2'],
    ['a form with an empty first', 'q1=&q2=b', form, 'missing', 'q1'],
    ['a form with the first twice', 'q1=a&q1=b&q2=c', form, 'invalid', 'q1'],
    ['a form with too long a second', `q1=a&q2=${'x'.repeat(11)}`, form, 'invalid', 'q2'],
    ['a multipart form without a boundary', 'q1=a&q2=b', 'multipart/form-data', 'invalid', 'q1'],
    ['a multipart form that does not end', '--form\r\n', 'multipart/form-data; boundary=form', 'invalid', 'q1'],
    [
      'a file',
      multipart('name="q1"; filename="a.txt"\r\n\r\na'),
      'multipart/form-data; boundary=form',
      'invalid',
      'q1',
    ],
  ])('%s', async (_name, text, contentType, fault, subject) => {
    await expect(read(body(text, contentType))).rejects.toMatchObject({ code: `parameter-${fault}`, subject })
  })

  test('what could not be decompressed', async () => {
    await expect(read({ ...body(''), isReadable: false })).rejects.toMatchObject({
      code: 'parameter-invalid',
      subject: 'q1',
    })
  })
})

describe('read', () => {
  const expected = { q1: 'a b', q2: 'ü🚒' }
  test.each([
    ['JSON', '{"q1":"a b","q2":"ü🚒","q3":[1]}', json],
    ['JSON with a charset', '{"q1":"a b","q2":"ü🚒"}', 'application/json; charset=utf-8'],
    ['JSON of no type', ' {"q1":"a b","q2":"ü🚒"}\n', ''],
    ['JSON that is said to be a form', '{"q1":"a b","q2":"ü🚒"}', form],
    ['JSON that is said to be text', '{"q1":"a b","q2":"ü🚒"}', 'text/plain'],
    ['JSON with a byte order mark', '\ufeff{"q1":"a b","q2":"ü🚒"}', json],
    ['a form', 'q1=a+b&q2=%C3%BC%F0%9F%9A%92&q3=&q3=', form],
    ['a form of no type', 'q2=ü🚒&q1=a%20b', ''],
    [
      'a multipart form',
      multipart('name="q1"\r\n\r\na b', 'name="q2"\r\n\r\nü🚒'),
      'multipart/form-data; boundary=form',
    ],
  ])('%s', async (_name, text, contentType) => {
    expect(await read(body(text, contentType))).toEqual(expected)
  })

  test('texts of as many characters as there may be, whatever their size', async () => {
    const text = JSON.stringify({ q1: 'x'.repeat(10), q2: '🚒'.repeat(10) })
    expect(await read(body(text, json))).toEqual({ q1: 'x'.repeat(10), q2: '🚒'.repeat(10) })
  })

  test('any bytes at all, without an error but the two', async () => {
    const bytes = fc.uint8Array({ maxLength: 60 })
    const types = fc.constantFrom('', json, form, 'multipart/form-data; boundary=form', 'x/y')
    await fc.assert(
      fc.asyncProperty(bytes, types, async (given, contentType) => {
        const fault = await read(body(given, contentType)).then(
          () => undefined,
          (error: { code: string }) => error.code,
        )
        expect(['parameter-missing', 'parameter-invalid', undefined]).toContain(fault)
      }),
      { numRuns: 300 },
    )
  })

  test('the same text from JSON and from a form', async () => {
    const texts = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }).filter((text) => [...text].length <= 10)
    await fc.assert(
      fc.asyncProperty(texts, texts, async (q1, q2) => {
        const fields = { q1, q2 }
        expect(await read(body(JSON.stringify(fields), json))).toEqual(fields)
        expect(await read(body(new URLSearchParams(fields).toString(), form))).toEqual(fields)
      }),
    )
  })
})
