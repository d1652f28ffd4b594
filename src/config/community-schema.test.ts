import { readFileSync } from 'node:fs'
import Schema from 'typebox/schema'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { communityJsonSchema } from './community-schema.ts'

const folder = new URL('../../communities/', import.meta.url)

function accepts(value: unknown): boolean {
  return Schema.Check(communityJsonSchema(), value)
}

const hub = `\${HUB}`

const least = {
  name: 'Wed',
  roblox: { group: 5 },
  ranks: { trainee: 10, cast: 50, clearance: [50] },
  applications: { role: 'Student' },
}

test('the schema that editors are given is the one that the code has', () => {
  const checkedIn: unknown = JSON.parse(readFileSync(new URL('community.schema.json', folder), 'utf8'))
  expect(checkedIn).toEqual(JSON.parse(JSON.stringify(communityJsonSchema())))
})

test('it names its dialect and itself', () => {
  expect(communityJsonSchema()).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Magicband community',
    required: ['name', 'roblox', 'ranks', 'applications'],
  })
})

describe('editors underline what the server would refuse', () => {
  test.each<[string, object]>([
    ['a missing section', { ...least, ranks: undefined }],
    ['an unknown section', { ...least, rank: {} }],
    ['a rank above 255', { ...least, ranks: { ...least.ranks, cast: 256 } }],
    ['a rank in words', { ...least, ranks: { ...least.ranks, cast: 'fifty' } }],
    ['a group that is no id', { ...least, roblox: { group: 'wed' } }],
    ['a place that is no id', { ...least, places: { hub: {} } }],
    ['a code with a comma', { ...least, certifications: { codes: { 'a,b': 'Both' } } }],
    ['an unknown paste', { ...least, applications: { role: 'Student', paste: 'hastebin' } }],
    ['a network outside a list', { ...least, sources: { bot: '10.0.0.0/8' } }],
    ['half a day of retention', { ...least, retention: { shifts: 0.5 } }],
    ['retention of an unknown kind', { ...least, retention: { shift: 30 } }],
    ['server tokens in other words', { ...least, serverTokens: 'yes' }],
    ['a status page in other words', { ...least, statusPage: 'yes' }],
    ['an unknown list of networks', { ...least, sources: { bot: 'cloudflare' } }],
  ])('%s', (_what, value) => {
    expect(accepts(JSON.parse(JSON.stringify(value)))).toBe(false)
  })
})

describe('editors leave alone what the server would take', () => {
  test.each<[string, object]>([
    ['the least file', least],
    ['a placeholder for a number', { ...least, ranks: { ...least.ranks, cast: `\${CAST:-50}` } }],
    ['a number in quotes', { ...least, ranks: { ...least.ranks, cast: '50' } }],
    ['a placeholder for an id', { ...least, roblox: { group: `\${GROUP}` } }],
    ['a placeholder for a choice', { ...least, applications: { role: 'Student', paste: `\${PASTE}` } }],
    ['a placeholder for a place', { ...least, places: { [hub]: { name: 'Hub' } } }],
    ['an id without quotes', { ...least, discord: { guild: Number('301715666401230851') } }],
    ['a named list of networks', { ...least, sources: { game: 'roblox', bot: ['roblox', '10.0.0.0/8'] } }],
    ['some retention', { ...least, retention: { shifts: 30, audit: `\${DAYS}` } }],
    ['server tokens', { ...least, serverTokens: true }],
    ['a status page', { ...least, statusPage: true }],
    ['server tokens in quotes', { ...least, serverTokens: 'true' }],
    ['a role by its id', { ...least, applications: { role: 12345 } }],
  ])('%s', (_what, value) => {
    expect(accepts(value)).toBe(true)
  })

  test('the example', () => {
    expect(accepts(parse(readFileSync(new URL('wed.example.yaml', folder), 'utf8')))).toBe(true)
  })
})
