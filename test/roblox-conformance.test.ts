import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ServiceAddresses } from '../src/config/environment.ts'
import { examine } from '../src/doctor/doctor.ts'
import type { Finding } from '../src/doctor/finding.ts'
import { readGroup } from '../src/init/group.ts'
import { HttpClient } from '../src/outside/http-client.ts'
import * as groupsApi from '../src/outside/roblox-groups.ts'
import { restrictUser, tryListRestrictions } from '../src/outside/roblox-universes.ts'
import { findUser, findUsersById, findUsersByName } from '../src/outside/roblox-users.ts'
import { roleIds } from '../src/sandbox/population.ts'
import { sandboxIds, sandboxKeys } from '../src/sandbox/world.ts'
import {
  communityFile,
  eventually,
  type Magicband,
  moderator,
  pathOf,
  readCommunity,
  startMagicband,
} from './magicband.ts'
import { type Checked, type Checkpoint, check, type Prism, startCheckpoint, startPrism } from './prism.ts'

let prism: Prism
beforeAll(async () => {
  prism = await startPrism()
})
afterAll(() => prism.stop())

describe('every request to Roblox is as Roblox describes it', () => {
  const file = communityFile
    .replace(sandboxKeys.openCloud, `${sandboxKeys.openCloud}, universe: ${sandboxIds.universe}`)
    .replace('ladder: [Cast Member]', 'ladder: [Applicant]')
  const files = { wed: file, plain: communityFile.replace(`, apiKey: ${sandboxKeys.openCloud}`, '') }
  const checkpoints: Checkpoint[] = []
  const seen: Checked[] = []
  let services: ServiceAddresses
  let band: Magicband
  beforeAll(async () => {
    band = await startMagicband({
      files,
      services: async ({ addresses }) => {
        services = { ...addresses }
        for (const name of ['robloxApis', 'robloxUsers', 'robloxGroups'] as const) {
          // The looking into keys stands in Roblox's handbook, not in its description.
          const isDescribed = (path: string) => path !== '/api-keys/v1/introspect'
          const checkpoint = await startCheckpoint(prism, addresses[name], { seen, isDescribed })
          checkpoints.push(checkpoint)
          services[name] = checkpoint.origin
        }
        return services
      },
    })
    band.sandbox.world.addRole({ id: '41112400', name: 'Applicant', rank: 5 })
    band.sandbox.world.setRoles('100001', ['41112400'])
  })
  afterAll(async () => {
    await band.stop()
    await Promise.all(checkpoints.map((checkpoint) => checkpoint.stop()))
  })

  const join = (id: string, community: 'wed' | 'plain' = 'wed') =>
    band.get(pathOf('/connect', { place: '1', id, training: 'false' }), { key: band.keys[community]?.game ?? null })
  const ban = { username: 'Visitor100002', moderator }
  const body = JSON.stringify({ q1: 'a', q2: 'b', q3: 'c', q4: 'd' })

  test.each<[string, string[], () => Promise<number>, number]>([
    [
      'a join',
      ['POST /v1/users', 'GET /cloud/v2/groups/{group_id}/memberships', 'GET /cloud/v2/groups/{group_id}/roles'],
      async () => (await join('1003')).status,
      200,
    ],
    ['a join of nobody', ['GET /v1/users/{userId}'], async () => (await join('999999999')).status, 404],
    [
      'a join without a key of Roblox',
      ['GET /v2/users/{userId}/groups/roles'],
      async () => (await join('1004', 'plain')).status,
      200,
    ],
    [
      'a join from outside the group without one',
      ['GET /v1/groups/{groupId}/roles'],
      async () => (await join('1', 'plain')).status,
      200,
    ],
    [
      'the set-up of a community',
      ['GET /v1/groups/{groupId}', 'GET /v1/groups/{groupId}/roles'],
      async () => ((await readGroup(services.robloxGroups, '1', Date.now)).roles.length > 0 ? 200 : 404),
      200,
    ],
    [
      'a profile by name',
      ['POST /v1/usernames/users'],
      async () => (await band.get(pathOf('/profile', { username: 'jtmaverykold' }))).status,
      200,
    ],
    [
      'a profile by what is no name',
      ['POST /v1/usernames/users'],
      async () => (await band.get(pathOf('/profile', { username: 'o "o\\ 🚒' }))).status,
      404,
    ],
    [
      'an upload',
      [],
      async () => (await band.post(pathOf('/application/upload', { id: '1005' }), { body })).status,
      200,
    ],
    [
      'an approval of one who asks to join',
      [
        'GET /cloud/v2/groups/{group_id}/join-requests',
        'POST /cloud/v2/groups/{group_id}/join-requests/{join_request_id}:accept',
        'POST /cloud/v2/groups/{group_id}/memberships/{membership_id}:assignRole',
      ],
      async () => (await band.post(pathOf('/application/approve', { id: '1005', moderator }))).status,
      200,
    ],
    [
      'an approval of one on the ladder',
      ['POST /cloud/v2/groups/{group_id}/memberships/{membership_id}:unassignRole'],
      async () => (await band.post(pathOf('/application/approve', { id: '100001', moderator }))).status,
      200,
    ],
    [
      'a ban',
      ['PATCH /cloud/v2/universes/{universe_id}/user-restrictions/{user_restriction_id}'],
      async () => (await band.post(pathOf('/ban/add', { ...ban, reason: '🚒 @'.repeat(250), duration: '90' }))).status,
      200,
    ],
    [
      'the end of a ban',
      ['PATCH /cloud/v2/universes/{universe_id}/user-restrictions/{user_restriction_id}'],
      async () => (await band.post(pathOf('/ban/remove', { ...ban, reason: 'x' }))).status,
      200,
    ],
    [
      'a shift',
      [],
      async () =>
        (await band.post(pathOf('/log', { id: '1002', place: '1', duration: '60', training: '0', server: 's' })))
          .status,
      200,
    ],
    [
      'a certification',
      [],
      async () =>
        (await band.post(pathOf('/certification/grant', { username: 'CastOne', certification: 'tot', moderator })))
          .status,
      200,
    ],
  ])('%s', async (_name, operations, act, status) => {
    const before = seen.length
    expect(await act()).toBe(status)
    // Jobs too.
    await eventually(async () =>
      (await band.app.database.read.selectFrom('job').select('id').execute()).length === 0 ? true : undefined,
    )
    const checked = seen.slice(before)
    expect(checked.filter(({ fault }) => fault !== undefined)).toEqual([])
    expect(checked.map(({ operation }) => operation)).toEqual(expect.arrayContaining(operations))
  })

  test('the questions of doctor', async () => {
    const before = seen.length
    const communities = Object.entries(files).map(([slug, text]) => readCommunity(slug, text))
    const findings: Finding[] = []
    const everything = examine({ communities, services, databaseUrl: band.databaseUrl, clock: Date.now })
    for await (const finding of everything) findings.push(finding)
    expect(findings.filter(({ status }) => status === 'problem')).toEqual([])
    const checked = seen.slice(before)
    expect(checked.filter(({ fault }) => fault !== undefined)).toEqual([])
    expect(checked.map(({ operation }) => operation)).toEqual(
      expect.arrayContaining([
        'GET /cloud/v2/groups/{group_id}',
        'GET /cloud/v2/universes/{universe_id}/user-restrictions',
      ]),
    )
  })

  test('and these are all there are', () => {
    const cloud = '/cloud/v2/groups/{group_id}'
    expect([...new Set(seen.map(({ operation }) => operation))].toSorted()).toEqual([
      `GET ${cloud}`,
      `GET ${cloud}/join-requests`,
      `GET ${cloud}/memberships`,
      `GET ${cloud}/roles`,
      'GET /cloud/v2/universes/{universe_id}/user-restrictions',
      'GET /v1/groups/{groupId}',
      'GET /v1/groups/{groupId}/roles',
      'GET /v1/users/{userId}',
      'GET /v2/users/{userId}/groups/roles',
      'PATCH /cloud/v2/universes/{universe_id}/user-restrictions/{user_restriction_id}',
      `POST ${cloud}/join-requests/{join_request_id}:accept`,
      `POST ${cloud}/memberships/{membership_id}:assignRole`,
      `POST ${cloud}/memberships/{membership_id}:unassignRole`,
      'POST /v1/usernames/users',
      'POST /v1/users',
    ])
  })
})

