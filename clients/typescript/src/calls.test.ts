import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { communityFile, type Magicband, moderator, startMagicband } from '../../../test/magicband.ts'
import { createClient, type MagicbandClient } from './index.ts'

/** Every call against a real server: that the methods, the types and the answers are those of the API. */
let band: Magicband
let game: MagicbandClient
let bot: MagicbandClient
let requests: { call: string; url: URL; headers: Headers }[]

beforeAll(async () => {
  band = await startMagicband({ files: { wed: communityFile } })
})
beforeEach(() => {
  requests = []
  game = clientWith('game')
  bot = clientWith('bot')
})
afterAll(() => band.stop())

function clientWith(kind: 'game' | 'bot' | 'status', magicband = band): MagicbandClient {
  return createClient({
    address: magicband.address,
    key: magicband.keys.wed?.[kind] ?? '',
    fetch: (input, init) => {
      const url = new URL(String(input))
      requests.push({ call: `${init?.method} ${url.pathname}`, url, headers: new Headers(init?.headers) })
      return fetch(input, init)
    },
  })
}

const shift = { id: '1002', place: '4895128840', duration: 600, training: false, server: 'job-1' }
const certification = { certification: 'tot', username: 'castone', moderator }
const answers = { q1: 'I like rides', q2: 'Daily & often', q3: 'Yes?', q4: 'No\n€' }

test('connect', async () => {
  const parameters = { place: '4895128840', id: '1002', training: false, server: 'job-1' }
  expect(await game.connect(parameters)).toEqual({ certifications: '', auth: true, clearance: 1 })
  const trained = await game.connect({ place: '0', id: '1001', training: true, server: undefined })
  expect(trained).toEqual({ certifications: 'char,tot,mtp,btmr,rnrc', auth: true, clearance: 0 })
})

test('grantCertification and revokeCertification', async () => {
  expect(await bot.grantCertification(certification)).toEqual({
    status: 'success',
    discord: 'Successfully granted **CastOne** the **tot** certification.',
  })
  const held = await band.app.database.read.selectFrom('certification').selectAll().execute()
  expect(held).toMatchObject([{ roblox_id: '1002', code: 'tot', granted_by: moderator }])
  expect(await bot.revokeCertification(certification)).toEqual({
    status: 'success',
    discord: "Successfully revoked **CastOne**'s **tot** certification.",
  })
})

test('logShift, whose points profile tells: by id, by username, by Discord id', async () => {
  expect(await game.logShift(shift)).toEqual({ status: 'success' })
  const profile = {
    status: 'success',
    id: '1002',
    _id: expect.stringMatching(/^[0-9a-f]{24}$/),
    username: 'CastOne',
    points: 10,
    rank: 'Cast Member',
    rankid: 50,
    cast: true,
    certifications: [],
  }
  expect(await bot.profile({ id: '1002' })).toEqual(profile)
  expect(await bot.profile({ username: 'CASTONE' })).toEqual(profile)
  expect(await game.profile({ discord: '100000000000001002' })).toEqual(profile)
  expect(requests.at(-1)?.url.search).toBe('?discord=100000000000001002')
})

test('ban and unban, with text that a query has to escape', async () => {
  const reason = 'bad & "boy" = 100% + 1 #€'
  const { discord } = await bot.ban({ username: 'Visitor100001', reason, moderator, duration: 86_400 })
  expect(discord).toBe(
    'Successfully banned **Visitor100001** ([100001](https://www.roblox.com/users/100001/profile)) for **bad & "boy" = 100% + 1 \\#€**.',
  )
  const [ban] = await band.app.database.read.selectFrom('ban').selectAll().execute()
  expect(ban).toMatchObject({ roblox_id: '100001', reason, ends_at: band.now() + 86_400_000 })
  const expires = new Date(band.now() + 86_400_000).toISOString()
  const connection = await game.connect({ place: '0', id: '100001', training: false })
  expect(connection).toEqual({ certifications: '', auth: false, clearance: 0, banned: true, reason, expires })
  const unbanned = await bot.unban({ username: 'Visitor100001', reason: 'good boy', moderator })
  expect(unbanned.discord).toContain('Successfully unbanned **Visitor100001**')
})

test('uploadApplication and approveApplication', async () => {
  const { url } = await game.uploadApplication({ id: '1006', ...answers })
  const page = await band.get(new URL(url).pathname, { key: null })
  for (const answer of Object.values(answers)) expect(page.text).toContain(answer)
  expect(await bot.approveApplication({ id: '1006', moderator })).toEqual({
    status: 'success',
    message: 'successfully ranked user',
  })
  expect(await bot.profile({ id: '1006' })).toMatchObject({ rank: 'University Student' })
})

