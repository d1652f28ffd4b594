import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { communityFile, type Magicband, moderator, startMagicband } from '../../test/magicband.ts'

/** Contract, rule 4: in each row a request is wrong in several ways, and the first check answers. */
let band: Magicband
/** A bot key with no scope but `profile`, whose limit is spent. */
let spent: string
beforeAll(async () => {
  const file = `${communityFile}sources: { game: ["10.1.0.0/16"], bot: ["10.2.0.0/16", "10.4.0.0/16"], status: ["10.3.0.0/16"] }\n`
  band = await startMagicband({
    files: { wed: file },
    trustProxy: ['127.0.0.1/32'],
  })
  spent = await band.createKey({ kind: 'bot', scopes: ['profile'], limit: { count: 1, perMs: 3_600_000 } })
  await band.get('/profile?id=1', { key: spent, headers: from.bot })
  for (let count = 0; count <= 100; count++) await band.get('/profile?id=1', { key: 'wrong', headers: from.guesser })
})
afterAll(() => band.stop())

const from = {
  nobody: { 'x-forwarded-for': '203.0.113.1' },
  guesser: { 'x-forwarded-for': '10.4.0.1' },
  game: { 'x-forwarded-for': '10.1.0.1' },
  bot: { 'x-forwarded-for': '10.2.0.1' },
} satisfies Record<string, Record<string, string>>

const sentences = {
  source: expect.stringContaining('from where it runs'),
  scope: expect.stringContaining('key does not allow this'),
  any: expect.any(String),
}

type Row = {
  answer: number
  message: string
  discord?: unknown
  when: string
  method?: string
  path: string
  key?: string | null
  headers: Record<string, string>
}

const badGrant = `/certification/grant?certification=&username=&moderator=1`
const rows: Row[] = [
  { when: 'route, source and key', answer: 404, message: 'not found', path: '/bans', key: null, headers: from.nobody },
  {
    when: 'method, source and key',
    answer: 405,
    message: 'not found',
    discord: sentences.any,
    method: 'GET',
    path: '/ban/add',
    key: 'wrong',
    headers: from.nobody,
  },
  {
    when: 'source and key',
    answer: 403,
    message: 'access denied',
    discord: sentences.source,
    path: badGrant,
    key: 'wrong',
    headers: from.nobody,
  },
  {
    when: 'source and scope',
    answer: 403,
    message: 'access denied',
    discord: sentences.source,
    path: badGrant,
    key: 'game',
    headers: from.nobody,
  },
  {
    when: 'too many wrong keys and the key',
    answer: 429,
    message: 'too many requests',
    discord: sentences.any,
    path: badGrant,
    key: 'wrong',
    headers: from.guesser,
  },
  {
    when: 'too many wrong keys and the scope',
    answer: 429,
    message: 'too many requests',
    discord: sentences.any,
    path: badGrant,
    key: 'game',
    headers: from.guesser,
  },
  {
    when: 'key and the source of its kind',
    answer: 401,
    message: 'invalid key',
    discord: sentences.any,
    path: badGrant,
    key: 'wrong',
    headers: from.game,
  },
  {
    when: 'key and parameters',
    answer: 401,
    message: 'invalid key',
    discord: sentences.any,
    path: badGrant,
    key: null,
    headers: from.bot,
  },
  {
    when: 'the source of its kind and the scope',
    answer: 403,
    message: 'access denied',
    discord: sentences.source,
    path: badGrant,
    key: 'status',
    headers: from.bot,
  },
  {
    when: 'scope and parameters',
    answer: 403,
    message: 'access denied',
    discord: sentences.scope,
    path: badGrant,
    key: 'game',
    headers: from.game,
  },
  {
    when: 'parameters and idempotency key',
    answer: 400,
    message: 'missing parameter: certification',
    discord: sentences.any,
    path: badGrant,
    headers: { ...from.bot, 'idempotency-key': 'x'.repeat(201) },
  },
  {
    when: 'idempotency key and the call’s own rules',
    answer: 400,
    message: 'invalid parameter: idempotency-key',
    discord: sentences.any,
    path: `/certification/grant?certification=nope&username=NobodyAtAll&moderator=${moderator}`,
    headers: { ...from.bot, 'idempotency-key': 'x'.repeat(201) },
  },
  {
    when: 'several rules of the call',
    answer: 400,
    message: 'unknown certification',
    discord: sentences.any,
    path: `/certification/grant?certification=nope&username=NobodyAtAll&moderator=${moderator}`,
    headers: from.bot,
  },
]

describe('the first check that fails answers', () => {
  test.each(rows)(
    '$answer $message: $when',
    async ({ answer, message, discord, method = 'POST', path, key, headers }) => {
      const reply = await band.request(method, path, { ...(key === undefined ? {} : { key }), headers })
      const sentence = discord === undefined ? {} : { discord }
      expect([reply.status, reply.body]).toEqual([answer, { status: 'error', message, ...sentence }])
    },
  )

  test('403: scope and limit', async () => {
    const reply = await band.post(badGrant, { key: spent, headers: from.bot })
    expect([reply.status, reply.body]).toEqual([403, expect.objectContaining({ discord: sentences.scope })])
  })

  test('429: limit and parameters', async () => {
    const reply = await band.get('/profile', { key: spent, headers: from.bot })
    expect([reply.status, reply.body]).toEqual([429, expect.objectContaining({ message: 'too many requests' })])
  })

  test('405 names the methods that are there', async () => {
    for (const [path, allow] of [
      ['/connect', 'GET, HEAD'],
      ['/log', 'POST'],
      ['/health', 'GET, HEAD'],
      ['/pastes/abc', 'GET, HEAD'],
    ] as const) {
      const reply = await band.request('DELETE', path, { key: null, headers: from.nobody })
      expect([reply.status, reply.headers.allow]).toEqual([405, allow])
    }
  })
})
