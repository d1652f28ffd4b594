import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { communityFile, readCommunity } from '../../test/magicband.ts'
import { makeTemporaryFolder } from '../../test/temporary-folder.ts'
import { openDatabase } from '../database/database.ts'
import { addJob } from '../jobs/queue.ts'
import type { FailureMode } from '../sandbox/sandbox.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'
import { sandboxIds, sandboxKeys, sandboxWebhookUrl } from '../sandbox/world.ts'
import { examine } from './doctor.ts'

const dayMs = 86_400_000
/** Everything that a community can have. */
const file = communityFile
  .replace(sandboxKeys.openCloud, `${sandboxKeys.openCloud}, universe: ${sandboxIds.universe}`)
  .replace('applications: {', `applications: { paste: pastebin, pastebinKey: ${sandboxKeys.pastebin},`)
  .concat(`  webhooks: { audit: "${sandboxWebhookUrl}" }\n`)

const urlOf = (home: string) => `sqlite:${join(home, 'magicband.db')}`

let sandbox: Sandbox
let folder: string
beforeEach(async () => {
  sandbox = await startSandbox({ clock: Date.now })
  folder = makeTemporaryFolder('doctor')
  const database = openDatabase(urlOf(folder))
  await database.migrate()
  await database.close()
})
afterEach(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true })
})

/** What is not ok, a line each, as the command prints it. */
async function examineAll(text = file, clock: () => number = Date.now): Promise<{ faults: string[]; oks: string[] }> {
  const databaseUrl = urlOf(folder)
  const what = { communities: [readCommunity('wed', text)], services: sandbox.addresses, databaseUrl, clock }
  const lines = []
  for await (const { status, subject, message } of examine(what))
    lines.push({ status, line: `${status} ${subject}: ${message}` })
  return {
    faults: lines.filter(({ status }) => status !== 'ok').map(({ line }) => line),
    oks: lines.filter(({ status }) => status === 'ok').map(({ line }) => line.replace(/^ok (.*?): [^:]*$/, '$1')),
  }
}

test('finds no fault in the sandbox, and changes nothing there', async () => {
  const before = JSON.stringify([...sandbox.world.state.pastes.values(), sandbox.world.state.webhookMessages])
  const { faults, oks } = await examineAll()
  expect(faults).toEqual([])
  expect(oks).toEqual([
    ...['database', 'wed: roblox.apiKey', 'wed: roblox.group', 'wed: applications.role', "wed: the key's owner"],
    ...['wed: roblox.universe', 'wed: discord.bloxlinkKey', 'wed: discord.roverKey', 'wed: discord.webhooks.audit'],
    ...['wed: applications.pastebinKey', 'clock'],
  ])
  expect(JSON.stringify([...sandbox.world.state.pastes.values(), sandbox.world.state.webhookMessages])).toBe(before)
})

test('asks nothing of services that a community does not use', async () => {
  const plain =
    'name: Plain\nroblox: { group: 1 }\nranks: { trainee: 10, cast: 50, clearance: [50] }\napplications: { role: University Student }\n'
  const { faults } = await examineAll(plain)
  expect(faults).toEqual([expect.stringMatching(/^warning wed: roblox.apiKey: there is none: .* make one at https:/)])
  expect(sandbox.requests('robloxGroups').map(({ path }) => path)).toEqual(['/v1/groups/1/roles'])
  for (const service of ['robloxApis', 'bloxlink', 'rover', 'discord', 'pastebin'] as const)
    expect(sandbox.requests(service)).toEqual([])
})

const keyPage = 'https://create.roblox.com/dashboard/credentials'
const notTaken =
  /^problem wed: (?:roblox.group|roles of the group|roblox.universe): .*401.*put a right one into the community file$/

