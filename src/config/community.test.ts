import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Community, parseCommunity } from './community.ts'
import { cloudflare, loopback, roblox } from './network-lists.ts'
import { findNetwork } from './networks.ts'
import { writeCommunity } from './testing.ts'

type Variables = Record<string, string | undefined>

const least = `${writeCommunity()}\n`

const leastCommunity: Community = {
  slug: 'wed',
  name: 'Wed',
  contact: 'the administrators',
  roblox: { group: '5', rankSeconds: 60 },
  ranks: { trainee: 10, cast: 50, clearance: [50, 100] },
  certifications: { minimumRank: 0, codes: new Map() },
  points: { secondsPerPoint: 60, minimumSeconds: 60, trainingMultiplier: 1 },
  applications: { role: 'Student', ladder: [], cooldownDays: 0, paste: 'builtin' },
  discord: { links: ['table'], webhooks: {} },
  sources: { game: 'any', bot: 'any', status: 'any' },
  serverTokens: false,
  statusPage: false,
  retention: {},
}

function parse(text: string, variables: Variables = {}): Community {
  return parseCommunity({ slug: 'wed', file: 'wed.yaml', text, variables })
}

describe('a file', () => {
  test('with only what is required has the defaults, and nothing that is undefined', () => {
    expect(parse(least)).toStrictEqual(leastCommunity)
  })

  test('is the same with each section that has defaults written out empty', () => {
    const sections = 'certifications: {}\npoints: {}\ndiscord: { webhooks: {} }\nsources: {}\n'
    expect(parse(least + sections)).toStrictEqual(leastCommunity)
  })

  test('is the same with Windows line ends and a byte order mark', () => {
    expect(parse(`\uFEFF${least.replaceAll('\n', '\r\n')}`)).toStrictEqual(leastCommunity)
  })

  test('keeps two readings apart', () => {
    const first = parse(least)
    expect(parse(least)).toStrictEqual(first)
    expect(parse(least).certifications.codes).not.toBe(first.certifications.codes)
  })
})

describe('ids', () => {
  test('keep their digits, with quotes and without', () => {
    for (const guild of ['301715666401230851', '"301715666401230851"', "'301715666401230851'"]) {
      expect(parse(`${least}discord: { guild: ${guild} }`).discord.guild).toBe('301715666401230851')
    }
  })

  test('of Roblox are decimal text without leading zeros', () => {
    const text = least.replace('group: 5', 'group: "005", universe: 9007199254740991')
    expect(parse(text).roblox).toEqual({ group: '5', universe: '9007199254740991', rankSeconds: 60 })
  })

  test('of places may be numbers or text', () => {
    const places = parse(`${least}places:\n  4895128840: { name: Hub }\n  "007": { minimumRank: 1 }\n  0: {}\n`).places
    expect(new Map(places)).toEqual(
      new Map([
        ['4895128840', { name: 'Hub', minimumRank: 0 }],
        ['7', { minimumRank: 1 }],
        ['0', { minimumRank: 0 }],
      ]),
    )
  })

  test('of roles may be numbers', () => {
    const { applications } = parse(least.replace('role: Student', 'role: 12345678901234567890, ladder: [7, Cast]'))
    expect(applications).toMatchObject({ role: '12345678901234567890', ladder: ['7', 'Cast'] })
  })
})

describe('certifications', () => {
  test('keep the order of the file, also where codes look like numbers or like what objects inherit', () => {
    const codes = '{ tot: Tower, 10: Ten, 9: Nine, __proto__: Proto, constructor: 1955, true: Yes }'
    const { certifications } = parse(`${least}certifications: { codes: ${codes} }`)
    expect([...certifications.codes]).toEqual([
      ['tot', 'Tower'],
      ['10', 'Ten'],
      ['9', 'Nine'],
      ['__proto__', 'Proto'],
      ['constructor', '1955'],
      ['true', 'Yes'],
    ])
  })

  test('may be asked for by places, also by a code that looks like a number', () => {
    const text = `${least}certifications: { codes: { 010: Ten } }\nplaces: { 5: { certification: 010 } }`
    expect(parse(text).places?.get('5')).toEqual({ certification: '010', minimumRank: 0 })
  })
})

