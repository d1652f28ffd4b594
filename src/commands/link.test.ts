import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CommandFolder, makeCommandFolder } from '../../test/command-line.ts'
import { communityFile } from '../../test/magicband.ts'
import { openDatabase } from '../database/database.ts'
import { listTableLinks } from '../players/links.store.ts'

const discord = '12345678901234567890'
const other = '100000000000000001'

let command: CommandFolder
beforeAll(async () => {
  command = makeCommandFolder({ wed: communityFile, zoo: communityFile })
  await command.run(['migrate'])
})
afterAll(() => command.remove())

const link = (...args: string[]) => command.run(['link', ...args])

/** What is in the table, as `link list` prints it. */
async function list(community = 'wed'): Promise<string[]> {
  const database = openDatabase(command.databaseUrl)
  const links = await listTableLinks(database.read, community)
  await database.close()
  return links.map(({ discordId, robloxId }) => `${discordId},${robloxId}`)
}

function write(name: string, text: string): string {
  const file = join(command.folder, name)
  writeFileSync(file, text)
  return file
}

describe.concurrent('link refuses, and leaves everything as it is,', () => {
  test.each([
    ['no community', ['add', discord, '1'], 2, '--community'],
    [
      'an unknown community',
      ['add', '--community', 'wde', discord, '1'],
      1,
      'there is no community file for wde; there are: wed, zoo',
    ],
    ['an unknown community to list', ['list', '--community', 'wde'], 1, 'there are: wed, zoo'],
    ['an unknown community to remove from', ['remove', '--community', 'wde', discord], 1, 'there are: wed, zoo'],
    [
      'a Discord id of 16 digits',
      ['add', '--community', 'wed', '1234567890123456', '1'],
      2,
      'A Discord id has 17 to 20 digits.',
    ],
    [
      'a Roblox name for an id',
      ['add', '--community', 'wed', discord, 'Roblox'],
      2,
      'A Roblox id is a whole number from 1 on.',
    ],
    ['Roblox id 0', ['add', '--community', 'wed', discord, '0'], 2, 'A Roblox id is a whole number from 1 on.'],
    [
      'an account that is not linked',
      ['remove', '--community', 'wed', discord],
      1,
      `${discord} is not linked in wed; see: link list`,
    ],
    ['a file that is not there', ['import', '--community', 'wed', 'nowhere.csv'], 1, 'nowhere.csv'],
  ])('%s', async (_name, args, code, message) => {
    const ended = await link(...args)
    expect([ended.code, ended.stdout]).toEqual([code, ''])
    expect(ended.stderr).toContain(message)
    expect(ended.stderr).not.toMatch(/^\s+at /m)
    expect(await list()).toEqual([])
  })

  test('a file with mistakes, all of which it names', async () => {
    const lines = [
      'discord,roblox',
      `${other},1`,
      `${discord},Roblox`,
      '',
      '1234,5',
      `${other}`,
      `${discord},2,more`,
      ',7',
    ]
    const ended = await link('import', '--community', 'wed', write('mistakes.csv', lines.join('\n')))
    expect([ended.code, ended.stdout]).toEqual([1, ''])
    const places = ended.stderr
      .trim()
      .split('\n')
      .map((line) => line.match(/mistakes\.csv:(\d+): write a Discord id of 17 to 20 digits/)?.[1])
    expect(places).toEqual(['3', '5', '6', '8'])
    expect(await list()).toEqual([])
  })

  test('a file whose first line looks like a link that is wrong', async () => {
    const ended = await link('import', '--community', 'wed', write('first.csv', `123,1\n${other},1\n`))
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining('first.csv:1:')])
    expect(await list()).toEqual([])
  })
})

describe('link', () => {
  test('adds, replaces, lists and removes, in one community', async () => {
    for (const robloxId of ['1', '172051854']) {
      const added = await link('add', '--community', 'wed', discord, robloxId)
      expect([added.code, added.stdout]).toEqual([0, ''])
    }
    await link('add', '--community', 'wed', other, '9007199254740991')
    const listed = await link('list', '--community', 'wed')
    expect([listed.code, listed.stdout]).toEqual([0, `${other},9007199254740991\n${discord},172051854\n`])
    expect(await list('zoo')).toEqual([])
    const removed = await link('remove', '--community', 'wed', discord)
    expect([removed.code, removed.stdout]).toEqual([0, ''])
    expect(await list()).toEqual([`${other},9007199254740991`])
  })

  test.each([
    ['of its own list', `${other},1\n${discord},2\n`],
    [
      'with a heading, a byte order mark and Windows line ends',
      `\ufeffDiscord ID,Roblox ID,name\r\n${discord},2,x\r\n${other},1,y\r\n`,
    ],
    ['with quotes and semicolons', `"discord";"roblox"\n"${discord}";"2"\n"${other}"; "1"\n`],
    ['with tabs, blank lines and spaces', `\n${discord}\t 2\n\n  ${other}\t1  \n\n`],
    ['in which a later line corrects an earlier one', `${discord},1\n${other},1\n${discord},2\n`],
  ])('imports a file %s', async (_name, text) => {
    const ended = await link('import', '--community', 'zoo', write('links.csv', text))
    expect([ended.code, ended.stdout]).toEqual([0, ''])
    expect(await list('zoo')).toEqual([`${other},1`, `${discord},2`])
    const database = openDatabase(command.databaseUrl)
    await database.act((trx) => trx.deleteFrom('discord_link').where('community', '=', 'zoo').execute())
    await database.close()
  })
})
