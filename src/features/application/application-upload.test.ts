import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ask, communityFile, type Magicband, moderator, pathOf, startMagicband } from '../../../test/magicband.ts'

const answers = { q1: 'Because & so', q2: 'ja – oui', q3: '🚒', q4: '\t{x = 1}' }
const form = new URLSearchParams(answers).toString()
const json = JSON.stringify(answers)
const dayMs = 24 * 3_600_000

const upload = (id: string, ask: Ask = { body: json }) => band.post(pathOf('/application/upload', { id }), ask)
const applicationsOf = (id: string) =>
  band.app.database.read.selectFrom('application').selectAll().where('roblox_id', '=', id).orderBy('id').execute()

let band: Magicband
beforeAll(async () => {
  band = await startMagicband()
})
afterAll(() => band.stop())

function typed(contentType: string, body: string | Uint8Array<ArrayBuffer>, more: Record<string, string> = {}): Ask {
  return { body, headers: { 'content-type': contentType, ...more } }
}

function zipped(contentType: string, text: string): Ask {
  return typed(contentType, new Uint8Array(gzipSync(text)), { 'content-encoding': 'gzip' })
}

async function multipart(fields: Record<string, string>): Promise<Ask> {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.append(name, value)
  const request = new Response(data)
  return typed(request.headers.get('content-type') ?? '', new Uint8Array(await request.arrayBuffer()))
}

describe('POST /application/upload refuses', () => {
  test.each([
    ['no id', {}, 'missing parameter: id'],
    ['a wrong id before a wrong body', { id: 'x' }, 'invalid parameter: id'],
    ['a body that is empty', { id: '1' }, 'missing parameter: q1'],
  ])('%s', async (_name, values, message) => {
    const reply = await band.post(pathOf('/application/upload', values), { body: '' })
    expect([reply.status, reply.body]).toEqual([400, { status: 'error', message }])
  })

  test('a call without a body', async () => {
    const reply = await band.post('/application/upload?id=1')
    expect([reply.status, reply.body]).toEqual([400, { status: 'error', message: 'missing parameter: q1' }])
  })

  test.each([
    ['a JSON body of nothing', '{}', 'missing parameter: q1'],
    ["Luau's empty table", '[]', 'missing parameter: q1'],
    ['JSON that breaks off', json.slice(0, -1), 'invalid parameter: q1'],
    ['text that is no form', 'nonsense', 'invalid parameter: q1'],
    ['a form with one answer', 'q1=a', 'missing parameter: q2'],
    ['a form with an answer twice', `${form}&q3=b`, 'invalid parameter: q3'],
    ['answers in an object', JSON.stringify({ answers }), 'missing parameter: q1'],
  ])('%s', async (_name, body, message) => {
    const reply = await upload('1006', typed('application/json', body))
    expect([reply.status, reply.body]).toEqual([400, { status: 'error', message }])
  })

  test.each([
    ['broken gzip', typed('application/json', 'not gzip', { 'content-encoding': 'gzip' })],
    ['a compression that nobody asked for', typed('application/json', json, { 'content-encoding': 'br' })],
    ['a form in parts without a boundary', typed('multipart/form-data', form)],
  ])('%s', async (_name, ask) => {
    const reply = await upload('1006', ask)
    expect([reply.status, reply.body]).toEqual([400, { status: 'error', message: 'invalid parameter: q1' }])
  })

  const ofOneAnswer: [string, unknown, string][] = [
    ['is missing', undefined, 'missing'],
    ['is null', null, 'missing'],
    ['is empty', '', 'missing'],
    ['is a number', 1, 'invalid'],
    ['is a list', ['a'], 'invalid'],
    ['has 10,001 characters', 'x'.repeat(10_001), 'invalid'],
    ['has 10,001 astral characters', '🚒'.repeat(10_001), 'invalid'],
    ['has NUL in it', 'a\0b', 'invalid'],
  ]
  describe.each(['q1', 'q2', 'q3', 'q4'])('%s when it', (name) => {
    test.each(ofOneAnswer)('%s', async (_name, value, fault) => {
      const reply = await upload('1006', { body: JSON.stringify({ ...answers, [name]: value }) })
      expect([reply.status, reply.body]).toEqual([400, { status: 'error', message: `${fault} parameter: ${name}` }])
      if (typeof value !== 'string') return
      const sameAsForm = await upload('1006', await multipart({ ...answers, [name]: value }))
      expect(sameAsForm.body).toEqual(reply.body)
    })
  })

  test('a body over 256 KiB, before and after decompression', async () => {
    for (const ask of [typed('text/plain', 'x'.repeat(262_145)), zipped('text/plain', 'x'.repeat(262_145))]) {
      const reply = await upload('1006', ask)
      expect([reply.status, reply.body]).toEqual([413, { status: 'error', message: 'body too large' }])
    }
  })

  test('an unknown user', async () => {
    const reply = await upload('999999999')
    expect([reply.status, reply.body]).toEqual([
      404,
      {
        status: 'error',
        message: "couldn't find user",
        discord: "We couldn't find the requested user, please ensure you typed it correctly and try again.",
      },
    ])
  })

  test('a status key', async () => {
    const reply = await upload('1006', { key: 'status', body: json })
    expect([reply.status, reply.body]).toEqual([403, { status: 'error', message: 'access denied' }])
  })

  test('and has stored nothing so far', async () => {
    for (const table of ['application', 'paste', 'audit_entry', 'player'] as const)
      expect(await band.app.database.read.selectFrom(table).selectAll().execute()).toEqual([])
  })
})