describe('placeholders', () => {
  test.each<[string, string, Variables, string]>([
    ['a variable', `\${WHO}`, { WHO: 'Jo' }, 'Jo'],
    ['a variable in quotes', `"\${WHO}"`, { WHO: 'Jo' }, 'Jo'],
    ['variables within text', `\${A} and \${B}!`, { A: 'x', B: 'y' }, 'x and y!'],
    ['a default, for a variable that is not set', `\${WHO:-no one}`, {}, 'no one'],
    ['a default, for a variable that is empty', `\${WHO:-no one}`, { WHO: '' }, 'no one'],
    ['a variable that has a default', `\${WHO:-no one}`, { WHO: 'Jo' }, 'Jo'],
    ['an empty default, which leaves the member out', `\${WHO:-}`, {}, 'the administrators'],
    ['a value that looks like YAML', `\${WHO}`, { WHO: 'a: b # c\nname: X' }, 'a: b # c\nname: X'],
    ['a value that looks like a placeholder', `\${WHO}`, { WHO: `\${NAME}` }, `\${NAME}`],
    ['a value with a replacement pattern', `\${WHO}`, { WHO: '$& $1' }, '$& $1'],
    ['dollars and braces of other kinds', '"$5 {a} $$"', {}, '$5 {a} $$'],
  ])('%s', (_what, contact, variables, expected) => {
    expect(parse(`${least}contact: ${contact}`, variables).contact).toBe(expected)
  })

  test('stand for numbers, choices, ids and names of members', () => {
    const text = `${least}roblox: { group: "\${GROUP}" }
places: { "\${HUB}": { minimumRank: "\${RANK}" } }
points: { secondsPerPoint: "\${SECONDS}", minimumSeconds: "30", trainingMultiplier: "0.5" }
sources: { game: "\${GAME}", bot: ["\${BOT}"] }
`.replace('roblox: { group: 5 }\n', '')
    const variables = { GROUP: '077', HUB: '5', RANK: '12', SECONDS: '1.5', GAME: 'any', BOT: '10.0.0.1' }
    const community = parse(text, variables)
    expect(community.roblox.group).toBe('77')
    expect(community.places?.get('5')).toEqual({ minimumRank: 12 })
    expect(community.points).toEqual({ secondsPerPoint: 1.5, minimumSeconds: 30, trainingMultiplier: 0.5 })
    expect(community.sources).toEqual({ game: 'any', bot: ['10.0.0.1/32'], status: 'any' })
  })
})

test('aliases repeat what their anchor holds', () => {
  const text = `${least}places:\n  5: &closed { minimumRank: 100 }\n  6: *closed\n`
  expect(parse(text).places?.get('6')).toEqual({ minimumRank: 100 })
})

test('server tokens are wanted where the file says so, in text or from the environment too', () => {
  const written = ['true', '"true"', `"\${TOKENS}"`, 'false', '"false"', `"\${TOKENS:-false}"`]
  expect(written.map((one) => parse(`${least}serverTokens: ${one}`, { TOKENS: 'true' }).serverTokens)).toEqual([
    true,
    true,
    true,
    false,
    false,
    true,
  ])
})

test('networks may be addresses', () => {
  const { sources } = parse(`${least}sources: { bot: [10.0.0.0/8, 10.1.2.3, "2001:db8::/32", "::1"], status: [] }`)
  expect(sources).toEqual({
    game: 'any',
    bot: ['10.0.0.0/8', '10.1.2.3/32', '2001:db8::/32', '::1/128'],
    status: [],
  })
})

test('roblox stands for a list of networks, alone and among others', () => {
  const { sources } = parse(`${least}sources: { game: roblox, bot: [roblox, 10.0.0.0/8] }`)
  expect(sources).toEqual({ game: roblox, bot: [...roblox, '10.0.0.0/8'], status: 'any' })
})

test('the lists of networks are lists of networks, none of them twice', () => {
  for (const list of [roblox, cloudflare, loopback]) {
    expect(list.map(findNetwork)).toEqual(list)
    expect(new Set(list).size).toBe(list.length)
  }
})

