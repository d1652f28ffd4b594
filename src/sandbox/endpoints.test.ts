import { expect, test } from 'vitest'
import { sandboxServices } from './failures.ts'
import { roleIds } from './population.ts'
import { publishedRateLimits } from './rate-limits.ts'
import { ask, startTestSandbox } from './testing.ts'
import { sandboxIds, sandboxKeys } from './world.ts'

const cloud = { 'x-api-key': sandboxKeys.openCloud }
const bloxlink = { authorization: sandboxKeys.bloxlink }
const rover = { authorization: `Bearer ${sandboxKeys.rover}` }
const role = { role: `groups/1/roles/${roleIds.castMember}` }
const ban = { gameJoinRestriction: { active: true } }
const group = '/cloud/v2/groups/1'
const universe = `/cloud/v2/universes/${sandboxIds.universe}`
const webhook = `webhooks/${sandboxIds.webhook}/${sandboxKeys.webhookToken}`
const paste = { api_dev_key: sandboxKeys.pastebin, api_option: 'paste', api_paste_code: 'text' }

/** Every endpoint: a right request, the status of its success, and what it answers when it has nothing. */
const endpoints = [
  ['robloxApis', 'GET', group, cloud, undefined, 200, '{}'],
  ['robloxApis', 'GET', `${group}/roles`, cloud, undefined, 200, '{"groupRoles":[]}'],
  ['robloxApis', 'GET', `${group}/roles/${roleIds.member}`, cloud, undefined, 200, '{}'],
  ['robloxApis', 'GET', `${group}/memberships`, cloud, undefined, 200, '{"groupMemberships":[],"nextPageToken":""}'],
  ['robloxApis', 'PATCH', `${group}/memberships/1001`, cloud, role, 200, '{}'],
  ['robloxApis', 'POST', `${group}/memberships/1001:assignRole`, cloud, role, 200, '{}'],
  ['robloxApis', 'POST', `${group}/memberships/1001:unassignRole`, cloud, role, 200, '{}'],
  ['robloxApis', 'GET', `${group}/join-requests`, cloud, undefined, 200, '{"groupJoinRequests":[],"nextPageToken":""}'],
  ['robloxApis', 'POST', `${group}/join-requests/1005:accept`, cloud, {}, 200, ''],
  ['robloxApis', 'POST', `${group}/join-requests/1005:decline`, cloud, {}, 200, ''],
  ['robloxApis', 'GET', '/cloud/v2/users/1', cloud, undefined, 200, '{}'],
  ['robloxApis', 'GET', '/cloud/v2/users/1:generateThumbnail', cloud, undefined, 200, '{}'],
  [
    'robloxApis',
    'GET',
    `${universe}/user-restrictions`,
    cloud,
    undefined,
    200,
    '{"userRestrictions":[],"nextPageToken":""}',
  ],
  ['robloxApis', 'GET', `${universe}/user-restrictions/1`, cloud, undefined, 200, '{}'],
  ['robloxApis', 'PATCH', `${universe}/user-restrictions/1`, cloud, ban, 200, '{}'],
  ['robloxApis', 'GET', `${universe}/places/5/user-restrictions/1`, cloud, undefined, 200, '{}'],
  ['robloxApis', 'PATCH', `${universe}/places/5/user-restrictions/1`, cloud, ban, 200, '{}'],
  [
    'robloxApis',
    'GET',
    `${universe}/user-restrictions:listLogs`,
    cloud,
    undefined,
    200,
    '{"logs":[],"nextPageToken":""}',
  ],
  ['robloxApis', 'POST', `${universe}:publishMessage`, cloud, { topic: 't', message: 'm' }, 200, ''],
  ['robloxApis', 'POST', '/api-keys/v1/introspect', {}, { apiKey: sandboxKeys.openCloud }, 200, '{}'],
  ['robloxUsers', 'POST', '/v1/usernames/users', {}, { usernames: ['Roblox'] }, 200, '{"data":[]}'],
  ['robloxUsers', 'POST', '/v1/users', {}, { userIds: [1] }, 200, '{"data":[]}'],
  ['robloxUsers', 'GET', '/v1/users/1', {}, undefined, 200, '{}'],
  ['robloxGroups', 'GET', '/v1/groups/1', {}, undefined, 200, '{}'],
  ['robloxGroups', 'GET', '/v1/groups/1/roles', {}, undefined, 200, '{"groupId":1,"roles":[]}'],
  ['robloxGroups', 'GET', '/v1/users/1001/groups/roles', {}, undefined, 200, '{"data":[]}'],
  ['robloxGroups', 'GET', '/v2/users/1001/groups/roles', {}, undefined, 200, '{"data":[]}'],
  ['robloxThumbnails', 'GET', '/v1/users/avatar-headshot?userIds=1', {}, undefined, 200, '{"data":[]}'],
  [
    'bloxlink',
    'GET',
    `/v4/public/guilds/${sandboxIds.guild}/discord-to-roblox/100000000000001001`,
    bloxlink,
    undefined,
    200,
    '{}',
  ],
  [
    'bloxlink',
    'GET',
    `/v4/public/guilds/${sandboxIds.guild}/roblox-to-discord/1001`,
    bloxlink,
    undefined,
    200,
    '{"discordIDs":[]}',
  ],
  ['rover', 'GET', `/api/guilds/${sandboxIds.guild}/discord-to-roblox/100000000000001001`, rover, undefined, 200, '{}'],
  ['rover', 'GET', `/api/guilds/${sandboxIds.guild}/roblox-to-discord/1001`, rover, undefined, 200, '{}'],
  ['discord', 'GET', `/api/v10/${webhook}`, {}, undefined, 200, '{}'],
  ['discord', 'POST', `/api/v10/${webhook}`, {}, { content: 'hello' }, 204, '{}'],
  ['discord', 'POST', `/api/v10/${webhook}?wait=true`, {}, { content: 'hello' }, 200, '{}'],
  ['discord', 'POST', `/api/${webhook}`, {}, { content: 'hello' }, 204, '{}'],
] as const

