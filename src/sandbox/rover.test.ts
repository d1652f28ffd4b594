import { expect, test } from 'vitest'
import { ask, startTestSandbox } from './testing.ts'
import { sandboxIds, sandboxKeys } from './world.ts'

const student = '100000000000001001'
const headers = { authorization: `Bearer ${sandboxKeys.rover}` }
const guild = `/api/guilds/${sandboxIds.guild}`
const badKey = { errorCode: 'unauthorized', message: 'Invalid API key', detail: null, context: null }

test.each([
  ['no key', `${guild}/discord-to-roblox/${student}`, {}, 401, badKey],
  ['a key without Bearer', `${guild}/roblox-to-discord/1001`, { authorization: sandboxKeys.rover }, 401, badKey],
  ['another guild', `/api/guilds/1/discord-to-roblox/${student}`, headers, 403, { errorCode: 'forbidden' }],
  [
    'an unlinked Discord id',
    `${guild}/discord-to-roblox/100000000000009999`,
    headers,
    404,
    { errorCode: 'user_not_found' },
  ],
  ['an unlinked Roblox id', `${guild}/roblox-to-discord/1007`, headers, 404, { errorCode: 'user_not_found' }],
  ['another path', '/api/elsewhere', headers, 404, { errorCode: 'not_found' }],
])('%s is refused', async (_name, path, given, status, body) => {
  const { addresses } = await startTestSandbox()
  const reply = await ask(`${addresses.rover}${path}`, { headers: given })
  expect(reply.status).toBe(status)
  expect(reply.body).toMatchObject(body)
})

test('links are followed both ways, with the name of the Roblox account', async () => {
  const { addresses } = await startTestSandbox()
  const forth = await ask(`${addresses.rover}${guild}/discord-to-roblox/${student}`, { headers })
  const back = await ask(`${addresses.rover}${guild}/roblox-to-discord/1001`, { headers })
  expect(forth.body).toEqual({
    robloxId: 1001,
    cachedUsername: 'StudentOne',
    discordId: student,
    guildId: sandboxIds.guild,
  })
  expect(back.body).toEqual({
    discordUsers: [{ user: { id: student, username: `discord-${student}` }, nick: null, roles: [] }],
    robloxId: 1001,
    guildId: sandboxIds.guild,
  })
})

test('the two services know their own links only', async () => {
  const { addresses, world } = await startTestSandbox()
  const statuses = async (discordId: string) => {
    const bloxlink = `${addresses.bloxlink}/v4/public/guilds/${sandboxIds.guild}/discord-to-roblox/${discordId}`
    const ofRover = await ask(`${addresses.rover}${guild}/discord-to-roblox/${discordId}`, { headers })
    const ofBloxlink = await ask(bloxlink, { headers: { authorization: sandboxKeys.bloxlink } })
    return { rover: ofRover.status, bloxlink: ofBloxlink.status }
  }
  world.linkDiscord({ discordId: '100000000000009991', robloxId: '1007', in: 'rover' })
  world.linkDiscord({ discordId: '100000000000009992', robloxId: '1007', in: 'bloxlink' })
  world.unlinkDiscord({ discordId: student, in: 'rover' })
  expect(await statuses('100000000000009991')).toEqual({ rover: 200, bloxlink: 404 })
  expect(await statuses('100000000000009992')).toEqual({ rover: 404, bloxlink: 200 })
  expect(await statuses(student)).toEqual({ rover: 404, bloxlink: 200 })
  world.unlinkDiscord({ discordId: student })
  expect(await statuses(student)).toEqual({ rover: 404, bloxlink: 404 })
})

test('requests are limited', async () => {
  const { addresses, world, advance } = await startTestSandbox()
  world.rateLimits.rover = { limit: 1, seconds: 10 }
  const url = `${addresses.rover}${guild}/discord-to-roblox/${student}`
  const first = await ask(url, { headers })
  const second = await ask(url, { headers })
  advance(10)
  const third = await ask(url, { headers })
  expect([first.status, second.status, third.status]).toEqual([200, 429, 200])
  expect(first.headers.get('x-ratelimit-remaining')).toBe('0')
  expect(second.headers.get('retry-after')).toBe('10')
  expect(second.headers.get('x-ratelimit-reset-after')).toBe('10')
  expect(second.body).toHaveProperty('errorCode', 'discord_rate_limit')
})
