import { readdirSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { prepareInitFolder, startGroupOf } from '../../test/init-folder.ts'
import { serviceVariables } from '../../test/services.ts'
import { startSandbox } from '../sandbox/sandbox.ts'

const { command, init, path, read, readCommunity } = prepareInitFolder()

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