describe("Roblox's own examples of its answers are understood", () => {
  let client: HttpClient
  beforeAll(() => {
    const log = pino({ level: 'silent' })
    client = new HttpClient({ service: 'prism', origin: prism.origin, clock: Date.now, log })
  })
  afterAll(() => client.close())

  const group = { group: '7', apiKey: 'k' }
  const universe = { universe: '123', apiKey: 'k' }
  const once = { idempotencyKey: 'cc8ba4b0-4b3b-4f2e-8e4f-3f6d3a1c2b1a', firstSentAt: 1_768_478_400_000 }
  const builderman = { id: '156', name: 'builderman' }
  const member = { id: '99513316', name: 'Member', rank: 1 }

  test.each<[string, () => Promise<unknown>, unknown]>([
    ['a group', () => groupsApi.getGroup(client, group), { id: '7', name: 'Roblox' }],
    [
      'its roles',
      () => groupsApi.listRoles(client, group),
      expect.arrayContaining([{ id: '200', name: 'Member', rank: 1 }]),
    ],
    [
      'its roles in public',
      () => groupsApi.listRolesPublicly(client, '7'),
      expect.arrayContaining([{ id: '3', name: 'Trainee', rank: 10 }]),
    ],
    ['a member', () => groupsApi.findMemberRoleIds(client, group, '21557'), ['99513316']],
    ['a member in public', () => groupsApi.findHighestRolePublicly(client, '7', '156'), member],
    ['nobody in public', () => groupsApi.findHighestRolePublicly(client, '8', '156'), undefined],
    ['a request to join', () => groupsApi.hasJoinRequest(client, group, '156'), true],
    ['the acceptance of one', () => groupsApi.acceptJoinRequest(client, group, '156'), undefined],
    [
      'the giving of a role',
      () => groupsApi.assignRole(client, group, { userId: '156', roleId: roleIds.member }),
      undefined,
    ],
    ['the taking of a role', () => groupsApi.unassignRole(client, group, { userId: '156', roleId: '1' }), undefined],
    ['a user', () => findUser(client, '156'), builderman],
    ['users by name', () => findUsersByName(client, ['Builderman']), new Map([['builderman', builderman]])],
    ['users by id', () => findUsersById(client, ['156']), new Map([['156', builderman]])],
    [
      'a restriction',
      () => restrictUser(client, universe, { userId: '156', restriction: { isActive: false } }, once),
      undefined,
    ],
    ['restrictions', () => tryListRestrictions(client, universe), undefined],
  ])('%s', async (_name, ask, expected) => {
    expect(await ask()).toEqual(expected)
  })
})