describe('of an Open Cloud key it tells', () => {
  test.each<[string, () => void, RegExp, RegExp | undefined]>([
    [
      'that it is switched off',
      () => Object.assign(sandbox.world, { keyIsEnabled: false }),
      /^problem .*switched off, or ended by itself after 60 days without use: switch it on/,
      notTaken,
    ],
    [
      'that it has expired',
      () => Object.assign(sandbox.world, { keyExpiresAt: Date.now() - 1 }),
      /^problem .*has expired: renew it/,
      notTaken,
    ],
    [
      'that it ends within a fortnight',
      () => Object.assign(sandbox.world, { keyExpiresAt: Date.now() + 13 * dayMs }),
      /^warning .*ends on 20\d\d-.*Z: renew it before/,
      undefined,
    ],
    [
      'which scopes it lacks',
      () => Object.assign(sandbox.world, { keyScopes: ['group:read', 'universe.user-restriction:read'] }),
      /^problem .* lacks group:write, universe.user-restriction:write: add this/,
      undefined,
    ],
  ])('%s', async (_name, prepare, first, others) => {
    prepare()
    const { faults } = await examineAll()
    expect(faults[0]).toMatch(/ wed: roblox.apiKey: /)
    expect(faults[0]).toMatch(first)
    expect(faults[0]).toContain(keyPage)
    expect(faults.slice(1)).toEqual(others === undefined ? [] : Array(3).fill(expect.stringMatching(others)))
  })

  test('that Roblox does not know it, without showing it', async () => {
    const { faults } = await examineAll(file.replace(sandboxKeys.openCloud, 'some-other-key'))
    expect(faults[0]).toBe(`problem wed: roblox.apiKey: Roblox knows no such key: make a new one at ${keyPage}`)
    expect(faults.slice(1)).toEqual(Array(3).fill(expect.stringMatching(notTaken)))
    expect(faults.join()).not.toContain('some-other-key')
  })

  test('nothing where it ends later', async () => {
    sandbox.world.keyExpiresAt = Date.now() + 15 * dayMs
    expect((await examineAll()).faults).toEqual([])
  })

  test.each([
    ['1', /user 1 is not in the group: let that account join it$/],
    [
      '1001',
      /user 1001 is University Student \(10\), which is not above University Student \(10\): give that account a higher role$/,
    ],
  ])('that its owner can not rank anybody (%s)', async (owner, expected) => {
    sandbox.world.keyOwnerId = owner
    expect((await examineAll()).faults).toEqual([expect.stringMatching(expected)])
  })
})

