import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { communityFile, findLogLine, type Magicband, pathOf, startMagicband } from '../../../test/magicband.ts'
import type { FailureMode } from '../../sandbox/sandbox.ts'
import { sandboxKeys } from '../../sandbox/world.ts'
import { forgetPages } from './paste.ts'

const dayMs = 24 * 3_600_000
const answers = { q1: 'one', q2: '<script>alert(1)</script>', q3: 'ünï 🚒', q4: 'four' }
const text = `Application of MemberOne (1006)

Question 1
one

Question 2
<script>alert(1)</script>

Question 3
ünï 🚒

Question 4
four
`
const withPastebin = communityFile.replace(
  'applications: {',
  `applications: { paste: pastebin, pastebinKey: ${sandboxKeys.pastebin},`,
)

let band: Magicband
beforeEach(async () => {
  band = await startMagicband()
})
afterEach(() => band.stop())

async function upload(q1 = 'one'): Promise<string> {
  const body = JSON.stringify({ ...answers, q1 })
  const reply = await band.post(pathOf('/application/upload', { id: '1006' }), { body })
  expect([reply.status, reply.body]).toEqual([200, { status: 'success', url: expect.any(String) }])
  return (reply.body as { url: string }).url
}

const read = (url: string) => band.get(new URL(url).pathname, { key: null })
const notFound = [404, '{"status":"error","message":"not found"}']
const pastes = () => band.app.database.read.selectFrom('paste').selectAll().execute()

describe('the built-in page', () => {
  test('shows the application to anyone, as plain text that no browser runs', async () => {
    const url = await upload()
    expect(url).toMatch(/^https:\/\/band\.example\/pastes\/[\w-]{24}$/)
    const page = await read(url)
    expect([page.status, page.text]).toEqual([200, text])
    expect(page.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-robots-tag': 'noindex, nofollow',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-request-id': expect.any(String),
    })
    const head = await band.request('HEAD', new URL(url).pathname, { key: null })
    expect([head.status, head.text]).toEqual([200, ''])
  })

  test('is open to addresses that calls are not taken from', async () => {
    const url = await upload()
    await band.restart({ wed: `${communityFile}sources: { game: ["203.0.113.0/24"], bot: [], status: [] }\n` })
    expect((await band.get('/profile?id=1006')).status).toBe(403)
    expect((await read(url)).status).toBe(200)
  })

  test('is gone a month later, from that moment on', async () => {
    const url = await upload()
    band.advance(30 * dayMs - 1)
    expect((await read(url)).status).toBe(200)
    band.advance(1)
    const page = await read(url)
    expect([page.status, page.text]).toEqual(notFound)
  })

  test('is deleted once it has ended, and no other is', async () => {
    await upload('first')
    band.advance(dayMs)
    await upload('second')
    band.advance(29 * dayMs - 1)
    await forgetPages({ database: band.app.database, clock: band.now })
    expect(await pastes()).toHaveLength(2)
    band.advance(1)
    await forgetPages({ database: band.app.database, clock: band.now })
    expect(await pastes()).toMatchObject([{ text: expect.stringContaining('second') }])
  })

  test.each(['/pastes/AAAAAAAAAAAAAAAAAAAAAAAA', '/pastes/%00', '/pastes/', `/pastes/${'x'.repeat(300)}`])(
    'is not at %s',
    async (path) => {
      const page = await band.get(path, { key: null })
      expect([page.status, page.text]).toEqual(notFound)
      expect(page.headers['content-type']).toBe('application/json; charset=utf-8')
    },
  )

  test('has another address for every application, and stays when the application is replaced', async () => {
    const [first, second] = [await upload('first'), await upload('second')]
    expect(first).not.toBe(second)
    expect((await read(first)).text).toContain('first')
    expect((await read(second)).text).toContain('second')
  })
})

describe('Pastebin, where it is configured,', () => {
  beforeEach(() => band.restart({ wed: withPastebin }))

  test('gets an unlisted page for a month, and the answer has the address of its raw text', async () => {
    const url = await upload()
    const [paste] = [...band.sandbox.world.state.pastes.values()]
    expect(url).toBe(`https://pastebin.com/raw/${paste?.key}`)
    expect(paste).toMatchObject({
      name: 'Application of MemberOne',
      text,
      privacy: 'unlisted',
      expiresAt: band.now() + 30 * dayMs,
    })
    expect(await pastes()).toEqual([])
  })

  test.each(['refuse', 'lost', '429', '500', 'html', 'empty', 'truncated'] as FailureMode[])(
    'is replaced by the built-in page when it fails (%s)',
    async (mode) => {
      band.sandbox.fail('pastebin', { mode })
      const url = await upload()
      expect(url).toMatch(/^https:\/\/band\.example\/pastes\//)
      expect((await read(url)).text).toBe(text)
      expect(findLogLine(band, 'Pastebin did not take')).toMatchObject({ level: 40, community: 'wed' })
    },
  )

  test('is replaced by the built-in page when it refuses, and the log says why', async () => {
    band.sandbox.world.pastebinUnlistedLimit = 1
    expect(await upload()).toMatch(/^https:\/\/pastebin\.com\/raw\//)
    expect(await upload()).toMatch(/^https:\/\/band\.example\/pastes\//)
    expect(findLogLine(band, 'Pastebin did not take')).toMatchObject({
      answer: expect.stringContaining('maximum number of 1 unlisted pastes'),
    })
  })

  test('is replaced by the built-in page when its key is wrong', async () => {
    await band.restart({ wed: withPastebin.replace(sandboxKeys.pastebin, 'wrong-pastebin-key') })
    expect(await upload()).toMatch(/^https:\/\/band\.example\/pastes\//)
    expect(findLogLine(band, 'Pastebin did not take')).toMatchObject({ status: 422 })
    expect(band.log.join()).not.toContain('wrong-pastebin-key')
  })
})
