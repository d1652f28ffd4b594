import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest'
import { breakDatabase, communityFile, type Magicband, moderator, startMagicband } from '../../../test/magicband.ts'
import { createClient, type MagicbandClient, MagicbandError, type MagicbandErrorCode } from './index.ts'

/** Every refusal of a real server: one error class, with the code of the rule that refused. */
const tower = '5000000001'
const files = {
  wed: `${communityFile.replace('ladder: [Cast Member]', 'ladder: [Cast Member], cooldownDays: 14')}
places:
  "1": { name: Hub }
  "${tower}": { name: Tower of Terror, certification: tot }
`,
}

let band: Magicband
let clients: { game: MagicbandClient; bot: MagicbandClient; wrong: MagicbandClient }
beforeAll(async () => {
  band = await startMagicband({ files })
  const withKey = (key = '') => createClient({ address: band.address, key, wait: async () => undefined })
  clients = { game: withKey(band.keys.wed?.game), bot: withKey(band.keys.wed?.bot), wrong: withKey('wrong') }
})
afterAll(() => band.stop())

/** What a call throws. */
async function errorOf(call: Promise<unknown>): Promise<MagicbandError> {
  const error = await call.then(
    (answer) => expect.fail(`it was answered: ${JSON.stringify(answer)}`),
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(MagicbandError)
  return error as MagicbandError
}

const cast = { username: 'CastOne', moderator }
const answers = { q1: 'a', q2: 'b', q3: 'c', q4: 'd' }
const shift = { id: '1002', duration: 600, training: false, server: 'x' }
const notFound = "We couldn't find the requested user, please ensure you typed it correctly and try again."

type Case = [MagicbandErrorCode, number, string | undefined, (of: typeof clients) => Promise<unknown>]
const cases: Record<string, Case> = {
  'an unknown name': ['user-not-found', 404, notFound, ({ bot }) => bot.profile({ username: 'NobodyAtAll' })],
  'a Discord account without a link': [
    'user-not-found',
    404,
    notFound,
    ({ bot }) => bot.profile({ discord: '999999999999999999' }),
  ],
  'an unknown player who joins': [
    'user-not-found',
    404,
    undefined,
    ({ game }) => game.connect({ place: '1', id: '77', training: false }),
  ],
  'an unknown certification': [
    'certification-unknown',
    400,
    'There is no such certification; these exist: **char**, **tot**, **mtp**, **btmr**, **rnrc**.',
    ({ bot }) => bot.grantCertification({ ...cast, certification: 'xyz' }),
  ],
  'a rank that is too low': [
    'rank-too-low',
    403,
    'The requested user does not meet the rank pre-requisites to receive a certification.',
    ({ bot }) => bot.grantCertification({ username: 'MemberOne', moderator, certification: 'tot' }),
  ],
  'a certification that is held': [
    'certification-held',
    400,
    '**SeniorOne** already has the **tot** certification.',
    async ({ bot }) => {
      const again = { username: 'SeniorOne', moderator, certification: 'tot' }
      await bot.grantCertification(again)
      await bot.grantCertification(again)
    },
  ],
  'a certification that is not held': [
    'certification-not-held',
    400,
    "**CastOne** doesn't have the **char** certification.",
    ({ bot }) => bot.revokeCertification({ ...cast, certification: 'char' }),
  ],
  'a second ban': [
    'already-banned',
    400,
    '**Visitor100001** is already banned.',
    async ({ bot }) => {
      const again = { username: 'Visitor100001', moderator, reason: 'x' }
      await bot.ban(again)
      await bot.ban(again)
    },
  ],
  'no ban to lift': ['not-banned', 400, "**CastOne** isn't banned.", ({ bot }) => bot.unban({ ...cast, reason: 'x' })],
  'approval of cast': [
    'already-trainee',
    400,
    undefined,
    ({ bot }) => bot.approveApplication({ id: '1002', moderator }),
  ],
  'approval of somebody who did not ask to join': [
    'failed',
    500,
    undefined,
    ({ bot }) => bot.approveApplication({ id: '1', moderator }),
  ],
  'an application soon after a decision': [
    'applied-recently',
    400,
    undefined,
    async ({ bot }) => {
      await bot.uploadApplication({ id: '1006', ...answers })
      await bot.approveApplication({ id: '1006', moderator })
      await bot.uploadApplication({ id: '1006', ...answers })
    },
  ],
  'a shift without the certification': [
    'certification-missing',
    400,
    undefined,
    ({ game }) => game.logShift({ ...shift, place: tower }),
  ],
  'a place of somebody else': ['access-denied', 403, undefined, ({ game }) => game.logShift({ ...shift, place: '2' })],
  'a key without the scope': [
    'access-denied',
    403,
    undefined,
    ({ bot }) => bot.connect({ place: '1', id: '1', training: false }),
  ],
  'the same under /v1': ['access-denied', 403, undefined, ({ game }) => game.listCertifications()],
  'a wrong key': [
    'key-invalid',
    401,
    "The bot's key is not valid; please tell whoever runs this bot.",
    ({ wrong }) => wrong.profile({ id: '1' }),
  ],
  'a wrong key under /v1': ['key-invalid', 401, undefined, ({ wrong }) => wrong.listCertifications()],
  'a parameter that is none': [
    'parameter-invalid',
    400,
    'Something you entered is not valid, please check it and try again.',
    ({ bot }) => bot.ban({ ...cast, reason: 'x', duration: 0 }),
  ],
  'a missing parameter': [
    'parameter-invalid',
    400,
    'Something is missing in what you entered, please fill in everything and try again.',
    ({ bot }) => bot.ban({ ...cast, reason: '' }),
  ],
  'a long body': [
    'body-too-large',
    413,
    undefined,
    ({ game }) => game.uploadApplication({ id: '1', ...answers, q1: 'x'.repeat(300_000) }),
  ],
  'a token where there are none': [
    'access-denied',
    403,
    undefined,
    ({ bot }) => bot.createServerToken({ place: '1', server: 'x' }),
  ],
  'a token in a community without them': [
    'not-found',
    404,
    undefined,
    ({ game }) => game.createServerToken({ place: '1', server: 'x' }),
  ],
  'an idempotency key of another call': [
    'idempotency-key-reused',
    409,
    'The bot mixed up two requests; please tell whoever runs this bot.',
    async ({ bot }) => {
      await bot.ban({ username: 'Visitor100002', moderator, reason: 'x' }, { idempotencyKey: 'one' })
      await bot.ban({ username: 'Visitor100003', moderator, reason: 'x' }, { idempotencyKey: 'one' })
    },
  ],
}

test.each(Object.entries(cases))('%s', async (_name, [code, status, discord, call]) => {
  const error = await errorOf(call(clients))
  expect([error.code, error.status, error.discord]).toEqual([code, status, discord])
  expect(error).toMatchObject({ name: 'MagicbandError', requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  expect(error.message).toMatch(/^(?:GET|POST) \/[\w/-]+: ./)
})

describe('an error', () => {
  test('names the call, what Magicband said and its idempotency key', async () => {
    const call = { username: 'NobodyAtAll', moderator, reason: 'x' }
    const error = await errorOf(clients.bot.ban(call, { idempotencyKey: 'mine' }))
    expect(error).toMatchObject({ call: 'POST /ban/add', idempotencyKey: 'mine', tries: 1 })
    expect(error.message).toBe("POST /ban/add: couldn't find user")
  })

  test('of a token names what is wrong with the body', async () => {
    const error = await errorOf(clients.game.createServerToken({ place: 'x', server: 'x' }))
    expect([error.code, error.message]).toEqual([
      'parameter-invalid',
      'POST /v1/server-token: body-invalid: place must be the id of a Roblox place as text, in digits',
    ])
  })

  test('holds no key, wherever one looks', async () => {
    for (const call of [clients.bot.ban({ ...cast, reason: '' }), clients.wrong.listCertifications()]) {
      const text = inspect(await errorOf(call), { depth: 10, showHidden: true })
      expect(text).not.toContain(band.keys.wed?.bot)
      expect(text).not.toContain('wrong')
    }
  })

  test('has codes that a switch can be complete about', () => {
    expectTypeOf<MagicbandError['code']>().toEqualTypeOf<MagicbandErrorCode>()
    expectTypeOf<'anything' extends MagicbandErrorCode ? true : false>().toEqualTypeOf<false>()
  })
})

describe('while the database is down', () => {
  test('calls fail with the sentence for the person, and status and health are answers', async () => {
    await clients.bot.profile({ id: '1003' })
    const mend = await breakDatabase(band)
    const error = await errorOf(clients.bot.profile({ id: '1003' }))
    expect(error).toMatchObject({ code: 'failed', status: 500, tries: 3 })
    expect(error.discord).toContain('rare database error')
    await mend()
  })

  test('a server that says so is an answer of status and health', async () => {
    const part = { status: 'ok' }
    const down = { status: 'down', version: '1', uptime: 1, database: { status: 'down' }, roblox: part }
    const answering = (body: object) =>
      createClient({ address: 'http://x', key: 'x', fetch: async () => Response.json(body, { status: 503 }) })
    expect(await answering(down).status()).toEqual(down)
    expect(await answering({ status: 'error' }).health()).toEqual({ status: 'error' })
    const busy = { status: 'error', message: 'server is busy' }
    const quick = createClient({
      address: 'http://x',
      key: 'x',
      tries: 1,
      fetch: async () => Response.json(busy, { status: 503, headers: { 'retry-after': '1' } }),
    })
    expect(await errorOf(quick.status())).toMatchObject({ code: 'busy', retryAfterSeconds: 1 })
    expect(await errorOf(quick.health())).toMatchObject({ code: 'busy' })
  })
})

describe('what can not be used is a TypeError at once, and never tells the key', () => {
  const asNumber = { username: 'CastOne', reason: 'x', moderator: Number('301715666401230851') as never }
  const noJson = { id: '1', q1: 1n as never, q2: '2', q3: '3', q4: '4' }
  const good = { address: 'https://band.example.com', key: 'mb_bot_secret' }
  test.each([
    ['an address that is none', { address: 'band' }, /address/],
    ['an address with a password', { address: 'https://a:b@band.example.com' }, /address/],
    ['an address with a query', { address: 'https://band.example.com?key=1' }, /address/],
    ['a file', { address: 'file:///etc/passwd' }, /address/],
    ['no key', { key: '' }, /key/],
    ['a variable that is not set', { key: process.env.NOBODY_SETS_THIS as string }, /key/],
    ['a key with a line break', { key: 'mb_bot_secret\n' }, /key/],
    ['a time limit of nothing', { timeoutMs: 0 }, /timeoutMs/],
    ['a time limit that no timer takes', { timeoutMs: 3e9 }, /timeoutMs/],
    ['no tries', { tries: 0 }, /tries/],
    ['a wait below 0', { longestWaitMs: -1 }, /longestWaitMs/],
  ])('%s', (_name, more, message) => {
    const create = () => createClient({ ...good, ...more })
    expect(create).toThrow(TypeError)
    expect(create).toThrow(message)
    expect(create).not.toThrow(/secret/)
  })

  test('an idempotency key with a line break', async () => {
    const call = clients.bot.ban({ ...cast, reason: 'x' }, { idempotencyKey: 'a\nb' })
    await expect(call).rejects.toThrow(TypeError)
  })

  test.each([
    ['the id of a moderator as a number', (client: MagicbandClient) => client.ban(asNumber), /moderator .* as text/],
    ['no parameters', (client: MagicbandClient) => client.profile(null as never), /null/],
    ['an answer that is no JSON', (client: MagicbandClient) => client.uploadApplication(noJson), /BigInt/],
  ])('%s, of which nothing is sent', async (_name, call, message) => {
    let sent = 0
    const fetch = async () => {
      sent++
      return Response.json({})
    }
    const error = await call(createClient({ ...good, fetch })).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message: expect.stringMatching(message) })
    expect(sent).toBe(0)
  })
})
