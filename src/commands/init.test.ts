import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import { withoutPrivileges } from '../../test/command-line.ts'
import { prepareInitFolder } from '../../test/init-folder.ts'
import { serviceVariables } from '../../test/services.ts'
import { parseCommunity } from '../config/community.ts'
import { communityJsonSchema } from '../config/community-schema.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'

const { sandbox, services, command, path, read, readCommunity } = prepareInitFolder()
const init = (args: string[], more: Record<string, string> = {}) =>
  command().run(['init', ...args], { ...services(), ...more })
const modeOf = (name: string) => (statSync(path(name)).mode & 0o777).toString(8)

/** A sandbox whose group has no roles to give but these, the first with rank 20, the next with rank 30. */
async function startGroupOf(...names: string[]): Promise<Sandbox> {
  const odd = await startSandbox({ clock: Date.now })
  for (const [id, { rank }] of odd.world.state.roles) if (rank > 1 && rank < 255) odd.world.state.roles.delete(id)
  for (const [index, name] of names.entries())
    odd.world.addRole({ id: String(501 + index), name, rank: 20 + 10 * index })
  return odd
}

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

describe('where it can not write, it writes nothing', () => {
  const locked = (name: string, mode: number) => () => {
    if (name === 'communities') mkdirSync(path(name))
    else writeFileSync(path(name), 'PORT=4000\n')
    chmodSync(path(name), mode)
  }

  test.each<[string, () => void, RegExp]>([
    [
      'a file where the folder should be',
      () => writeFileSync(path('communities'), ''),
      /^\/.*\/communities must be a folder: rename what is there; nothing is written\n$/,
    ],
    [
      'a folder that may not be written',
      locked('communities', 0o555),
      /^this user must be able to write to \/.*\/communities \(EACCES\); nothing is written\n$/,
    ],
    [
      'an .env that may not be written',
      locked('.env', 0o444),
      /^this user must be able to write to \/.*\/\.env \(EACCES\); nothing is written\n$/,
    ],
  ])('%s, and asks nobody anything', async (_name, prepare, message) => {
    prepare()
    const before = [readdirSync(command().folder), sandbox().requests('robloxGroups').length]
    const ended = await init(['--group', '1'], { MAGICBAND_SHELL: withoutPrivileges })
    expect([ended.code, ended.stdout, ended.stderr]).toEqual([1, '', expect.stringMatching(message)])
    expect([readdirSync(command().folder), sandbox().requests('robloxGroups').length]).toEqual(before)
  })

  test.each(['', 'communities'])('on a disk that is full after the community file (%j is there)', async (folder) => {
    if (folder !== '') mkdirSync(path(folder))
    // Files may have 8 KiB: that of the community has half of it, and of what is added to this one not all has room.
    const full = `# ${'x'.repeat(8000)}\n`
    writeFileSync(path('.env'), full)
    const before = readdirSync(command().folder)
    const ended = await init(['--group', '1'], { MAGICBAND_SHELL: 'ulimit -f 16' })
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringMatching(/^EFBIG: .*\n$/)])
    expect([readdirSync(command().folder), read('.env')]).toEqual([before, full])
    if (folder !== '') expect(readdirSync(path(folder))).toEqual([])
  })
})

