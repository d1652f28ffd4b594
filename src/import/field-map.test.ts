import { describe, expect, test } from 'vitest'
import { chooseFields, parseFieldMap } from './field-map.ts'
import type { Fields } from './source-record.ts'

const none = new Map()

async function* records(...all: Fields[]) {
  for (const [index, fields] of all.entries()) yield { line: index + 1, fields }
}

describe('a field map is refused', () => {
  test.each([
    ['userId', 'Write NAME=FIELD, not userId.'],
    ['', 'Write NAME=FIELD, not .'],
    ['robloxid=userId', 'There is no robloxid; there are: _id, roblox_id, username, points'],
    ['toString=x', 'There is no toString'],
    ['points=a,points=b', 'points is there twice.'],
  ])('%j', (text, message) => {
    expect(() => parseFieldMap(text)).toThrow(message)
  })
})

describe('the choice of fields is refused', () => {
  test.each([
    ['without records', [], none, 'the file has no records'],
    [
      'without a name that is known',
      [{ _id: '1', account: 5 }],
      none,
      'no field is known to hold the Roblox id: say which does with --fields roblox_id=FIELD; there are: _id, account',
    ],
    ['with records that hold nothing', [{}], none, 'roblox_id=FIELD; there are: none'],
    ['with names for no terminal', [{ 'a\u001bb': 1 }], none, 'there are: a\\u001bb'],
    ['with a name that no record has', [{ account: 5 }], parseFieldMap('roblox_id=acount'), 'no record has acount'],
    ['where the Roblox id is to be left out', [{ id: 5 }], parseFieldMap('roblox_id='), 'no field is known'],
  ])('%s', async (_name, all, given, message) => {
    await expect(chooseFields(records(...all), given)).rejects.toThrow(message)
  })
})

test('the choice of fields is refused where no record can be read, with why the first could not', async () => {
  async function* unreadable() {
    yield { line: 2, unreadable: 'it is no JSON' }
    yield { line: 3, unreadable: 'it is no document' }
  }
  const message = 'no record could be read; the first, on line 2: it is no JSON'
  await expect(chooseFields(unreadable(), none)).rejects.toThrow(message)
})

describe('the choice of fields', () => {
  test.each([
    ['takes the surest name, wherever it comes', [{ id: 1 }, { userId: 2 }, { RobloxID: 3 }], 'RobloxID'],
    ['sees through spaces, dots and underscores', [{ 'Roblox User.ID': 1 }], 'Roblox User.ID'],
    ['does not take _id for id', [{ _id: 'x', ID: 1 }], 'ID'],
  ])('%s', async (_name, all, expected) => {
    const { map } = await chooseFields(records(...all), none)
    expect(map.get('roblox_id')).toBe(expected)
  })

  test('takes what is given, leaves out what is given as nothing, and says what no record has', async () => {
    const given = parseFieldMap('roblox_id=account.id,points=hours.total,username=,ban=punishment=x')
    const { map, unseen } = await chooseFields(
      records({ account: { id: 1 }, points: 1, username: 'x', certs: [] }),
      given,
    )
    expect(Object.fromEntries(map)).toEqual({
      roblox_id: 'account.id',
      points: 'hours.total',
      certifications: 'certs',
      ban: 'punishment=x',
    })
    expect(unseen).toEqual(['hours.total', 'punishment=x'])
  })
})
