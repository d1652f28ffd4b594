import { describe, expect, test } from 'vitest'
import { eventually, pathOf, startMagicband } from '../../../test/magicband.ts'
import type { FailureMode } from '../../sandbox/sandbox.ts'

const modes: FailureMode[] = ['refuse', 'lost', 'hang', 'slow', '429', '500', 'html', 'empty', 'truncated']

describe.concurrent('while only the host of names fails', () => {
  test.each(modes)('a player never seen before joins with the right rank (%s)', async (mode) => {
    const band = await startMagicband()
    const join = async (id: string) => {
      const startedAt = performance.now()
      const reply = await band.get(pathOf('/connect', { place: '1', id, training: 'false' }))
      return { ...reply, ms: performance.now() - startedAt }
    }
    band.sandbox.fail('robloxUsers', { mode, delayMs: 3000 })
    const [member, nobody] = await Promise.all([join('1004'), join('999999999')])
    expect(member.body).toEqual({ certifications: '', auth: true, clearance: 3 })
    expect(member.headers).not.toHaveProperty('x-magicband-stale')
    expect(nobody.body).toEqual({ certifications: '', auth: true, clearance: 0 })
    for (const { ms } of [member, nobody]) expect(ms).toBeLessThan(3500)
    band.sandbox.heal()
    band.advance(31_000)
    await eventually(async () => ((await join('999999999')).status === 404 ? true : undefined))
    await band.stop()
  })
})
