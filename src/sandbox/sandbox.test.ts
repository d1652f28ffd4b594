import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type FailureMode, failureModes, type SandboxService, sandboxServices } from './failures.ts'
import { roleIds } from './population.ts'
import { type Sandbox, startSandbox } from './sandbox.ts'
import { ask, askCloud, member, startTestSandbox, testStart } from './testing.ts'
import { sandboxIds, sandboxKeys } from './world.ts'

const discordId = '100000000000001001'

/** A right request to each service, with what its success and its emptiness look like. */
const requests: Record<SandboxService, { path: string; request?: Parameters<typeof ask>[1]; empty: string }> = {
  robloxApis: {
    path: '/cloud/v2/groups/1/memberships',
    request: { headers: { 'x-api-key': sandboxKeys.openCloud } },
    empty: '{"groupMemberships":[],"nextPageToken":""}',
  },
  robloxUsers: { path: '/v1/usernames/users', request: { json: { usernames: ['Roblox'] } }, empty: '{"data":[]}' },
  robloxGroups: { path: '/v1/groups/1/roles', empty: '{"groupId":1,"roles":[]}' },
  robloxThumbnails: { path: '/v1/users/avatar-headshot?userIds=1', empty: '{"data":[]}' },
  bloxlink: {
    path: `/v4/public/guilds/${sandboxIds.guild}/discord-to-roblox/${discordId}`,
    request: { headers: { authorization: sandboxKeys.bloxlink } },
    empty: '{}',
  },
  rover: {
    path: `/api/guilds/${sandboxIds.guild}/discord-to-roblox/${discordId}`,
    request: { headers: { authorization: `Bearer ${sandboxKeys.rover}` } },
    empty: '{}',
  },
  pastebin: {
    path: '/api/api_post.php',
    request: { form: { api_dev_key: sandboxKeys.pastebin, api_option: 'paste', api_paste_code: 'text' } },
    empty: '',
  },
  discord: { path: `/api/v10/webhooks/${sandboxIds.webhook}/${sandboxKeys.webhookToken}`, empty: '{}' },
}

function request(sandbox: Sandbox, service: SandboxService, options: { timeoutMs?: number } = {}) {
  const { path, request } = requests[service]
  return ask(`${sandbox.addresses[service]}${path}`, { ...request, ...options })
}

/** The system's code for why a request got no answer; undefined where it got one. */
async function failureOf(request: Promise<unknown>): Promise<unknown> {
  const error = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return member(member(error, 'cause'), 'code')
}

const limited: Record<SandboxService, string> = {
  robloxApis: '{"code":"RESOURCE_EXHAUSTED","message":"The request quota was exceeded."}',
  robloxUsers: '{"errors":[{"code":0,"message":"Too many requests"}]}',
  robloxGroups: '{"errors":[{"code":0,"message":"Too many requests"}]}',
  robloxThumbnails: '{"errors":[{"code":0,"message":"Too many requests"}]}',
  bloxlink: '{"error":"You have reached your API key limit for today. Email cm@blox.link for elevated rates."}',
  rover: '{"errorCode":"discord_rate_limit","message":"You are being rate limited","detail":null,"context":null}',
  pastebin: 'Too Many Requests',
  discord: '{"message":"You are being rate limited.","retry_after":7,"global":false}',
}

const broken: Record<SandboxService, string> = {
  robloxApis: '{"code":"INTERNAL","message":"An internal error occurred."}',
  robloxUsers: '{"errors":[{"code":0,"message":"InternalServerError"}]}',
  robloxGroups: '{"errors":[{"code":0,"message":"InternalServerError"}]}',
  robloxThumbnails: '{"errors":[{"code":0,"message":"InternalServerError"}]}',
  bloxlink: '{"error":"Internal server error"}',
  rover: '{"errorCode":"internal_error","message":"Internal server error","detail":null,"context":null}',
  pastebin: 'Internal Server Error',
  discord: '{"message":"500: Internal Server Error","code":0}',
}

