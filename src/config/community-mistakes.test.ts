import { describe, expect, test } from 'vitest'
import { parseCommunity } from './community.ts'
import { listMistakes, writeCommunity } from './testing.ts'

const aRank = 'must be a whole number from 0 to 255, for example 50'
const aFile = 'must be a map with name, roblox, ranks and applications; see communities/wed.example.yaml'
const aMapOfRanks =
  'must be a map of trainee, cast and clearance, for example { trainee: 10, cast: 50, clearance: [50, 100, 150] }'

test('the least file has no mistake', () => {
  expect(listMistakes(writeCommunity())).toEqual([])
})

describe('the file as a whole', () => {
  test.each<[string, string[]]>([
    ['', [`wed.yaml:1: the file ${aFile}`]],
    ['# nothing\n', [`wed.yaml:1: the file ${aFile}`]],
    ['- name: Wed\n', [`wed.yaml:1: the file ${aFile}`]],
    [
      'contact: X\n',
      [
        'wed.yaml:1: name is missing: it must be text, for example WED Imagineering',
        'wed.yaml:1: roblox is missing: it must be a map with group, for example { group: 5850082 }',
        `wed.yaml:1: ranks is missing: it ${aMapOfRanks}`,
        'wed.yaml:1: applications is missing: it must be a map with role, for example { role: University Student }',
      ],
    ],
    [
      writeCommunity('roblox: {}', 'ranks: {}', 'applications: {}'),
      [
        'wed.yaml:2: roblox.group is missing: it must be a Roblox id, digits alone, for example 5850082',
        'wed.yaml:3: ranks.trainee is missing: it must be a whole number from 0 to 255, for example 10',
        `wed.yaml:3: ranks.cast is missing: it ${aRank}`,
        'wed.yaml:3: ranks.clearance is missing: it must be a list of ranks in ascending order, for example [50, 100, 150]',
        'wed.yaml:4: applications.role is missing: it must be text, for example University Student',
      ],
    ],
  ])('%j', (text, mistakes) => {
    expect(listMistakes(text)).toEqual(mistakes)
  })
})

