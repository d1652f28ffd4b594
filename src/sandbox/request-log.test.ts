import { expect, test } from 'vitest'
import type { Call } from './http.ts'
import { RequestLog } from './request-log.ts'

const call = (url: string, body = ''): Call => ({
  method: 'GET',
  url,
  path: url,
  query: new URLSearchParams(),
  headers: {},
  body,
})

test('the last 10,000 requests are kept, all are counted', () => {
  const log = new RequestLog(() => 0)
  for (let n = 0; n <= 10_000; n += 1) log.record('rover', call(`/${n}`))
  expect(log.list()).toHaveLength(10_000)
  expect(log.list()[0]?.path).toBe('/1')
  expect(log.count('rover')).toBe(10_001)
  expect(log.count('bloxlink')).toBe(0)
})

test('large bodies push the oldest requests out', () => {
  const log = new RequestLog(() => 0)
  const body = 'x'.repeat(1024 * 1024)
  for (let n = 0; n <= 32; n += 1) log.record('pastebin', call(`/${n}`, body))
  expect(log.list().map(({ path }) => path)).toEqual(Array.from({ length: 32 }, (_, n) => `/${n + 1}`))
})
