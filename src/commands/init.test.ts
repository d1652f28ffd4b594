import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import { prepareInitFolder, startGroupOf } from '../../test/init-folder.ts'
import { serviceVariables } from '../../test/services.ts'
import { parseCommunity } from '../config/community.ts'
import { communityJsonSchema } from '../config/community-schema.ts'

const { sandbox, services, command, init, path, read, readCommunity } = prepareInitFolder()

describe('is refused, and writes nothing', () => {
  test.each<[string, string[], number, RegExp]>([
    ['without a terminal and a group', [], 2, /no terminal to ask at: say which group with --group/],
    [
      'a group that is no number',
      ['--group', 'wed'],
      2,
      /number of the group's address, roblox.com\/communities\/NUMBER/,
    ],
    ['a group that is not there', ['--group', '77'], 1, /^Roblox knows no group 77: take the number from/],
    ['a slug that can be no file', ['--group', '1', '--slug', '../wed'], 2, /a-z, 0-9 and -/],
    [
      'a role that is not there',
      ['--group', '1', '--role', 'Mascot'],
      1,
      /^--role: Write one of University Student, Cast/,
    ],
    ['the role of every member', ['--group', '1', '--role', 'Member'], 1, /^--role: Write one of/],
    ['a Discord server that is none', ['--group', '1', '--guild', '12'], 2, /17 to 20 digits/],
    ['a name of nothing', ['--group', '1', '--name', ' '], 2, /--name .* 1 to 100 characters/],
    ['a name that is too long', ['--group', '1', '--name', 'x'.repeat(101)], 2, /--name .* 1 to 100 characters/],
  ])('%s', async (_name, args, code, message) => {
    const ended = await init(args)
    expect(ended.code).toBe(code)
    expect(ended.stderr).toMatch(message)
    expect(ended.stderr).not.toMatch(/\n\s+at /)
    expect(readdirSync(command().folder)).toEqual([])
  })

  test.each(['500', 'html', 'refuse', 'truncated', '429'] as const)('while Roblox is down (%s)', async (mode) => {
    sandbox().fail('robloxGroups', { mode })
    const ended = await init(['--group', '1'])
    sandbox().heal()
    expect([ended.code, ended.stdout]).toEqual([1, ''])
    expect(ended.stderr).toMatch(/^roblox groups: .*: nothing is written; .*status\.roblox\.com, and try again\n$/)
    expect(readdirSync(command().folder)).toEqual([])
  })

  test('a group in which nobody can be given a role', async () => {
    const poor = await startGroupOf()
    const ended = await init(['--group', '1'], serviceVariables(poor.addresses))
    await poor.close()
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringMatching(/make one with a rank from 2 to 254/)])
    expect(readdirSync(command().folder)).toEqual([])
  })

  test.each(['wed.yaml', 'wed.yml'])('where there is a file already: %s', async (name) => {
    mkdirSync(path('communities'))
    writeFileSync(path(`communities/${name}`), 'mine')
    const ended = await init(['--group', '1', '--name', 'Wed'])
    expect(ended.code).toBe(1)
    expect(ended.stderr).toBe(`communities/${name} exists already: edit it, or choose another name with --slug\n`)
    expect([read(`communities/${name}`), existsSync(path('.env'))]).toEqual(['mine', false])
  })
})

test('sets up a community that doctor accepts and that is served, and does so once', async () => {
  const made = await init(['--group', '1', '--slug', 'wed'])
  expect([made.code, made.stderr]).toEqual([0, ''])
  expect(made.stdout).toContain(
    'communities/wed.yaml is written: trainees from University Student (10), cast from Cast',
  )
  expect(made.stdout).toContain('  magicband key create --community wed --kind game  # ')

  const doctor = await command().run(['doctor'], services())
  expect([doctor.code, doctor.stderr]).toEqual([0, ''])
  const notOk = doctor.stdout.split('\n').filter((line) => !/^ok |^$/.test(line))
  expect(notOk).toEqual([
    expect.stringMatching(/^warning {2}database: .*: `magicband start` makes it/),
    expect.stringMatching(/^warning {2}wed: roblox.apiKey: there is none/),
  ])

  const key = (await command().run(['key', 'create', '--community', 'wed', '--kind', 'bot'])).stdout.trim()
  const server = command().start(['start'], services())
  const [, address = ''] = await server.written(/"address":"(http[^"]*)"/)
  const reply = await fetch(`${address}/profile?username=CastOne`, { headers: { 'x-api-key': key } })
  expect([reply.status, await reply.json()]).toMatchObject([200, { rank: 'Cast Member', rankid: 50, cast: true }])

  const before = [read('communities/wed.yaml'), read('.env')]
  const again = await init(['--group', '1', '--slug', 'wed'])
  expect([again.code, again.stdout]).toEqual([1, ''])
  expect([read('communities/wed.yaml'), read('.env')]).toEqual(before)
})