describe('a value that is not what its member asks for', () => {
  test.each<[string, string[]]>([
    ['name: ""', ['wed.yaml:1: name must be text, for example WED Imagineering']],
    ['name:', ['wed.yaml:1: name must be text, for example WED Imagineering']],
    ['name: true', ['wed.yaml:1: name must be text, for example WED Imagineering']],
    ['name: [Wed]', ['wed.yaml:1: name must be text, for example WED Imagineering']],
    [
      'contact: *hush',
      ['wed.yaml:5: contact repeats what is not there: write the value out, or put text that begins with * in quotes'],
    ],
    ['contact:', ['wed.yaml:5: contact must be text, for example JTmaveryk#0001; or leave the line out']],
    ['roblox: 5', ['wed.yaml:2: roblox must be a map with group, for example { group: 5850082 }']],
    ['roblox: { group: wed }', ['wed.yaml:2: roblox.group must be a Roblox id, digits alone, for example 5850082']],
    ['roblox: { group: 0 }', ['wed.yaml:2: roblox.group must be a Roblox id, digits alone, for example 5850082']],
    ['roblox: { group: -5 }', ['wed.yaml:2: roblox.group must be a Roblox id, digits alone, for example 5850082']],
    ['roblox: { group: 0x5 }', ['wed.yaml:2: roblox.group must be a Roblox id, digits alone, for example 5850082']],
    [
      'roblox: { group: 9007199254740992 }',
      ['wed.yaml:2: roblox.group must be a Roblox id, digits alone, for example 5850082'],
    ],
    [
      'roblox: { group: 5, universe: here }',
      ['wed.yaml:2: roblox.universe must be a Roblox id, digits alone, for example 1234567'],
    ],
    [
      'roblox:\n  group: 5\n  rankSeconds: 86401',
      ['wed.yaml:4: roblox.rankSeconds must be a whole number of seconds from 0 to 86400, for example 60'],
    ],
    [
      'roblox: { group: 5, rankSeconds: 1.5 }',
      ['wed.yaml:2: roblox.rankSeconds must be a whole number of seconds from 0 to 86400, for example 60'],
    ],
    ['ranks: { trainee: 1, cast: 256, clearance: [] }', [`wed.yaml:3: ranks.cast ${aRank}`]],
    ['ranks: { trainee: 1, cast: -1, clearance: [] }', [`wed.yaml:3: ranks.cast ${aRank}`]],
    ['ranks: { trainee: 1, cast: fifty, clearance: [] }', [`wed.yaml:3: ranks.cast ${aRank}`]],
    ['ranks: { trainee: 1, cast: "", clearance: [] }', [`wed.yaml:3: ranks.cast ${aRank}`]],
    ['ranks: { trainee: 1, cast: .inf, clearance: [] }', [`wed.yaml:3: ranks.cast ${aRank}`]],
    ['ranks: { trainee: 1, cast: true, clearance: [] }', [`wed.yaml:3: ranks.cast ${aRank}`]],
    ['ranks:\n  trainee: 1\n  cast: 2\n  clearance:\n    - 1\n    - two', [`wed.yaml:8: ranks.clearance[1] ${aRank}`]],
    [
      'ranks: { trainee: 1, cast: 2, clearance: 50 }',
      ['wed.yaml:3: ranks.clearance must be a list of ranks in ascending order, for example [50, 100, 150]'],
    ],
    [
      'certifications: { codes: [tot] }',
      ['wed.yaml:5: certifications.codes must be a map from code to name, for example { tot: Tower of Terror }'],
    ],
    [
      'certifications: { codes: { tot: } }',
      ['wed.yaml:5: certifications.codes.tot must be text, for example Tower of Terror'],
    ],
    [
      'certifications: { codes: { "t t": Tower } }',
      [
        'wed.yaml:5: certifications.codes must have a code of 1 to 50 characters without spaces and commas, for example tot',
      ],
    ],
    ['places: { hub: {} }', ['wed.yaml:5: places must have a place id, digits alone, for example "4895128840"']],
    [
      'places: { 9007199254740992: {} }',
      ['wed.yaml:5: places must have a place id, digits alone, for example "4895128840"'],
    ],
    [
      'places:',
      [
        'wed.yaml:5: places must be a map from place id to settings, for example { "4895128840": { name: Hub } }; or leave the line out',
      ],
    ],
    [
      'places:\n  5: Hub',
      ['wed.yaml:6: places.5 must be a map of name, certification and minimumRank, for example { name: Hub }, or {}'],
    ],
    ['points: { secondsPerPoint: 0 }', ['wed.yaml:5: points.secondsPerPoint must be a number above 0, for example 60']],
    [
      'points: { minimumSeconds: -1 }',
      ['wed.yaml:5: points.minimumSeconds must be a number of 0 or more, for example 60'],
    ],
    [
      'points: { trainingMultiplier: -0.5 }',
      ['wed.yaml:5: points.trainingMultiplier must be a number of 0 or more, for example 1'],
    ],
    [
      'applications: { role: A, cooldownDays: -1 }',
      ['wed.yaml:4: applications.cooldownDays must be a number of 0 or more, for example 0'],
    ],
    ['applications: { role: A, paste: hastebin }', ['wed.yaml:4: applications.paste must be builtin or pastebin']],
    [
      'applications: { role: A, ladder: Cast }',
      ['wed.yaml:4: applications.ladder must be a list of roles, for example [Cast Member]'],
    ],
    [
      'discord: { guild: 1234567890123456 }',
      [
        'wed.yaml:5: discord.guild must be the id of the Discord server, 17 to 20 digits, for example "301715666401230851"',
      ],
    ],
    ['discord: { links: [twitter] }', ['wed.yaml:5: discord.links[0] must be table, bloxlink or rover']],
    [
      'retention: 365',
      [
        'wed.yaml:5: retention must be a map of applications, bans, shifts, audit and visitors, for example { shifts: 730, visitors: 90 }',
      ],
    ],
    [
      'retention:\n  shifts: 0\n  bans: 36501\n  audit: 1.5\n  visitors: for ever\n  applications: -1',
      [
        'wed.yaml:6: retention.shifts must be a whole number of days from 1 to 36500, for example 730',
        'wed.yaml:7: retention.bans must be a whole number of days from 1 to 36500, for example 1095',
        'wed.yaml:8: retention.audit must be a whole number of days from 1 to 36500, for example 1095',
        'wed.yaml:9: retention.visitors must be a whole number of days from 1 to 36500, for example 90',
        'wed.yaml:10: retention.applications must be a whole number of days from 1 to 36500, for example 365',
      ],
    ],
    ['serverTokens: yes', ['wed.yaml:5: serverTokens must be true or false']],
    ['serverTokens: 1', ['wed.yaml:5: serverTokens must be true or false']],
    ['contact: true', ['wed.yaml:5: contact must be text, for example JTmaveryk#0001']],
    [
      'sources: { game: 10.0.0.0/8 }',
      ['wed.yaml:5: sources.game must be any, roblox or a list of networks, for example ["10.0.0.0/8"]'],
    ],
    [
      'sources: { bot: [10.0.0.0/33, 10.0.0.1] }',
      ['wed.yaml:5: sources.bot[0] must be a network, an address or roblox, for example 10.0.0.0/8 or 2001:db8::1'],
    ],
  ])('%j', (section, mistakes) => {
    expect(listMistakes(writeCommunity(section))).toEqual(mistakes)
  })
})