describe('POST /application/upload reads', () => {
  test.each<[string, () => Ask | Promise<Ask>]>([
    ['JSON', () => typed('application/json', json)],
    ['JSON with white space and a mark of its byte order', () => typed('application/json', `\ufeff \n${json} `)],
    ['JSON with members that nobody knows', () => typed('application/json', JSON.stringify({ q0: 1, ...answers }))],
    ['JSON that is called a form', () => typed('application/x-www-form-urlencoded', json)],
    ['JSON that is called text', () => typed('text/plain', json)],
    ['a form', () => typed('application/x-www-form-urlencoded', form)],
    ['a form that is called JSON', () => typed('application/json', form)],
    ['a form that is called something that does not exist', () => typed('x', form)],
    ['a form in parts', () => multipart(answers)],
    ['JSON in gzip', () => zipped('application/json', json)],
    ['a form in gzip', () => zipped('application/x-www-form-urlencoded', form)],
    ['a body that says that it is not compressed', () => typed('text/plain', json, { 'content-encoding': 'identity' })],
  ])('%s', async (_name, make) => {
    const reply = await upload('100001', await make())
    const { url } = reply.body as { url: string }
    expect([reply.status, reply.body]).toEqual([200, { status: 'success', url: expect.any(String) }])
    expect(await applicationsOf('100001')).toContainEqual(expect.objectContaining({ ...answers, url, state: 'open' }))
  })

  test.each(['x', 'é', '🚒'])('answers of 10,000 characters (%s)', async (character) => {
    const long = character.repeat(10_000)
    const reply = await upload('100002', { body: JSON.stringify({ q1: long, q2: long, q3: long, q4: long }) })
    expect(reply.status).toBe(200)
    const open = (await applicationsOf('100002')).find(({ state }) => state === 'open')
    // Not the texts themselves: a failure would print them.
    expect([open?.q1 === long, open?.q4 === long]).toEqual([true, true])
  })
})

describe('POST /application/upload', () => {
  test.each(['game', 'bot'])('stores the application (%s key)', async (key) => {
    const id = key === 'game' ? '100003' : '100004'
    const reply = await upload(id, { key, body: json })
    const { url } = reply.body as { url: string }
    expect([reply.status, reply.text]).toEqual([200, JSON.stringify({ status: 'success', url })])
    expect(await applicationsOf(id)).toEqual([
      {
        community: 'wed',
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
        roblox_id: id,
        ...answers,
        url,
        state: 'open',
        submitted_at: band.now(),
        decided_at: null,
        decided_by: null,
      },
    ])
    const trail = band.app.database.read.selectFrom('audit_entry').selectAll().where('roblox_id', '=', id)
    expect(await trail.execute()).toMatchObject([{ act: 'application.upload', moderator: null }])
  })

  test('replaces the application that is still open', async () => {
    await upload('100005')
    band.advance(1000)
    await upload('100005', { body: JSON.stringify({ ...answers, q1: 'better' }) })
    expect(await applicationsOf('100005')).toMatchObject([
      { state: 'replaced', q1: answers.q1, decided_at: null },
      { state: 'open', q1: 'better' },
    ])
  })

  test('leaves one open application when twenty arrive at once', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => upload('100006')))
    expect(replies.every(({ status }) => status === 200)).toBe(true)
    const open = (await applicationsOf('100006')).filter(({ state }) => state === 'open')
    expect(open).toHaveLength(1)
  })

  test('needs Roblox for players never seen only', async () => {
    band.sandbox.fail('roblox', { mode: 'refuse' })
    const unseen = await upload('100007')
    expect([unseen.status, unseen.body]).toEqual([503, { status: 'error', message: 'roblox is unavailable' }])
    expect(Number(unseen.headers['retry-after'])).toBeGreaterThan(0)
    expect(await applicationsOf('100007')).toEqual([])
    expect((await upload('100006')).status).toBe(200)
    band.sandbox.heal()
  })
})

test('the cool-down counts from the last decision, to the moment', async () => {
  const file = communityFile.replace('applications: {', 'applications: { cooldownDays: 7,')
  await band.restart({ wed: file })
  expect((await upload('100010')).status).toBe(200)
  expect((await upload('100010')).status).toBe(200)
  const approval = await band.post(pathOf('/application/approve', { id: '100010', moderator }))
  expect(approval.status).toBe(200)
  const expectRefusal = async () => {
    const reply = await upload('100010')
    expect([reply.status, reply.text]).toEqual([400, '{"status":"error","message":"user applied recently"}'])
  }
  await expectRefusal()
  expect((await upload('100011')).status).toBe(200)
  band.advance(7 * dayMs - 1)
  await expectRefusal()
  band.advance(1)
  expect((await upload('100010')).status).toBe(200)
  const states = (await applicationsOf('100010')).map(({ state }) => state)
  expect(states.toSorted()).toEqual(['approved', 'open', 'replaced'])
})