test('listCertifications, which is sent once and then only confirmed', async () => {
  const list = await bot.listCertifications()
  expect(list.certifications).toHaveLength(5)
  expect(list.certifications[1]).toEqual({ code: 'tot', name: 'Tower of Terror' })
  expect(await bot.listCertifications()).toEqual(list)
  // What a caller does to its own changes no other.
  list.certifications.length = 0
  expect((await bot.listCertifications()).certifications).toHaveLength(5)
  const etags = requests.map(({ headers }) => headers.get('if-none-match'))
  expect(etags).toEqual([null, expect.any(String), expect.any(String)])
  await band.restart({ wed: communityFile.replace('Tower of Terror', 'Tower') })
  const again = clientWith('bot')
  expect((await again.listCertifications()).certifications[1]).toEqual({ code: 'tot', name: 'Tower' })
})

test('createServerToken, whose token is a key', async () => {
  const tokens = await startMagicband({ files: { wed: `${communityFile}serverTokens: true\n` } })
  const token = await clientWith('game', tokens).createServerToken({ place: '4895128840', server: 'job-1' })
  expect(token).toEqual({
    token: expect.stringMatching(/^mb_game_/),
    expiresAt: new Date(tokens.now() + 43_200_000).toISOString(),
    server: 'job-1',
    place: '4895128840',
    id: expect.any(String),
  })
  const server = createClient({ address: tokens.address, key: token.token })
  expect(await server.connect({ place: '4895128840', id: '1002', training: false, server: 'job-1' })).toMatchObject({
    auth: true,
  })
  await tokens.stop()
})

test('status and health', async () => {
  const unused = { status: 'unused' }
  expect(await clientWith('status').status()).toMatchObject({ status: 'ok', pastebin: unused })
  expect(await bot.health()).toEqual({ status: 'ok' })
  expect(requests.at(-1)?.headers.has('x-api-key')).toBe(false)
})

test('a rank that is old is told with its age', async () => {
  band.sandbox.fail('roblox', { mode: 'refuse' })
  band.advance(3_600_000)
  expect(await bot.profile({ id: '1002' })).toMatchObject({ rank: 'Cast Member', staleSeconds: 3600 })
  expect(await game.connect({ place: '0', id: '1002', training: false })).toMatchObject({ staleSeconds: 3600 })
  band.sandbox.heal()
})

test('an address may have a path and a slash at its end', async () => {
  const asked: string[] = []
  const client = createClient({
    address: 'https://example.com/band/',
    key: 'x',
    fetch: async (input) => {
      asked.push(String(input))
      return Response.json({ status: 'ok' })
    },
  })
  await client.health()
  expect(asked).toEqual(['https://example.com/band/health'])
})

test('the key is in a header and nowhere else, and every POST has an idempotency key of its own', async () => {
  await game.logShift({ ...shift, server: 'job-2' })
  await game.logShift({ ...shift, server: 'job-3' })
  await game.logShift({ ...shift, server: 'job-4' }, { idempotencyKey: 'mine' })
  const sent = requests.map(({ headers }) => headers.get('idempotency-key') ?? '')
  expect(sent).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{32}$/), 'mine'])
  expect(new Set(sent).size).toBe(3)
  for (const { url, headers } of requests) {
    expect(headers.get('x-api-key')).toBe(band.keys.wed?.game)
    expect(url.searchParams.has('key')).toBe(false)
  }
})

test('there is a method for every call of the document', async () => {
  const document = JSON.parse(readFileSync(new URL('../../../openapi.json', import.meta.url), 'utf8'))
  const documented = Object.entries<object>(document.paths)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    // A page for people, and Roblox's own notifications.
    .filter((call) => !/^GET \/pastes\/|^POST \/webhooks\//.test(call))
  const client = clientWith('bot')
  const call = { place: '1', id: '1', training: false, server: 'x', username: 'x', reason: 'x', moderator: 'x' }
  const methods: Record<keyof MagicbandClient, () => Promise<unknown>> = {
    connect: () => client.connect(call),
    profile: () => client.profile({ id: 'x' }),
    grantCertification: () => client.grantCertification({ ...call, certification: 'x' }),
    revokeCertification: () => client.revokeCertification({ ...call, certification: 'x' }),
    ban: () => client.ban(call),
    unban: () => client.unban(call),
    approveApplication: () => client.approveApplication(call),
    uploadApplication: () => client.uploadApplication({ id: 'x', ...answers }),
    logShift: () => client.logShift({ ...call, duration: 1 }),
    listCertifications: () => client.listCertifications(),
    createServerToken: () => client.createServerToken({ place: '1', server: 'x' }),
    status: () => client.status(),
    health: () => client.health(),
  }
  await Promise.allSettled(Object.values(methods).map((method) => method()))
  expect(Object.keys(methods)).toEqual(Object.keys(client))
  expect(requests.map((request) => request.call).toSorted()).toEqual(documented.toSorted())
})
