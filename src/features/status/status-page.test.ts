import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { breakDatabase, communityFile, type Magicband, pathOf, startMagicband } from '../../../test/magicband.ts'

const startsAt = Date.parse('2026-01-15T12:00:00.000Z')
const onPage = `${communityFile}statusPage: true\n`
/** The page is kept for five seconds. */
const keptMs = 5000

let band: Magicband
beforeEach(async () => {
  band = await startMagicband({ startsAt })
})
afterEach(() => band.stop())

const look = () => band.get('/', { key: null })
/** What a reader sees of the page, a line a part. */
const linesOf = (html: string) =>
  [...html.matchAll(/<(?:h1|div) class="(\w+)">(.*?)<\/(?:h1|div)>/g)].map(
    ([, state, inside = '']) =>
      `${state}: ${inside
        .replaceAll(/<[^>]+>/g, ' ')
        .replaceAll(/ +/g, ' ')
        .trim()}`,
  )

describe('GET /', () => {
  test.each(['GET', 'POST', 'HEAD'])(
    '%s is a path like any other that is not there, unless a community turns it on',
    async (method) => {
      const reply = await band.request(method, '/', { key: null })
      const other = await band.request(method, '/nothing', { key: null })
      expect([reply.status, reply.text]).toEqual([404, other.text])
    },
  )

  test('is there when one does, for everyone, and shows that one alone', async () => {
    const sources = 'sources: { game: ["203.0.113.0/24"], bot: [], status: [] }\n'
    await band.restart({ wed: `${onPage}${sources}`, tropics: communityFile.replace(/name: .*/, 'name: Tropics') })
    const reply = await look()
    expect(reply.status).toBe(200)
    expect(linesOf(reply.text)).toEqual([
      expect.stringMatching(/^ok: WED Imagineering works$/),
      'ok: This server works Joins are answered; shifts, points and certifications are kept.',
    ])
    expect(reply.text).toContain('12:00:00 UTC')
    expect(reply.text).not.toContain('Tropics')
    expect(reply.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'public, max-age=5',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; style-src 'sha256-/),
      'x-content-type-options': 'nosniff',
    })
    expect((await band.request('POST', '/', { key: null })).status).toBe(405)
  })

  test('shows several communities, whose names are text and no markup', async () => {
    const name = '<script>alert("1")</script> & Sons'
    await band.restart({ tropics: onPage.replace(/name: .*/, `name: '${name}'`), wed: onPage })
    const { text } = await look()
    expect(linesOf(text).filter((line) => line.startsWith('ok: ') && line.endsWith(' works'))).toHaveLength(2)
    expect(text).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; Sons')
    expect(text).not.toContain('<script')
  })

  test('says what a Roblox that is down means, once it was needed', async () => {
    await band.restart({ wed: onPage })
    band.sandbox.fail('all', { mode: 'refuse' })
    for (let id = 1006; id < 1012; id++)
      await band.get(pathOf('/connect', { place: '1', id: String(id), training: 'false' }))
    band.advance(keptMs)
    const reply = await look()
    expect(reply.status).toBe(200)
    expect(linesOf(reply.text)).toEqual([
      'degraded: WED Imagineering works in part',
      expect.stringContaining('ok: This server works'),
      expect.stringMatching(/^down: Roblox is down .*by the ranks that are remembered/),
    ])
  })

  test('says that the database is down, and that it is back, within five seconds', async () => {
    await band.restart({ wed: onPage })
    expect((await look()).status).toBe(200)
    const mend = await breakDatabase(band)
    expect((await look()).status).toBe(200)
    band.advance(keptMs)
    const down = await look()
    expect([down.status, ...linesOf(down.text)]).toEqual([
      503,
      'down: WED Imagineering is down',
      expect.stringContaining('down: This server is down'),
    ])
    await mend()
    band.advance(keptMs)
    expect((await look()).status).toBe(200)
  })

  test('tells nothing that is not for everyone', async () => {
    await band.restart({ wed: onPage })
    await band.get(pathOf('/profile', { username: 'JTmaveryk' }))
    const { text } = await look()
    for (const secret of ['JTmaveryk', '172051854', '0.1.0', '5850082', 'Error']) expect(text).not.toContain(secret)
  })
})
