import { describe, expect, test } from 'vitest'
import { type FieldMap, knownNames, type Target } from './field-map.ts'
import { type ImportedPlayer, readPlayer } from './read-player.ts'

const now = Date.parse('2026-01-15T12:00:00Z')
const codes = new Map([
  ['tot', 'Tower of Terror'],
  ['char', 'Characters'],
  ['toString', 'A trap'],
])
const targets = Object.keys(knownNames) as Target[]
const everything: FieldMap = new Map(targets.map((target) => [target, target]))
const withoutBan: FieldMap = new Map([...everything].filter(([target]) => target !== 'ban'))

const read = (fields: object, map = everything) => readPlayer({ roblox_id: 1, ...fields }, { map, codes, now })

/** What is read, and the reasons of what is said. */
function readPart(fields: object, map = everything): { player: ImportedPlayer; reasons: string[] } {
  const { player, remarks } = read(fields, map)
  if (player === undefined) throw new Error('the record was skipped')
  return { player, reasons: remarks.map(({ reason }) => reason) }
}

describe('a record is skipped', () => {
  test.each([
    [{ roblox_id: undefined }, 'roblox-id-missing', 'it has no Roblox id in roblox_id'],
    [{ roblox_id: null }, 'roblox-id-missing', 'it has no Roblox id in roblox_id'],
    [{ roblox_id: '' }, 'roblox-id-missing', 'it has no Roblox id in roblox_id'],
    [{ roblox_id: 0 }, 'roblox-id-invalid', 'its Roblox id 0 is no whole number from 1 on'],
    [{ roblox_id: -5 }, 'roblox-id-invalid', '-5'],
    [{ roblox_id: 1.5 }, 'roblox-id-invalid', '1.5'],
    [{ roblox_id: Number.NaN }, 'roblox-id-invalid', 'NaN'],
    [{ roblox_id: 'Builderman' }, 'roblox-id-invalid', '"Builderman"'],
    [{ roblox_id: '1.72E+08' }, 'roblox-id-invalid', '"1.72E+08"'],
    [{ roblox_id: '9007199254740993' }, 'roblox-id-invalid', '"9007199254740993"'],
    [
      { roblox_id: '5.000' },
      'roblox-id-ambiguous',
      '"5.000" may be meant with thousands or with decimals: write it without',
    ],
    [{ roblox_id: '172.051.854' }, 'roblox-id-ambiguous', '"172.051.854"'],
    [{ roblox_id: [1] }, 'roblox-id-invalid', '[1]'],
    [{ roblox_id: true }, 'roblox-id-invalid', 'true'],
    [{ roblox_id: 'x'.repeat(5000) }, 'roblox-id-invalid', `"${'x'.repeat(58)}…`],
    [{ roblox_id: '\u001b[2J\u009b' }, 'roblox-id-invalid', '"\\u001b[2J\\u009b"'],
  ])('%#: %j', (fields, reason, message) => {
    const { player, remarks } = read(fields)
    expect([player, remarks]).toEqual([undefined, [{ reason, message: expect.stringContaining(message) }]])
  })
})

describe('ids', () => {
  test.each([
    [{ roblox_id: 172051854 }, '172051854', undefined, []],
    [{ roblox_id: ' 00172051854 ' }, '172051854', undefined, []],
    [{ roblox_id: '172051854.0' }, '172051854', undefined, []],
    [{ roblox_id: '1720.00' }, '1720', undefined, []],
    [{ roblox_id: '172051854.000' }, '172051854', undefined, []],
    [{ _id: '62F6B211C393DA0CE38E5DAC' }, '1', '62f6b211c393da0ce38e5dac', []],
    [{ _id: 'ObjectId(62f6b211c393da0ce38e5dac)' }, '1', '62f6b211c393da0ce38e5dac', []],
    [{ _id: 'ObjectId("62f6b211c393da0ce38e5dac")' }, '1', '62f6b211c393da0ce38e5dac', []],
    [{ _id: '172051854' }, '1', undefined, ['object-id-invalid']],
    [{ _id: 5 }, '1', undefined, ['object-id-invalid']],
    [{ _id: '62f6b211c393da0ce38e5dag' }, '1', undefined, ['object-id-invalid']],
  ])('%j', (fields, robloxId, objectId, expected) => {
    const { player, reasons } = readPart(fields)
    expect([player.robloxId, player.objectId, reasons]).toEqual([robloxId, objectId, expected])
  })
})