test.each(endpoints)(
  '%s %s %s succeeds, and can be empty',
  async (service, method, path, headers, json, status, empty) => {
    const sandbox = await startTestSandbox()
    const url = `${sandbox.addresses[service]}${path}`
    const right = await ask(url, { method, headers, json })
    sandbox.fail(service, { mode: 'empty' })
    const emptied = await ask(url, { method, headers, json })
    expect([right.status, emptied.status, emptied.text]).toEqual([status, 200, empty])
  },
)

test('pastes are written and read, and can be empty', async () => {
  const sandbox = await startTestSandbox()
  const write = () => ask(`${sandbox.addresses.pastebin}/api/api_post.php`, { form: paste })
  const key = (await write()).text.split('/').at(-1)
  const read = () => ask(`${sandbox.addresses.pastebin}/raw/${key}`)
  expect([(await read()).status, (await read()).text]).toEqual([200, 'text'])
  sandbox.fail('pastebin', { mode: 'empty' })
  for (const reply of [await write(), await read()]) expect([reply.status, reply.text]).toEqual([200, ''])
})

test.each(sandboxServices)('%s has no answer that is empty at a path that it does not have', async (service) => {
  const sandbox = await startTestSandbox()
  sandbox.fail(service, { mode: 'empty' })
  expect((await ask(`${sandbox.addresses[service]}/nothing-here`)).status).toBe(404)
})

test('the limits are those that are published', () => {
  const { discordWebhook, updateRestrictionOfOneUser, ...others } = publishedRateLimits()
  const shown = Object.entries(others).map(([name, { limit, seconds }]) => `${name} ${limit}/${seconds}s`)
  expect(shown).toEqual([
    'getUser 1000/60s',
    'generateThumbnail 1000/60s',
    'getGroup 150/60s',
    'listRoles 300/60s',
    'getRole 300/60s',
    'listMemberships 300/60s',
    'updateMembership 300/60s',
    'assignRole 300/60s',
    'unassignRole 300/60s',
    'listJoinRequests 300/60s',
    'acceptJoinRequest 100/60s',
    'declineJoinRequest 100/60s',
    'getRestriction 50/1s',
    'listRestrictions 50/1s',
    'updateRestriction 10/1s',
    'listRestrictionLogs 50/1s',
    'publishMessage 5000/60s',
    'introspectKey 100/60s',
    'rover 300/60s',
  ])
  expect([discordWebhook, updateRestrictionOfOneUser]).toEqual([
    { limit: 5, seconds: 2 },
    { limit: 2, seconds: 60 },
  ])
})
