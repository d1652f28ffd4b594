import { expect, test } from 'vitest'
import { ask, startTestSandbox } from './testing.ts'
import { sandboxIds, sandboxKeys } from './world.ts'

const student = '100000000000001001'
const headers = { authorization: sandboxKeys.bloxlink }
const guild = `/v4/public/guilds/${sandboxIds.guild}`

test.each([
  ['no key', `${guild}/discord-to-roblox/${student}`, {}, 401, 'Invalid API Key'],
  [
    'a key after Bearer',
    `${guild}/discord-to-roblox/${student}`,
    { authorization: `Bearer ${sandboxKeys.bloxlink}` },
    401,
    'Invalid API Key',
  ],
  ['no key in reverse', `${guild}/roblox-to-discord/1001`, {}, 401, 'Invalid API Key'],
  [
    'another guild',
    `/v4/public/guilds/1/discord-to-roblox/${student}`,
    headers,
    403,
    'Guild ID does not match API Key',
  ],
  ['an unlinked Discord id', `${guild}/discord-to-roblox/100000000000009999`, headers, 404, 'User not found'],
  ['an unlinked Roblox id', `${guild}/roblox-to-discord/1007`, headers, 404, 'User not found'],
  ['another path', '/v4/public/elsewhere', headers, 404, 'Not found'],
])('%s is refused', async (_name, path, given, status, error) => {
  const { addresses } = await startTestSandbox()
  const reply = await ask(`${addresses.bloxlink}${path}`, { headers: given })
  expect([reply.status, reply.body]).toEqual([status, { error }])
})

test('links are followed both ways', async () => {
  const { addresses, world } = await startTestSandbox()
  world.linkDiscord({ discordId: '100000000000009999', robloxId: '1001' })
  const forth = await ask(`${addresses.bloxlink}${guild}/discord-to-roblox/${student}`, { headers })
  const back = await ask(`${addresses.bloxlink}${guild}/roblox-to-discord/1001`, { headers })
  expect(forth.body).toEqual({ robloxID: '1001', resolved: {} })
  expect(back.body).toEqual({ discordIDs: [student, '100000000000009999'], resolved: {} })
})

test('the quota of the day ends', async () => {
  const { addresses, world } = await startTestSandbox()
  world.bloxlinkQuotaLeft = 1
  const url = `${addresses.bloxlink}${guild}/discord-to-roblox/${student}`
  const last = await ask(url, { headers })
  const tooMany = await ask(url, { headers })
  world.bloxlinkQuotaLeft = undefined
  const afterwards = await ask(url, { headers })
  expect([last.status, tooMany.status, afterwards.status]).toEqual([200, 429, 200])
  expect(tooMany.body).toEqual({
    error: 'You have reached your API key limit for today. Email cm@blox.link for elevated rates.',
  })
})