describe('the community file', () => {
  test('has the roles of the group, by name and rank, and a proposal of what they mean', async () => {
    await init(['--group', 'https://www.roblox.com/communities/1/Magicband-Sandbox#!/about'])
    const community = readCommunity('magicband-sandbox')
    expect(community).toMatchObject({
      name: 'Magicband Sandbox',
      roblox: { group: '1' },
      ranks: { trainee: 10, cast: 50, clearance: [50, 100, 150] },
      applications: { role: 'University Student', ladder: ['Cast Member', 'Senior Cast Member', 'Manager'] },
      discord: { links: ['table'], webhooks: {} },
    })
    const text = read('communities/magicband-sandbox.yaml')
    for (const { name, rank } of sandbox().world.state.roles.values())
      expect(text).toMatch(new RegExp(`^# +${rank} {2}${name}$`, 'm'))
  })

  test('says what it was told', async () => {
    const told = ['--name', 'Zoo: "A" #1', '--role', 'manager', '--guild', '200000000000000001', '--slug', '9-lives']
    await init(['--group', '1', ...told])
    expect(readCommunity('9-lives')).toMatchObject({
      name: 'Zoo: "A" #1',
      ranks: { trainee: 150, cast: 250, clearance: [250] },
      applications: { role: 'Manager', ladder: ['Executive'] },
      discord: { guild: '200000000000000001' },
    })
    expect(parseEnv(read('.env'))).toHaveProperty('_9_LIVES_ROBLOX_API_KEY', '')
  })

  test('tells of every member that a community can have', async () => {
    await init(['--group', '1', '--slug', 'wed'])
    const text = read('communities/wed.yaml')
    const schema: { properties?: Record<string, { properties?: Record<string, unknown> }> } = communityJsonSchema()
    const sections = Object.entries(schema.properties ?? {})
    expect(sections.length).toBeGreaterThan(8)
    for (const [section, { properties = {} }] of sections)
      for (const member of [section, ...Object.keys(properties)]) expect(text).toMatch(new RegExp(`\\b${member}:`))
  })

  test('is right once what stands in it as a comment is made use of', async () => {
    await init(['--group', '1', '--slug', 'wed'])
    const text = read('communities/wed.yaml').replaceAll(/^( *)# ?( *"?[\w-]+"?:(?: |$))/gm, '$1$2')
    const variables = { WED_BLOXLINK_KEY: 'bloxlink-key', WED_ROVER_KEY: 'rover-key' }
    const community = parseCommunity({ slug: 'wed', file: 'wed.yaml', text, variables })
    expect(community).toMatchObject({ contact: 'the administrators', retention: { visitors: 90 } })
    expect(community.discord).toMatchObject({ links: ['table', 'bloxlink', 'rover'], bloxlinkKey: 'bloxlink-key' })
    expect([community.roblox.universe, community.places?.size]).toEqual(['1234567', 2])
  })

  test('is written where MAGICBAND_COMMUNITIES says, and names the schema that lies there', async () => {
    mkdirSync(path('elsewhere'))
    writeFileSync(path('elsewhere/community.schema.json'), '{}')
    await init(['--group', '1', '--slug', 'wed'], { MAGICBAND_COMMUNITIES: './elsewhere' })
    expect(read('elsewhere/wed.yaml')).toMatch(/^# yaml-language-server: \$schema=\.\/community\.schema\.json\n/)
  })
})
