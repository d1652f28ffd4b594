import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CommandFolder, makeCommandFolder } from '../../test/command-line.ts'
import { communityFile } from '../../test/magicband.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'

let sandbox: Sandbox
let services: Record<string, string>
let command: CommandFolder
beforeAll(async () => {
  sandbox = await startSandbox({ clock: Date.now })
  const { robloxApis, robloxGroups, bloxlink, rover } = sandbox.addresses
  services = { ROBLOX_APIS_URL: robloxApis, ROBLOX_GROUPS_URL: robloxGroups, BLOXLINK_URL: bloxlink, ROVER_URL: rover }
  command = makeCommandFolder({ wed: communityFile })
  await command.run(['migrate'])
})
afterAll(async () => {
  await command.remove()
  await sandbox.close()
})

const linesOf = (text: string) => text.split('\n').slice(0, -1)

describe('doctor', () => {
  test('finds nothing wrong with what a newcomer has, and ends with 0', async () => {
    const newcomer = makeCommandFolder()
    const { code, stdout, stderr } = await newcomer.run(['doctor'])
    await newcomer.remove()
    expect([code, stderr]).toEqual([0, ''])
    expect(linesOf(stdout).length).toBeGreaterThan(8)
    expect(linesOf(stdout).filter((line) => !/^ok {7}\S/.test(line))).toEqual([
      expect.stringMatching(/^warning {2}communities: there is no community file in \.\/communities, .* sandbox/),
      expect.stringMatching(/^warning {2}database: .*: `magicband start` makes it/),
    ])
  })

  test('prints a line a finding, and ends with 0 where there are only warnings', async () => {
    sandbox.world.keyExpiresAt = Date.now() + 86_400_000
    const { code, stdout, stderr } = await command.run(['doctor'], services)
    sandbox.world.keyExpiresAt = undefined
    expect([code, stderr]).toEqual([0, ''])
    const lines = linesOf(stdout)
    expect(lines[0]).toBe('ok       configuration: no mistakes')
    expect(lines.filter((line) => !line.startsWith('ok '))).toEqual([
      expect.stringMatching(/^warning {2}wed: roblox.apiKey: .*renew it/),
    ])
  })

  test('ends with 1 where something is wrong, after it has looked at everything', async () => {
    sandbox.world.keyScopes = ['group:read']
    const broken = { ...services, BLOXLINK_URL: 'http://127.0.0.1:1' }
    const { code, stdout, stderr } = await command.run(['doctor'], broken)
    expect([code, stderr]).toEqual([1, '2 problems\n'])
    expect(linesOf(stdout).filter((line) => line.startsWith('problem'))).toEqual([
      expect.stringMatching(/^problem {2}wed: roblox.apiKey: .*lacks group:write: add this/),
      expect.stringMatching(/^problem {2}wed: discord.bloxlinkKey: .*check this machine's connection/),
    ])
    expect(stdout).toMatch(/^ok {7}clock/m)
    expect(stdout + stderr).not.toContain('sandbox-open-cloud-key')
  })

  test('tells of mistakes in the community file instead', async () => {
    const wrong = makeCommandFolder({ wed: communityFile.replace('trainee: 10', 'trainee: ten') })
    const { code, stdout, stderr } = await wrong.run(['doctor'], services)
    await wrong.remove()
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('wed.yaml:5')
  })
})
