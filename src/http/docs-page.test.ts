import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Magicband, startMagicband } from '../../test/magicband.ts'

let band: Magicband
beforeAll(async () => {
  band = await startMagicband()
})
afterAll(() => band.stop())

const ask = (path: string) => band.get(path, { key: null })

describe('the page to try calls from', () => {
  test('runs its own script and no other, loads nothing from elsewhere and stands in no frame', async () => {
    const { headers, text } = await ask('/docs/')
    const script = text.match(/<script type="text\/javascript">([\s\S]*?)<\/script>/)?.[1] ?? ''
    expect(script).toContain('/openapi.json')
    const policy = headers['content-security-policy']?.split('; ')
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        `script-src 'self' 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
        "connect-src 'self'",
        "frame-ancestors 'none'",
      ]),
    )
    expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer' })
    // All that it loads is here.
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
    expect((await ask('/docs/js/scalar.js')).status).toBe(200)
  })
})

test.each(['/docs/', '/openapi.json', '/health', '/nowhere', '/connect', '/pastes/none'])(
  '%s is what its content type says',
  async (path) => {
    expect((await ask(path)).headers['x-content-type-options']).toBe('nosniff')
  },
)