describe('the role that approval gives', () => {
  test.each([
    ['twin', '502'],
    ['Twin', '501'],
    ['Lead', 'Lead'],
    ['LEAD', 'Lead'],
    ['504', '504'],
  ])(
    'is the one that is called just so, the only one in another letter case, or has the id: %s',
    async (text, role) => {
      const odd = await startGroupOf('Twin', 'twin', 'Lead', 'Same', 'Same')
      const ended = await init(['--group', '1', '--slug', 'odd', '--role', text], serviceVariables(odd.addresses))
      await odd.close()
      expect([ended.code, ended.stderr]).toEqual([0, ''])
      expect(readCommunity('odd').applications.role).toBe(role)
    },
  )

  test.each([
    ['TWIN', 'Twin (rank 20, id 501), twin (rank 30, id 502)'],
    ['Same', 'Same (rank 50, id 504), Same (rank 60, id 505)'],
  ])('is not guessed where several are called so: %s', async (text, candidates) => {
    const odd = await startGroupOf('Twin', 'twin', 'Lead', 'Same', 'Same')
    const ended = await init(['--group', '1', '--role', text], serviceVariables(odd.addresses))
    await odd.close()
    expect(ended.stderr).toBe(`--role: Several roles are called so: ${candidates}. Write the id of one.\n`)
    expect([ended.code, readdirSync(command().folder)]).toEqual([1, []])
  })

  test('is told by its id where Roblox gives it no name, or only spaces', async () => {
    const odd = await startGroupOf('', ' ', 'Lead')
    const ended = await init(['--group', '1', '--slug', 'odd'], serviceVariables(odd.addresses))
    await odd.close()
    expect([ended.code, ended.stderr]).toEqual([0, ''])
    expect(ended.stdout).toContain('501 (a role without a name) (20), 502 (a role without a name) (30), Lead (40)')
    expect(readCommunity('odd').applications).toMatchObject({ role: '501', ladder: ['502', 'Lead'] })
    expect(read('communities/odd.yaml')).toMatch(/^# {3} 20 {2}501 \(a role without a name\)$/m)
  })
})

test('shows what orders to a terminal a name has, and gives none, as doctor does', async () => {
  const orders = 'a\u001b]0;b\u0007\u009b\u202e\u2028\nc'
  const shown = 'a\\u001b]0;b\\u0007\\u009b\\u202e\\u2028\\u000ac'
  const odd = await startGroupOf(orders)
  odd.world.groupName = `Group ${orders}`
  const made = await init(['--group', '1', '--slug', 'odd'], serviceVariables(odd.addresses))
  expect([made.code, made.stderr]).toEqual([0, ''])
  expect(made.stdout).toContain(`Group ${shown} has the roles `)
  expect(made.stdout).toContain(`trainees from ${shown} (20)`)
  const text = read('communities/odd.yaml')
  expect(text).toContain(`#    20  ${shown}\n`)
  const { name, applications } = readCommunity('odd')
  expect([name, applications.role]).toEqual([`Group ${orders}`, orders])
  writeFileSync(path('communities/odd.yaml'), text.replace(/role: .*/, 'role: None'))
  const doctor = await command().run(['doctor'], serviceVariables(odd.addresses))
  await odd.close()
  expect(doctor.stdout).toMatch(/^problem .*write one of .*\\u001b/m)
  for (const written of [made.stdout, text, doctor.stdout])
    expect(written.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Bidi_Control}]/u)
})

test.each(['x'.repeat(101), '\u3000'])(
  'gives the community another name where the group has none for it: %j',
  async (name) => {
    const odd = await startSandbox({ clock: Date.now })
    odd.world.groupName = name
    const ended = await init(['--group', '1'], serviceVariables(odd.addresses))
    await odd.close()
    expect([ended.code, readCommunity('group-1').name]).toEqual([0, 'Group 1'])
  },
)

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
  expect(notOk).toEqual([expect.stringMatching(/^warning {2}wed: roblox.apiKey: there is none/)])

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

  test('means a role by its id where its name would be taken for something else', async () => {
    const odd = await startGroupOf('Twin', 'twin', `$${'{HOME}'} "x" # y`)
    odd.world.addRole({ id: '504', name: 'Same rank', rank: 40 })
    const ended = await init(['--group', '1', '--slug', 'odd', '--role', '501'], serviceVariables(odd.addresses))
    expect([ended.code, ended.stderr]).toEqual([0, ''])
    const { ranks, applications } = readCommunity('odd')
    expect(ranks).toEqual({ trainee: 20, cast: 30, clearance: [30, 40] })
    expect(applications).toMatchObject({ role: '501', ladder: ['502', '503'] })
    const doctor = await command().run(['doctor'], serviceVariables(odd.addresses))
    await odd.close()
    expect([doctor.code, doctor.stdout]).toEqual([0, expect.stringContaining('Twin has rank 20')])
  })

  test.each([
    ['022', '755', '644'],
    ['027', '750', '640'],
  ])('is for whom the umask says (%s), unlike .env', async (mask, folderMode, fileMode) => {
    await init(['--group', '1', '--slug', 'wed'], { MAGICBAND_SHELL: `umask ${mask}` })
    expect([modeOf('communities'), modeOf('communities/wed.yaml')]).toEqual([folderMode, fileMode])
    expect(modeOf('.env')).toBe('600')
  })

  test('is written where MAGICBAND_COMMUNITIES says, and names the schema that lies there', async () => {
    mkdirSync(path('elsewhere'))
    writeFileSync(path('elsewhere/community.schema.json'), '{}')
    await init(['--group', '1', '--slug', 'wed'], { MAGICBAND_COMMUNITIES: './elsewhere' })
    expect(read('elsewhere/wed.yaml')).toMatch(/^# yaml-language-server: \$schema=\.\/community\.schema\.json\n/)
  })
})

