import { expect, test } from 'vitest'
import type { Sandbox } from './sandbox.ts'
import { ask, startTestSandbox } from './testing.ts'
import { sandboxIds, sandboxKeys, sandboxWebhookUrl } from './world.ts'

const path = `/api/v10/webhooks/${sandboxIds.webhook}/${sandboxKeys.webhookToken}`

function post(sandbox: Sandbox, json: unknown, query = '') {
  return ask(`${sandbox.addresses.discord}${path}${query}`, { json, method: 'POST' })
}

test.each([
  [
    'an unknown webhook',
    '/api/v10/webhooks/300000000000000009/token',
    404,
    { message: 'Unknown Webhook', code: 10015 },
  ],
  [
    'a wrong token',
    `/api/v10/webhooks/${sandboxIds.webhook}/wrong`,
    401,
    { message: 'Invalid Webhook Token', code: 50027 },
  ],
  ['an id that is none', '/api/v10/webhooks/mine/token', 400, { message: 'Invalid Form Body', code: 50035 }],
  ['another path', '/api/v10/users/@me', 404, { message: '404: Not Found', code: 0 }],
])('%s is refused', async (_name, url, status, body) => {
  const { addresses, world } = await startTestSandbox()
  for (const json of [undefined, { content: 'hello' }]) {
    const reply = await ask(`${addresses.discord}${url}`, { json })
    expect(reply.status).toBe(status)
    expect(reply.body).toMatchObject(body)
  }
  expect(world.state.webhookMessages).toEqual([])
})

test('a deleted webhook is unknown', async () => {
  const sandbox = await startTestSandbox()
  sandbox.world.webhookIsDeleted = true
  expect((await post(sandbox, { content: 'hello' })).body).toEqual({ message: 'Unknown Webhook', code: 10015 })
})

