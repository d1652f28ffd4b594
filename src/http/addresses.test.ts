import { describe, expect, test } from 'vitest'
import { callerNameOf, withoutPorts } from './addresses.ts'

describe('two addresses are one caller', () => {
  test.each([
    ['1.2.3.4', '1.2.3.4'],
    ['1.2.3.4', '::ffff:1.2.3.4'],
    ['1.2.3.4', '::ffff:102:304'],
    ['1.2.3.4', '0:0:0:0:0:FFFF:0102:0304'],
    ['2001:db8::1', '2001:db8::ffff:ffff:ffff:ffff'],
    ['2001:DB8::1', '2001:db8:0:0:1::'],
    ['fe80::1%eth0', 'fe80::2'],
    ['unknown', ''],
    ['unknown', '10.2.0.1:4711'],
    ['unknown', '0x7f.1'],
    ['unknown', '999.1.1.1'],
  ])('%s and %s', (one, other) => {
    expect(callerNameOf(one)).toBe(callerNameOf(other))
  })
})

describe('two addresses are two callers', () => {
  test.each([
    ['1.2.3.4', '1.2.3.5'],
    ['1.2.3.4', '::ffff:1.2.3.5'],
    ['2001:db8::1', '2001:db8:0:1::1'],
    ['::1', 'unknown'],
  ])('%s and %s', (one, other) => {
    expect(callerNameOf(one)).not.toBe(callerNameOf(other))
  })
})

test.each([
  ['1.2.3.4', '1.2.3.4'],
  ['1.2.3.4:5678', '1.2.3.4'],
  ['2001:db8::1', '2001:db8::1'],
  ['[2001:db8::1]:443, 1.2.3.4:80,::1', '2001:db8::1, 1.2.3.4, ::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['unknown:80, 0x7f.1:3, ', 'unknown:80, 0x7f.1:3, '],
])('of %j the addresses are %j', (header, addresses) => {
  expect(withoutPorts(header)).toBe(addresses)
})