describe('of the group and the universe it tells', () => {
  test.each<[string, (text: string) => string, RegExp[]]>([
    [
      'a group that does not exist',
      (text) => text.replace('group: 1', 'group: 77'),
      [
        /^problem wed: roblox.group: .*no group 77: take the number from/,
        /^problem wed: roles of the group: .*check the number/,
      ],
    ],
    [
      'a role that does not exist',
      (text) => text.replace('role: University Student', 'role: Studnet'),
      [/^problem wed: applications.role: the group has no role Studnet: write one of .*University Student \(10\)/],
    ],
    [
      'a role of the ladder that does not exist',
      (text) => text.replace('[Cast Member]', '[Cast]'),
      [/^problem wed: applications.ladder: the group has no role Cast: write one of /],
    ],
    [
      'a role that nobody can be given',
      (text) => text.replace('role: University Student', 'role: Guest'),
      [/^problem wed: applications.role: nobody can be given the role Guest: choose another/],
    ],
    [
      'a role that makes no trainee',
      (text) => text.replace('trainee: 10', 'trainee: 11'),
      [/^warning wed: applications.role: .*10.*below ranks.trainee \(11\).*: lower ranks.trainee, or/],
    ],
    [
      'a universe that does not exist',
      (text) => text.replace(sandboxIds.universe, '99'),
      [/^warning wed: roblox.universe: .*99 can't be read: check the number, and give the key/],
    ],
    [
      'a universe without a key',
      (text) => text.replace(`apiKey: ${sandboxKeys.openCloud}, `, ''),
      [/^warning wed: roblox.apiKey: there is none/, /^problem wed: roblox.universe: .*set roblox.apiKey/],
    ],
  ])('%s', async (_name, edit, expected) => {
    expect(edit(file)).not.toBe(file)
    expect((await examineAll(edit(file))).faults).toEqual(expected.map((one) => expect.stringMatching(one)))
  })

  test('two roles of one rank', async () => {
    sandbox.world.addRole({ id: '5', name: 'Twin', rank: 50 })
    expect((await examineAll()).faults).toEqual([
      "warning wed: roles of the group: Cast Member and Twin have the same rank 50, so Magicband can't tell which is higher: give one of them another rank",
    ])
  })
})

describe('of the other services it tells', () => {
  test.each<[string, string, RegExp]>([
    [
      'Bloxlink',
      sandboxKeys.bloxlink,
      /^problem wed: discord.bloxlinkKey: .*401.*: get a key for this server at https:/,
    ],
    ['RoVer', sandboxKeys.rover, /^problem wed: discord.roverKey: .*401.*: get a key for this server at https:/],
    [
      'Pastebin',
      sandboxKeys.pastebin,
      /^problem wed: applications.pastebinKey: .*invalid api_dev_key: take the key from https:/,
    ],
    ['the webhook', sandboxKeys.webhookToken, /^problem wed: discord.webhooks.audit: .*401.*: create a new webhook/],
  ])('that %s does not take its key, without showing it', async (_name, key, expected) => {
    const { faults } = await examineAll(file.replace(key, 'some-other-key'))
    expect(faults).toEqual([expect.stringMatching(expected)])
    expect(faults.join()).not.toContain('some-other-key')
  })

  test('that a key is not used, since nobody is looked up with it', async () => {
    const links = /links: \[.*?\]/
    expect(file).toMatch(links)
    expect((await examineAll(file.replace(links, 'links: [bloxlink]'))).faults).toEqual([
      'warning wed: discord.roverKey: is set and not used: add rover to discord.links, or take the key out',
    ])
  })

  test('that the webhook was deleted', async () => {
    sandbox.world.webhookIsDeleted = true
    expect((await examineAll()).faults).toEqual([
      expect.stringMatching(/^problem wed: discord.webhooks.audit: .*404: create a new webhook/),
    ])
  })
})

test.each<[FailureMode, string]>([
  ['refuse', "check this machine's connection, and try again later"],
  ['429', 'wait a minute, and try again'],
  ['500', 'the service itself fails: try again later'],
  ['html', 'the service itself fails: try again later'],
])('it says what to do about every service that is down (%s)', async (mode, advice) => {
  sandbox.fail('all', { mode })
  const { faults } = await examineAll()
  const subjects = [
    'roblox.apiKey',
    'roblox.group',
    'roles of the group',
    'roblox.universe',
    'discord.bloxlinkKey',
    'discord.roverKey',
    'discord.webhooks.audit',
    'applications.pastebinKey',
  ]
  const lines = subjects.map((subject) => expect.stringMatching(`^problem wed: ${subject}: .*: ${advice}$`))
  // Without any answer there is no clock to compare with.
  const clock = mode === 'refuse' ? [expect.stringMatching('^warning clock: ')] : []
  expect(faults).toEqual([...lines, ...clock])
})

test.each([
  [60_000, /^problem clock: is (?:59|60|61) seconds ahead: switch on time synchronisation/],
  [-60_000, /^problem clock: is (?:59|60|61) seconds behind: switch on time synchronisation/],
])('it compares the clock with that of Roblox (%i ms)', async (skewMs, expected) => {
  expect((await examineAll(file, () => Date.now() + skewMs)).faults).toEqual([expect.stringMatching(expected)])
})

test('it tells of jobs that were given up, and of a database that can not be opened', async () => {
  const database = openDatabase(urlOf(folder))
  await database.act(async (trx) => {
    await addJob(trx, { community: 'wed', id: '1', task: 'x', payload: {}, runAt: 1, now: 1 })
    await trx.updateTable('job').set({ given_up_at: 1 }).execute()
  })
  await database.close()
  expect((await examineAll()).faults).toEqual([
    expect.stringMatching(/^warning jobs: 1 jobs? .*given up: see `jobs list`, and `jobs retry ID`/),
  ])
  folder = join(folder, 'magicband.db')
  expect((await examineAll()).faults).toEqual([
    expect.stringMatching(/^warning database: .*no such file.*: `magicband start` makes it; if it should be there/),
  ])
  folder = join(folder, '..')
  writeFileSync(join(folder, 'magicband.db'), 'no database'.repeat(100))
  expect((await examineAll()).faults).toEqual([
    expect.stringMatching(/^problem database: .*not a database\): if DATABASE_URL names the right file, it is damaged/),
  ])
})

test('it tells of a newer version that has changed the database', async () => {
  const database = openDatabase(urlOf(folder))
  await database.act((trx) =>
    sql`insert into kysely_migration (name, timestamp) values ('9999-later', 'then')`.execute(trx),
  )
  await database.close()
  expect((await examineAll()).faults).toEqual([
    expect.stringMatching(/^warning database: a newer version has done 9999-later; .*: upgrade it/),
  ])
})