describe.each(sandboxServices)('%s', (service) => {
  test('answers on an address of its own', async () => {
    const sandbox = await startTestSandbox()
    expect(sandbox.addresses[service]).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(new Set([...Object.values(sandbox.addresses), sandbox.controlAddress]).size).toBe(9)
    expect((await request(sandbox, service)).status).toBe(200)
  })

  test('can refuse the connection', async () => {
    const sandbox = await startTestSandbox()
    sandbox.fail(service, { mode: 'refuse' })
    expect(await failureOf(request(sandbox, service))).toBe('ECONNRESET')
    expect(sandbox.requests(service)).toHaveLength(1)
  })

  test('can hang', async () => {
    const sandbox = await startTestSandbox()
    sandbox.fail(service, { mode: 'hang' })
    await expect(request(sandbox, service, { timeoutMs: 100 })).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  test('can be slow', async () => {
    const sandbox = await startTestSandbox()
    sandbox.fail(service, { mode: 'slow', delayMs: 60 })
    const began = performance.now()
    expect((await request(sandbox, service)).status).toBe(200)
    expect(performance.now() - began).toBeGreaterThan(55)
  })

  test('can refuse as too many, in its own words', async () => {
    const sandbox = await startTestSandbox()
    sandbox.fail(service, { mode: '429', retryAfterSeconds: 7 })
    const told = await request(sandbox, service)
    sandbox.fail(service, { mode: '429' })
    const untold = await request(sandbox, service)
    expect([told.status, told.text, told.headers.get('retry-after')]).toEqual([429, limited[service], '7'])
    expect([untold.status, untold.headers.get('retry-after')]).toEqual([429, null])
  })

  test('can break, in its own words', async () => {
    const sandbox = await startTestSandbox()
    sandbox.fail(service, { mode: '500' })
    const { status, text } = await request(sandbox, service)
    expect([status, text]).toEqual([500, broken[service]])
  })

  test('can answer with a page', async () => {
    const sandbox = await startTestSandbox()
    sandbox.fail(service, { mode: 'html' })
    const { status, text, headers } = await request(sandbox, service)
    expect([status, headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8'])
    expect(text).toMatch(/^<!DOCTYPE html>/)
  })

  test('can answer with nothing', async () => {
    const sandbox = await startTestSandbox()
    sandbox.fail(service, { mode: 'empty' })
    const { status, text } = await request(sandbox, service)
    expect([status, text]).toEqual([200, requests[service].empty])
  })

  test('can cut an answer off', async () => {
    const sandbox = await startTestSandbox()
    const whole = await request(sandbox, service)
    sandbox.fail(service, { mode: 'truncated' })
    const cut = await request(sandbox, service)
    expect(cut.status).toBe(200)
    expect(cut.text.length).toBeGreaterThan(0)
    expect(cut.text.length).toBe(Math.ceil(whole.text.length / 2))
    expect(cut.body).toBeUndefined()
  })
})

const assign = {
  path: '/cloud/v2/groups/1/memberships/1006:assignRole',
  json: { role: `groups/1/roles/${roleIds.castMember}` },
}
const takesEffect: readonly FailureMode[] = ['slow', 'lost']

test.each(failureModes)('a change that meets %s takes effect as it should', async (mode) => {
  const sandbox = await startTestSandbox()
  sandbox.fail('robloxApis', { mode, delayMs: 20 })
  await askCloud(sandbox, assign.path, { json: assign.json, timeoutMs: 100 }).catch(() => undefined)
  const expected = takesEffect.includes(mode) ? 'Cast Member' : 'Member'
  expect(sandbox.world.highestRoleOf('1006')?.name).toBe(expected)
})

test('what is lost is reset after it took effect', async () => {
  const sandbox = await startTestSandbox()
  sandbox.fail('robloxApis', { mode: 'lost' })
  expect(await failureOf(askCloud(sandbox, assign.path, { json: assign.json }))).toBe('ECONNRESET')
})

test('a failure heals after its times, counted over the group it was set for', async () => {
  const sandbox = await startTestSandbox()
  sandbox.fail('roblox', { mode: '500', times: 2 })
  const order = ['robloxUsers', 'discord', 'robloxApis', 'robloxUsers', 'robloxGroups'] as const
  const statuses: number[] = []
  for (const service of order) statuses.push((await request(sandbox, service)).status)
  expect(statuses).toEqual([500, 200, 500, 200, 200])
})

test('healing one service leaves the others failing, healing all leaves none', async () => {
  const sandbox = await startTestSandbox()
  const statuses = () => Promise.all(sandboxServices.map(async (service) => (await request(sandbox, service)).status))
  sandbox.fail('all', { mode: '500' })
  sandbox.heal('robloxUsers')
  expect(await statuses()).toEqual([500, 200, 500, 500, 500, 500, 500, 500])
  sandbox.heal('roblox')
  expect(await statuses()).toEqual([200, 200, 200, 200, 500, 500, 500, 500])
  sandbox.heal()
  expect(await statuses()).toEqual(Array(8).fill(200))
})

test('requests are recorded with all that was sent, until they are forgotten', async () => {
  const sandbox = await startTestSandbox()
  await request(sandbox, 'robloxThumbnails')
  sandbox.advance(5)
  await request(sandbox, 'bloxlink')
  await request(sandbox, 'robloxUsers')
  expect(sandbox.requests().map(({ service }) => service)).toEqual(['robloxThumbnails', 'bloxlink', 'robloxUsers'])
  expect(sandbox.requests('roblox')).toHaveLength(2)
  expect(sandbox.requests('robloxThumbnails')[0]?.path).toBe('/v1/users/avatar-headshot?userIds=1')
  expect(sandbox.requests('bloxlink')[0]?.headers).toMatchObject({ authorization: sandboxKeys.bloxlink })
  expect(sandbox.requests('robloxUsers')).toEqual([
    {
      service: 'robloxUsers',
      method: 'POST',
      path: '/v1/usernames/users',
      headers: expect.objectContaining({ 'content-type': 'application/json' }),
      body: '{"usernames":["Roblox"]}',
      at: testStart + 5000,
    },
  ])
  sandbox.forgetRequests()
  expect(sandbox.requests()).toEqual([])
})

test('a body of more than 1 MiB is refused and not recorded', async () => {
  const sandbox = await startTestSandbox()
  const most = JSON.stringify({ usernames: [] })
  const json = (bytes: number) => ({ usernames: [], padding: 'x'.repeat(bytes - most.length - ',"padding":""'.length) })
  const url = `${sandbox.addresses.robloxUsers}/v1/usernames/users`
  const allowed = await ask(url, { json: json(1024 * 1024) })
  const refused = await ask(url, { json: json(1024 * 1024 + 1) })
  expect([allowed.status, refused.status]).toEqual([200, 413])
  expect(sandbox.requests()).toHaveLength(1)
})

test.each(['hang', 'slow'] as const)('closing does not wait for a request that meets %s', async (mode) => {
  const sandbox = await startTestSandbox()
  sandbox.fail('robloxUsers', { mode, delayMs: 60_000 })
  const waiting = request(sandbox, 'robloxUsers').catch((error: unknown) => error)
  while (sandbox.requests().length === 0) await delay(5)
  const began = performance.now()
  await sandbox.close()
  expect(performance.now() - began).toBeLessThan(500)
  expect(await waiting).toBeInstanceOf(Error)
  await expect(request(sandbox, 'discord')).rejects.toThrow('fetch failed')
})

test('ports can be chosen, and a port that is taken stops the whole', async () => {
  const first = await startTestSandbox()
  const port = Number(new URL(first.addresses.rover).port)
  await expect(startSandbox({ clock: Date.now, ports: { rover: port } })).rejects.toThrow(
    `the sandbox can't put rover on port ${port}`,
  )
  await first.close()
  const second = await startSandbox({ clock: Date.now, ports: { rover: port }, controlPort: 0 })
  expect(second.addresses.rover).toBe(first.addresses.rover)
  await second.close()
})