test.each([
  ['JTmaveryk', 'JTmaveryk', []],
  [' Roblox ', 'Roblox', []],
  [12345, '12345', []],
  ['two words', undefined, ['username-invalid']],
  ['ab', undefined, ['username-invalid']],
  ['x'.repeat(21), undefined, ['username-invalid']],
  [{ name: 'x' }, undefined, ['username-invalid']],
  [{ toString: 'x' }, undefined, ['username-invalid']],
  [[{ toString: 1, valueOf: 1 }], undefined, ['username-invalid']],
  [['Roblox'], undefined, ['username-invalid']],
])('the username %j', (username, expected, remarks) => {
  const { player, reasons } = readPart({ username })
  expect([player.username, reasons]).toEqual([expected, remarks])
})

test.each([
  [undefined, 0, []],
  [null, 0, []],
  ['', 0, []],
  [0, 0, []],
  [30, 30, []],
  ['30', 30, []],
  ['3.0', 3, []],
  ['3.00', 3, []],
  ['1.000', 0, ['points-ambiguous']],
  ['-12.500', 0, ['points-ambiguous']],
  [' 1.234.567 ', 0, ['points-ambiguous']],
  ['1234.500', 1234, ['points-rounded']],
  [1.125, 1, ['points-rounded']],
  [' 1e3 ', 1000, []],
  [999_999_999, 999_999_999, []],
  [29.999, 29, ['points-rounded']],
  [0.4, 0, ['points-rounded']],
  [-5, -5, ['points-negative']],
  [-0.5, -1, ['points-rounded', 'points-negative']],
  [-0, 0, []],
  [1_000_000_000, 0, ['points-invalid']],
  [-1_000_000_000, 0, ['points-invalid']],
  [Number.NaN, 0, ['points-invalid']],
  [Number.POSITIVE_INFINITY, 0, ['points-invalid']],
  ['1e400', 0, ['points-invalid']],
  ['1,234', 0, ['points-invalid']],
  ['many', 0, ['points-invalid']],
  ['0x10', 0, ['points-invalid']],
  [true, 0, ['points-invalid']],
  [[5], 0, ['points-invalid']],
  [{ total: 5 }, 0, ['points-invalid']],
])('the points %j', (points, expected, remarks) => {
  const { player, reasons } = readPart({ points })
  expect([player.points, reasons]).toEqual([expected, remarks])
})

test.each([
  [undefined, [], []],
  [[], [], []],
  [['tot', 'char', 'tot'], ['tot', 'char'], []],
  [[{ code: 'tot' }, { name: 'Characters' }], ['tot', 'char'], []],
  [{ tot: true, char: false }, ['tot'], []],
  [{ tot: 1, char: 0 }, ['tot'], []],
  [{ tot: new Date(0), char: null }, ['tot'], []],
  ['tot,char', ['tot', 'char'], []],
  [' tot ; char |', ['tot', 'char'], []],
  ['TOT', ['tot'], []],
  ['Tower of Terror, characters', ['tot', 'char'], []],
  ['toString', ['toString'], []],
  ['constructor', [], ['certification-unknown']],
  ['tot,xyz', ['tot'], ['certification-unknown']],
  [[5, null, ['tot']], [], ['certification-unknown']],
  [7, [], ['certification-unknown']],
])('the certifications %j', (certifications, expected, remarks) => {
  const { player, reasons } = readPart({ certifications })
  expect([player.codes, reasons]).toEqual([expected, remarks])
})

test('certifications that are not known are told of, but not thousands of them', () => {
  const { remarks } = read({ certifications: Array.from({ length: 1000 }, (_, index) => `ride ${index}`) })
  expect(remarks).toHaveLength(1)
  expect(remarks[0]?.message).toContain('"ride 0", "ride 1"')
  expect(remarks[0]?.message).toContain('"ride 9" and 990 more')
})