describe('a member that does not exist, or exists twice', () => {
  test.each<[string, string[]]>([
    ['nane: Wed', ['wed.yaml:5: nane is not known: did you mean name?']],
    ['roblox: { group: 5, api_key: hush }', ['wed.yaml:2: roblox.api_key is not known: did you mean apiKey?']],
    ['roblox: { group: 5, APIKEY: hush }', ['wed.yaml:2: roblox.APIKEY is not known: did you mean apiKey?']],
    [
      'roblox: { group: 5, color: red }',
      ['wed.yaml:2: roblox.color is not known: allowed here are group, apiKey, universe, webhookSecret, rankSeconds'],
    ],
    [
      'sources:\n  game: any\n  "hush hush": any',
      ['wed.yaml:7: sources has a member that is not known: allowed are game, bot, status'],
    ],
    [
      '__proto__: {}',
      [
        'wed.yaml:5: the file has a member that is not known: allowed are name, contact, roblox, ranks, certifications, places, points, applications, discord, sources, serverTokens, statusPage, retention',
      ],
    ],
    ['retention: { shift: 1 }', ['wed.yaml:5: retention.shift is not known: did you mean shifts?']],
    ['constructor: {}', [expect.stringContaining('wed.yaml:5: constructor is not known: allowed here are name')]],
    [
      'points:\n  minimumSeconds: 5\n  minimumSeconds: 6',
      ['wed.yaml:7: points.minimumSeconds is given twice, first on line 6: keep one of them'],
    ],
    [
      'certifications:\n  codes:\n    tot: A\n    "tot": B',
      ['wed.yaml:8: certifications.codes.tot is given twice, first on line 7: keep one of them'],
    ],
    ['places:\n  5: {}\n  "005": {}', ['wed.yaml:7: places.005 is given twice, first on line 6: keep one of them']],
  ])('%j', (section, mistakes) => {
    expect(listMistakes(writeCommunity(section))).toEqual(mistakes)
  })
})

describe('members that do not fit each other', () => {
  test.each<[string, string[]]>([
    [
      'ranks: { trainee: 51, cast: 50, clearance: [] }',
      ['wed.yaml:3: ranks.cast must be the same as ranks.trainee or higher'],
    ],
    [
      'ranks: { trainee: 1, cast: 50, clearance: [50, 50, x, 40] }',
      [
        `wed.yaml:3: ranks.clearance[2] ${aRank}`,
        'wed.yaml:3: ranks.clearance[1] must be higher than the rank before it, for example [50, 100, 150]',
        'wed.yaml:3: ranks.clearance[3] must be higher than the rank before it, for example [50, 100, 150]',
      ],
    ],
    [
      'places:\n  5:\n    certification: tot',
      ['wed.yaml:7: places.5.certification must be left out, or added to certifications.codes, which lists none'],
    ],
    [
      'certifications: { codes: { a: A, b: B } }\nplaces: { 5: { certification: c }, 6: { certification: a } }',
      ['wed.yaml:6: places.5.certification must be one of certifications.codes: a, b'],
    ],
    [
      'applications:\n  role: A\n  paste: pastebin',
      ['wed.yaml:6: applications.paste needs applications.pastebinKey: add it, or write paste: builtin'],
    ],
    [
      'applications: { role: A, cooldownDays: 30.5 }\nretention:\n  bans: 1\n  applications: 30',
      ['wed.yaml:7: retention.applications must be the same as applications.cooldownDays or more'],
    ],
    [
      'discord:\n  links: [table, bloxlink, rover]\n  roverKey: k',
      [
        'wed.yaml:6: discord.links[1] needs discord.guild and discord.bloxlinkKey: add them, or leave bloxlink out',
        'wed.yaml:6: discord.links[2] needs discord.guild: add it, or leave rover out',
      ],
    ],
  ])('%j', (section, mistakes) => {
    expect(listMistakes(writeCommunity(section))).toEqual(mistakes)
  })
})

test('a slug is what can stand in a command', () => {
  for (const slug of ['WED', '-wed', 'w_d', '', 'a'.repeat(64)]) {
    expect(() => parseCommunity({ slug, file: 'x.yaml', text: writeCommunity(), variables: {} })).toThrow(
      'x.yaml: must be called by 1 to 63 of a-z, 0-9 and -, for example wed.yaml: rename it',
    )
  }
})