describe('.env', () => {
  test('has an empty line for each secret that the file asks for, under where to get it, for its owner alone', async () => {
    await init(['--group', '1', '--slug', 'wed'])
    const asked = [...read('communities/wed.yaml').matchAll(/^[^#\n]*\$\{(\w+):-\}/gm)].map(([, name]) => name)
    expect(asked).toHaveLength(4)
    expect(Object.keys(parseEnv(read('.env'))).toSorted()).toEqual(asked.toSorted())
    expect(read('.env')).toMatch(/^(# .*https?:\/\/.*|# .*Discord webhook.*)\n(\w+=\n# .*\n)*\w+=\n$/)
    expect(modeOf('.env')).toBe('600')
  })

  test.each(['PORT=4000\nWED_ROBLOX_API_KEY=mine', 'PORT=4000\nexport WED_ROBLOX_API_KEY=mine\n'])(
    'keeps what it says already: %j',
    async (before) => {
      writeFileSync(path('.env'), before)
      chmodSync(path('.env'), 0o644)
      const { stdout } = await init(['--group', '1', '--slug', 'wed'])
      expect(stdout).not.toContain('WED_ROBLOX_API_KEY')
      expect(read('.env').startsWith(`${before.trim()}\n\n# `)).toBe(true)
      expect(read('.env').match(/WED_ROBLOX_API_KEY/g)).toHaveLength(1)
      expect(parseEnv(read('.env'))).toMatchObject({ PORT: '4000', WED_ROBLOX_API_KEY: 'mine', WED_ROVER_KEY: '' })
      expect(modeOf('.env')).toBe('644')
    },
  )

  // Only root can give a file away.
  test.runIf(process.getuid?.() === 0)("stays another's, who lets this user write to it", async () => {
    writeFileSync(path('.env'), '')
    chmodSync(path('.env'), 0o666)
    chownSync(path('.env'), 12_345, 12_345)
    const ended = await init(['--group', '1', '--slug', 'wed'], { MAGICBAND_SHELL: withoutPrivileges })
    expect([ended.code, ended.stderr]).toEqual([0, ''])
    expect([statSync(path('.env')).uid, statSync(path('.env')).gid, modeOf('.env')]).toEqual([12_345, 12_345, '666'])
    expect(parseEnv(read('.env'))).toHaveProperty('WED_ROBLOX_API_KEY', '')
  })

  test('stays as it is where it has all of them', async () => {
    await init(['--group', '1', '--slug', 'wed'])
    const before = read('.env')
    await command().run(['init', '--group', '1', '--slug', 'wed'], { ...services(), MAGICBAND_COMMUNITIES: './other' })
    expect([existsSync(path('other/wed.yaml')), read('.env')]).toEqual([true, before])
  })
})