test.each([
  'https://discord.com/api/webhooks/123456789012345678/To-ken_1',
  'https://discord.com/api/v10/webhooks/1/t',
  'http://127.0.0.1:4000/api/webhooks/1/t',
  'http://[::1]:4000/api/webhooks/1/t',
  'http://localhost/api/webhooks/1/t',
])('%s is a webhook', (audit) => {
  expect(parse(`${least}discord: { webhooks: { audit: "${audit}" } }`).discord.webhooks).toEqual({ audit })
})

test('the retention of the example is one, once it is no comment', () => {
  const text = readFileSync(new URL('../../communities/wed.example.yaml', import.meta.url), 'utf8')
  const variables = { WED_ROBLOX_API_KEY: 'a', BLOXLINK_KEY: 'b', ROVER_KEY: 'c' }
  expect(parse(text, variables).retention).toEqual({})
  const [start, section] = text.split(/^(?=# retention:)/m)
  const retention = { applications: 365, bans: 1095, shifts: 730, audit: 1095, visitors: 90 }
  expect(parse(`${start}${section?.replace(/^# /gm, '')}`, variables).retention).toEqual(retention)
})

test('retention may be given for some kinds, and by placeholders', () => {
  const text = `${least}retention: { shifts: 1, bans: "36500", visitors: "\${DAYS}" }`
  expect(parse(text, { DAYS: '7' }).retention).toStrictEqual({ shifts: 1, bans: 36_500, visitors: 7 })
  expect(parse(`${least}retention: {}`).retention).toStrictEqual({})
})

test('applications may be kept for as long as their cool-down', () => {
  const text = least.replace('role: Student', 'role: Student, cooldownDays: 30')
  expect(parse(`${text}retention: { applications: 30 }`).retention).toEqual({ applications: 30 })
  expect(parse(`${text}retention: { shifts: 1 }`).retention).toEqual({ shifts: 1 })
})

test('the example is a community, with the variables that it names', () => {
  const text = readFileSync(new URL('../../communities/wed.example.yaml', import.meta.url), 'utf8')
  const keys = { WED_ROBLOX_API_KEY: 'a', BLOXLINK_KEY: 'b', ROVER_KEY: 'c' }
  const audit = 'https://discord.com/api/webhooks/1/t'
  expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./community.schema.json')
  expect(parse(text, keys).discord.webhooks).toEqual({})
  expect(parse(text, { ...keys, PASTEBIN_KEY: 'd', DISCORD_AUDIT_WEBHOOK: audit })).toStrictEqual({
    slug: 'wed',
    name: 'WED Imagineering',
    contact: 'JTmaveryk#0001',
    roblox: { group: '5850082', apiKey: 'a', universe: '1234567', rankSeconds: 60 },
    ranks: { trainee: 10, cast: 50, clearance: [50, 100, 150] },
    certifications: {
      minimumRank: 10,
      codes: new Map([
        ['char', 'Characters'],
        ['tot', 'Tower of Terror'],
        ['mtp', 'Mad Tea Party'],
        ['btmr', 'Big Thunder Mountain Railroad'],
        ['rnrc', "Rock 'n' Roller Coaster"],
      ]),
    },
    places: new Map([
      ['4895128840', { name: 'Hub', minimumRank: 0 }],
      ['5000000001', { name: 'Tower of Terror', certification: 'tot', minimumRank: 0 }],
    ]),
    points: { secondsPerPoint: 60, minimumSeconds: 60, trainingMultiplier: 1 },
    applications: {
      role: 'University Student',
      ladder: ['Cast Member'],
      cooldownDays: 0,
      paste: 'builtin',
      pastebinKey: 'd',
    },
    discord: {
      guild: '301715666401230851',
      links: ['table', 'bloxlink', 'rover'],
      bloxlinkKey: 'b',
      roverKey: 'c',
      webhooks: { audit },
    },
    sources: { game: 'any', bot: ['10.0.0.0/8'], status: 'any' },
    serverTokens: false,
    statusPage: false,
    retention: {},
  })
})