describe('a request that is not as Roblox describes it is found', () => {
  const key = { 'x-api-key': 'k' }
  const withJson = { ...key, 'content-type': 'application/json' }
  const member = '/cloud/v2/groups/1/memberships/156'
  const restriction = '/cloud/v2/universes/1/user-restrictions/156'

  test.each<[string, string, string, Record<string, string>, string | null]>([
    ['without a key', 'GET', '/cloud/v2/groups/1', {}, null],
    ['to a path that does not exist', 'GET', '/cloud/v2/groups/1/rolls', key, null],
    ['with a method that does not exist', 'POST', '/cloud/v2/groups/1', withJson, '{}'],
    ['with an escaped verb', 'POST', `${member}%3AassignRole`, withJson, '{"role":"groups/1/roles/2"}'],
    ['without the role to give', 'POST', `${member}:assignRole`, withJson, '{}'],
    ['without a body', 'POST', '/cloud/v2/groups/1/join-requests/156:accept', key, null],
    ['with a page size in words', 'GET', '/cloud/v2/groups/1/roles?maxPageSize=many', key, null],
    ['with a parameter that does not exist', 'GET', '/cloud/v2/groups/1/roles?pageSize=20', key, null],
    [
      'with a duration without its unit',
      'PATCH',
      restriction,
      withJson,
      '{"gameJoinRestriction":{"active":true,"duration":"60"}}',
    ],
    ['with text for truth', 'PATCH', restriction, withJson, '{"gameJoinRestriction":{"active":"true"}}'],
    ['with one name for a list', 'POST', '/v1/usernames/users', withJson, '{"usernames":"builderman"}'],
    ['with ids as text', 'POST', '/v1/users', withJson, '{"userIds":["156"]}'],
  ])('%s', async (_name, method, url, headers, body) => {
    const { fault } = await check(prism, url, {
      method,
      headers,
      body: body === null ? null : new TextEncoder().encode(body),
    })
    expect(fault).toEqual(expect.any(String))
  })
})
