import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import { findPlainShell } from '../../test/command-line.ts'
import { prepareInitFolder } from '../../test/init-folder.ts'

const { sandbox, services, command, init, path, read } = prepareInitFolder()
const modeOf = (name: string) => (statSync(path(name)).mode & 0o777).toString(8)
const plainShell = findPlainShell()

describe('where it can not write, it writes nothing', () => {
  const locked = (name: string, mode: number) => () => {
    if (name === 'communities') mkdirSync(path(name))
    else writeFileSync(path(name), 'PORT=4000\n')
    chmodSync(path(name), mode)
  }

  test.skipIf(plainShell === undefined).each<[string, () => void, RegExp]>([
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
    const ended = await init(['--group', '1'], { MAGICBAND_SHELL: plainShell ?? '' })
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

describe('the community file', () => {
  test.each([
    ['022', '755', '644'],
    ['027', '750', '640'],
  ])('is for whom the umask says (%s), unlike .env', async (mask, folderMode, fileMode) => {
    await init(['--group', '1', '--slug', 'wed'], { MAGICBAND_SHELL: `umask ${mask}` })
    expect([modeOf('communities'), modeOf('communities/wed.yaml')]).toEqual([folderMode, fileMode])
    expect(modeOf('.env')).toBe('600')
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
  test.runIf(process.getuid?.() === 0 && plainShell !== undefined)(
    "stays another's, who lets this user write to it",
    async () => {
      writeFileSync(path('.env'), '')
      chmodSync(path('.env'), 0o666)
      chownSync(path('.env'), 12_345, 12_345)
      const ended = await init(['--group', '1', '--slug', 'wed'], { MAGICBAND_SHELL: plainShell ?? '' })
      expect([ended.code, ended.stderr]).toEqual([0, ''])
      expect([statSync(path('.env')).uid, statSync(path('.env')).gid, modeOf('.env')]).toEqual([12_345, 12_345, '666'])
      expect(parseEnv(read('.env'))).toHaveProperty('WED_ROBLOX_API_KEY', '')
    },
  )

  test('stays as it is where it has all of them', async () => {
    await init(['--group', '1', '--slug', 'wed'])
    const before = read('.env')
    await command().run(['init', '--group', '1', '--slug', 'wed'], { ...services(), MAGICBAND_COMMUNITIES: './other' })
    expect([existsSync(path('other/wed.yaml')), read('.env')]).toEqual([true, before])
  })
})
