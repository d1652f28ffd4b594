import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CommandFolder, makeCommandFolder } from './command-line.ts'
import { communityFile, type Magicband, startMagicband } from './magicband.ts'
import { requireNoSecrets } from './secrets.ts'

test.each([
  'the key mb_game_0123456789abcdefghij0123456789abcdefghij',
  'x-api-key: sandbox-open-cloud-key',
  'POST https://discord.com/api/webhooks/123/a-token_of-Discord',
])('%s is found where it was written', (text) => {
  expect(() => requireNoSecrets(['nothing', text])).toThrow('1 times a secret was written')
})

/** Every test of the suite ends with the same check of all that its servers logged and answered: see `startMagicband`. */
describe('a key', () => {
  let band: Magicband
  beforeAll(async () => {
    band = await startMagicband()
  })
  afterAll(() => band.stop())

  test.each(['game', 'bot', 'status'] as const)(
    'of the kind %s is nowhere in the log, wherever it was sent',
    async (kind) => {
      const key = band.keys.wed?.[kind] ?? ''
      const wrong = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`
      for (const text of [key, wrong]) {
        const targets = [
          `/connect?key=${text}`,
          `/nowhere?key=${text}`,
          `/%zz?key=${text}`,
          `/ban/add?key=${text}&key=1`,
        ]
        for (const target of targets) {
          await band.get(target, { key: null })
          await band.post(target, {
            key: null,
            headers: { authorization: `Bearer ${text}`, referer: `http://x/?key=${text}` },
          })
        }
        await band.get('/profile?id=1', { key: text })
        await band.post('/application/upload?id=1', { key: text, body: `{"q1":"${text}`, headers: { cookie: text } })
      }
      expect(band.log.length).toBeGreaterThan(10)
      expect(() => requireNoSecrets(band.log)).not.toThrow()
    },
  )

  test('is not in the pages for people and programs', async () => {
    for (const page of ['/docs', '/openapi.json', '/health']) {
      const { status, text } = await band.get(page, { key: null })
      expect(status).toBeLessThan(400)
      expect(() => requireNoSecrets([text])).not.toThrow()
    }
  })
})

test('a backup holds no key, and no secret of a community', async () => {
  const commands: CommandFolder = makeCommandFolder({ wed: communityFile })
  try {
    const created = await commands.run(['key', 'create', '--community', 'wed', '--kind', 'game'])
    expect(() => requireNoSecrets([created.stdout])).toThrow('secret')
    const file = `${commands.folder}/backup`
    expect((await commands.run(['backup', file])).code).toBe(0)
    const text = gunzipSync(readFileSync(file)).toString()
    expect(text).toContain('"api_key"')
    expect(() => requireNoSecrets([text])).not.toThrow()
  } finally {
    await commands.remove()
  }
})