describe('a ban', () => {
  const plain = { reason: 'imported', moderator: 'import', bannedAt: undefined, endsAt: undefined }
  const then = Date.parse('2020-01-02T03:04:05Z')
  const later = Date.parse('2026-06-01T00:00:00Z')

  test.each([
    [{}],
    [{ ban: false }],
    [{ ban: 'false' }],
    [{ ban: 'No' }],
    [{ ban: 0 }],
    [{ ban: null }],
    [{ ban: [] }],
    [{ ban: {} }],
    [{ ban: { active: false, reason: 'x' } }],
    [{ ban: { reason: 'x', unbannedAt: '2021-01-01' } }],
    [{ ban_reason: 'left over from an old one' }],
    [{ ban: false, ban_reason: 'left over', ban_at: '2020-01-01' }],
  ])('is none in %j', (fields) => {
    expect(readPart(fields)).toMatchObject({ player: { ban: undefined }, reasons: [] })
  })

  test.each([
    [{ ban: true }, plain, []],
    [{ ban: 'yes' }, plain, []],
    [{ ban: 'bad boy' }, { ...plain, reason: 'bad boy' }, []],
    [{ ban: new Date(then) }, { ...plain, bannedAt: then }, []],
    [
      { ban: { reason: 'bad', moderator: '301715666401230851', at: new Date(then), until: later } },
      { reason: 'bad', moderator: '301715666401230851', bannedAt: then, endsAt: later },
      [],
    ],
    [
      { ban: { Reason: 'bad', banned_by: 'Bob', banned_at: '2020-01-02 03:04:05', expires_at: null } },
      { reason: 'bad', moderator: 'Bob', bannedAt: then, endsAt: undefined },
      [],
    ],
    [
      { ban: true, ban_reason: 'bad', ban_moderator: 5, ban_at: String(then), ban_until: later / 1000 },
      { reason: 'bad', moderator: '5', bannedAt: then, endsAt: later },
      [],
    ],
    [{ ban: true, ban_until: '2026-06-01' }, { ...plain, endsAt: later }, []],
    [{ ban: true, ban_until: '2026-06-01T02:00+02:00' }, { ...plain, endsAt: later }, []],
    [{ ban: true, ban_until: 0 }, plain, []],
    [{ ban: true, ban_until: -1 }, plain, []],
    [{ ban: true, ban_until: 'soon' }, plain, ['ban-changed']],
    [{ ban: true, ban_until: '06/01/2026' }, plain, ['ban-changed']],
    [{ ban: true, ban_until: '9999-12-31' }, plain, ['ban-changed']],
    [{ ban: true, ban_at: 'once' }, plain, ['ban-changed']],
    [{ ban: true, ban_at: '2050-01-01' }, plain, []],
    [{ ban: true, ban_reason: '🚒'.repeat(1001) }, { ...plain, reason: '🚒'.repeat(1000) }, ['ban-changed']],
    [{ ban: true, ban_reason: 'a\0b', ban_moderator: 'x'.repeat(101) }, { ...plain, reason: 'ab' }, []],
  ])('is read from %j', (fields, ban, remarks) => {
    expect(readPart(fields)).toMatchObject({ player: { ban }, reasons: remarks })
  })

  test.each([
    [{ ban: true, ban_until: new Date(now) }, 'ban-ended'],
    [{ ban: { reason: 'x', until: '2021-01-01' } }, 'ban-ended'],
    [{ ban: 7 }, 'ban-unreadable'],
    [{ ban: [{ reason: 'x' }] }, 'ban-unreadable'],
  ])('is told of, but not imported, in %j', (fields, reason) => {
    expect(readPart(fields)).toMatchObject({ player: { ban: undefined }, reasons: [reason] })
  })

  test('is there where only fields beside it exist, and say so', () => {
    expect(readPart({ ban_reason: 'bad' }, withoutBan).player.ban).toEqual({ ...plain, reason: 'bad' })
    expect(readPart({ ban_until: '2026-06-01' }, withoutBan).player.ban).toEqual({ ...plain, endsAt: later })
    expect(readPart({ ban_until: 0 }, withoutBan).player.ban).toBe(undefined)
    expect(readPart({}, withoutBan).player.ban).toBe(undefined)
  })
})