const field = { name: 'n', value: 'v' }
const tooLong = (max: number) => ({
  _errors: [{ code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${max} or fewer in length.` }],
})
const required = { _errors: [{ code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }] }
const inEmbed = (errors: unknown) => ({ embeds: { 0: errors } })

test.each([
  ['content', { content: 'c'.repeat(2001) }, { content: tooLong(2000) }],
  ['a user name', { content: 'c', username: 'u'.repeat(81) }, { username: tooLong(80) }],
  ['an empty user name', { content: 'c', username: ' ' }, { username: required }],
  ['eleven embeds', { embeds: Array.from({ length: 11 }, () => ({ title: 't' })) }, { embeds: tooLong(10) }],
  ['a title', { embeds: [{ title: 't'.repeat(257) }] }, inEmbed({ title: tooLong(256) })],
  ['a description', { embeds: [{ description: 'd'.repeat(4097) }] }, inEmbed({ description: tooLong(4096) })],
  ['a footer', { embeds: [{ footer: { text: 'f'.repeat(2049) } }] }, inEmbed({ footer: { text: tooLong(2048) } })],
  ['an author', { embeds: [{ author: { name: 'a'.repeat(257) } }] }, inEmbed({ author: { name: tooLong(256) } })],
  ['26 fields', { embeds: [{ fields: Array(26).fill(field) }] }, inEmbed({ fields: tooLong(25) })],
  [
    'an empty field name',
    { embeds: [{ fields: [{ ...field, name: ' ' }] }] },
    inEmbed({ fields: { 0: { name: required } } }),
  ],
  [
    'an empty field value',
    { embeds: [{ fields: [field, { ...field, value: '' }] }] },
    inEmbed({ fields: { 1: { value: required } } }),
  ],
  [
    'a field name',
    { embeds: [{ fields: [{ ...field, name: 'n'.repeat(257) }] }] },
    inEmbed({ fields: { 0: { name: tooLong(256) } } }),
  ],
  [
    'a field value',
    { embeds: [{ fields: [{ ...field, value: 'v'.repeat(1025) }] }] },
    inEmbed({ fields: { 0: { value: tooLong(1024) } } }),
  ],
])('%s beyond its limit is refused at its place', async (_name, json, errors) => {
  const sandbox = await startTestSandbox()
  const { status, body } = await post(sandbox, json)
  expect([status, body]).toEqual([400, { message: 'Invalid Form Body', code: 50035, errors }])
  expect(sandbox.world.state.webhookMessages).toEqual([])
})

test.each([
  ['nothing to say', {}, 50006],
  ['only spaces', { content: '  ' }, 50006],
  ['a list', [], 50035],
  ['content that is no text', { content: 5 }, 50035],
  ['a name that Discord keeps for itself', { content: 'c', username: 'My Discord bot' }, 50035],
  [
    '6,001 characters of embeds',
    { embeds: [{ description: 'd'.repeat(4000) }, { description: 'd'.repeat(2001) }] },
    50035,
  ],
])('%s is refused', async (_name, json, code) => {
  const sandbox = await startTestSandbox()
  const { status, body } = await post(sandbox, json)
  expect(status).toBe(400)
  expect(body).toHaveProperty('code', code)
})

test('what is at its limits is taken, spaces around it not counted', async () => {
  const sandbox = await startTestSandbox()
  const embeds = [
    {
      title: 't'.repeat(256),
      description: 'd'.repeat(4096),
      fields: [{ name: 'n'.repeat(256), value: 'v'.repeat(1024) }],
    },
    { footer: { text: 'f'.repeat(368) }, color: 255 },
  ]
  const { status } = await post(sandbox, { content: ` ${'c'.repeat(2000)} `, username: 'u'.repeat(80), embeds })
  expect(status).toBe(204)
  expect(sandbox.world.state.webhookMessages).toMatchObject([{ content: 'c'.repeat(2000), embeds }])
})

test('a message is kept, and answered to those who wait', async () => {
  const sandbox = await startTestSandbox()
  const json = { content: 'hello', username: 'Audit', allowed_mentions: { parse: [] } }
  const silent = await post(sandbox, json)
  const waited = await post(sandbox, { content: 'again' }, '?wait=true')
  expect([silent.status, silent.text]).toEqual([204, ''])
  const [first, second] = sandbox.world.state.webhookMessages
  expect(first).toEqual({
    id: String((BigInt(Date.parse('2026-11-21T12:00:00Z')) - 1_420_070_400_000n) << 22n),
    receivedAt: '2026-11-21T12:00:00.000Z',
    content: 'hello',
    embeds: [],
    username: 'Audit',
    allowedMentions: { parse: [] },
  })
  expect(waited.status).toBe(200)
  expect(waited.body).toMatchObject({ id: second?.id, content: 'again', webhook_id: sandboxIds.webhook, type: 0 })
  expect(second?.id).toBe(String(BigInt(first?.id ?? 0) + 1n))
})

test('the webhook is shown, and takes messages at the address that people copy', async () => {
  const sandbox = await startTestSandbox()
  const shown = await ask(`${sandbox.addresses.discord}${path}`)
  const copied = sandboxWebhookUrl.replace('https://discord.com', sandbox.addresses.discord)
  const posted = await ask(copied, { json: { content: 'hello' } })
  expect(shown.body).toMatchObject({
    id: sandboxIds.webhook,
    type: 1,
    guild_id: sandboxIds.guild,
    url: sandboxWebhookUrl,
  })
  expect(posted.status).toBe(204)
  expect(sandbox.world.state.webhookMessages).toHaveLength(1)
})

test('messages are limited, and the limit ends', async () => {
  const sandbox = await startTestSandbox()
  for (let n = 0; n < 4; n += 1) await post(sandbox, { content: `${n}` })
  sandbox.advance(0.5)
  const last = await post(sandbox, { content: '4' })
  const tooMany = await post(sandbox, { content: '5' })
  sandbox.advance(1.5)
  const later = await post(sandbox, { content: '6' })
  const rates = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset-after', 'x-ratelimit-bucket']
  expect(rates.map((name) => last.headers.get(name))).toEqual(['5', '0', '1.5', 'sandbox'])
  expect([tooMany.status, tooMany.headers.get('retry-after')]).toEqual([429, '2'])
  expect(tooMany.body).toEqual({ message: 'You are being rate limited.', retry_after: 1.5, global: false })
  expect(later.status).toBe(204)
  expect(sandbox.world.state.webhookMessages.map(({ content }) => content)).toEqual(['0', '1', '2', '3', '4', '6'])
})
