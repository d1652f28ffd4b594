import { expect, test } from 'vitest'
import type { Sandbox } from './sandbox.ts'
import { ask, startTestSandbox } from './testing.ts'
import { sandboxKeys } from './world.ts'

const paste = {
  api_dev_key: sandboxKeys.pastebin,
  api_option: 'paste',
  api_paste_code: 'Why I want to join.\n© 2026 & more',
  api_paste_private: '1',
  api_paste_expire_date: '1M',
}

function create(sandbox: Sandbox, changes: Record<string, string> = {}) {
  return ask(`${sandbox.addresses.pastebin}/api/api_post.php`, { form: { ...paste, ...changes } })
}

async function read(sandbox: Sandbox, createdUrl: string) {
  const key = createdUrl.replace('https://pastebin.com/', '')
  return await ask(`${sandbox.addresses.pastebin}/raw/${key}`)
}

test.each([
  ['another option', { api_option: 'delete' }, 200, 'invalid api_option'],
  ['a wrong key', { api_dev_key: 'another' }, 422, 'invalid api_dev_key'],
  ['a user key', { api_user_key: 'any' }, 200, 'invalid api_user_key'],
  ['no text', { api_paste_code: '' }, 200, 'api_paste_code was empty'],
  ['a text over 512 KB', { api_paste_code: 'x'.repeat(512 * 1024 + 1) }, 200, 'maximum paste file size exceeded'],
  ['a private paste', { api_paste_private: '2' }, 200, 'invalid api_paste_private'],
  ['an unknown lifetime', { api_paste_expire_date: '2M' }, 200, 'invalid api_paste_expire_date'],
])('%s is refused', async (_name, changes, status, reason) => {
  const sandbox = await startTestSandbox()
  const reply = await create(sandbox, changes)
  expect([reply.status, reply.text]).toEqual([status, `Bad API request, ${reason}`])
  expect(sandbox.world.state.pastes.size).toBe(0)
})

test('a paste is read until it expires', async () => {
  const sandbox = await startTestSandbox()
  const { status, text } = await create(sandbox)
  expect(status).toBe(200)
  expect(text).toMatch(/^https:\/\/pastebin\.com\/[A-Za-z0-9]{8}$/)
  const raw = await read(sandbox, text)
  expect([raw.status, raw.text]).toEqual([200, paste.api_paste_code])
  expect(raw.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  sandbox.advance(30 * 86_400 - 1)
  expect((await read(sandbox, text)).status).toBe(200)
  sandbox.advance(1)
  const gone = await read(sandbox, text)
  expect([gone.status, gone.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
})

test('a paste without a lifetime stays', async () => {
  const sandbox = await startTestSandbox()
  const { text } = await create(sandbox, { api_paste_expire_date: 'N' })
  sandbox.advance(10 * 365 * 86_400)
  expect((await read(sandbox, text)).status).toBe(200)
})

test.each(['nothing1', 'constructor'])('%s is no paste', async (key) => {
  const sandbox = await startTestSandbox()
  expect((await read(sandbox, key)).status).toBe(404)
})

test('only so many unlisted pastes live at once, and public ones do not count', async () => {
  const sandbox = await startTestSandbox()
  for (let n = 0; n < 25; n += 1) await create(sandbox, { api_paste_expire_date: '1H' })
  const tooMany = await create(sandbox)
  const openly = await create(sandbox, { api_paste_private: '0' })
  sandbox.advance(3600)
  const afterwards = await create(sandbox)
  expect([tooMany.status, tooMany.text]).toEqual([
    200,
    'Bad API request, maximum number of 25 unlisted pastes for your free account',
  ])
  for (const { text } of [openly, afterwards]) expect(text).toMatch(/^https:/)
})

test('only so many pastes are made in a day', async () => {
  const sandbox = await startTestSandbox()
  sandbox.world.pastebinDailyLimit = 1
  await create(sandbox)
  const tooMany = await create(sandbox)
  sandbox.advance(86_400)
  const nextDay = await create(sandbox)
  expect(tooMany.text).toBe('Bad API request, Post limit, maximum pastes per 24h reached')
  expect(nextDay.text).toMatch(/^https:/)
})

test('creating needs POST', async () => {
  const { addresses } = await startTestSandbox()
  const reply = await ask(`${addresses.pastebin}/api/api_post.php`)
  expect([reply.status, reply.text]).toEqual([405, 'Bad API request, use POST request, not GET'])
})

test('the oldest of a thousand pastes goes when another comes', async () => {
  const sandbox = await startTestSandbox()
  sandbox.world.pastebinDailyLimit = 2000
  const first = await create(sandbox, { api_paste_private: '0' })
  const second = await create(sandbox, { api_paste_private: '0' })
  for (let n = 2; n <= 1000; n += 1) await create(sandbox, { api_paste_private: '0' })
  expect(sandbox.world.state.pastes.size).toBe(1000)
  expect([(await read(sandbox, first.text)).status, (await read(sandbox, second.text)).status]).toEqual([404, 200])
})
