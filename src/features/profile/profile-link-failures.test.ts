import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { communityFile, findLogLine, type Magicband, pathOf, startMagicband } from '../../../test/magicband.ts'
import type { FailureMode } from '../../sandbox/sandbox.ts'

const modes: FailureMode[] = ['refuse', 'lost', 'hang', 'slow', '429', '500', 'html', 'empty', 'truncated']
const sixHoursMs = 6 * 3_600_000

/** A Discord id that is linked in both services, to StudentOne in the one and to CastOne in the other. */
function link(band: Magicband, discordId: string, source: 'bloxlink' | 'rover') {
  band.sandbox.world.linkDiscord({ discordId, robloxId: '1001' })
  band.sandbox.world.linkDiscord({ discordId, robloxId: '1002', in: source })
}

describe.each([
  ['bloxlink', 'rover'],
  ['rover', 'bloxlink'],
] as const)('%s, which is asked first,', (source, other) => {
  let band: Magicband
  beforeAll(async () => {
    const file = communityFile.replace('[table, bloxlink, rover]', `[${source}, ${other}]`)
    band = await startMagicband({ files: { wed: file } })
    // Known to Roblox, so that names are no part of this.
    for (const id of ['1001', '1002']) await band.get(pathOf('/profile', { id }))
  })
  afterAll(() => band.stop())

  const ask = async (discord: string) => {
    const startedAt = performance.now()
    const reply = await band.get(pathOf('/profile', { discord }))
    return { status: reply.status, body: reply.body, ms: performance.now() - startedAt }
  }

  for (const [index, mode] of modes.entries()) {
    test(`fails, and the next one is asked; what it said once holds, however old (${mode})`, async () => {
      const [known, unknown] = [`7000000000000000${index}1`, `7000000000000000${index}2`]
      link(band, known, source)
      link(band, unknown, source)
      expect((await ask(known)).body).toMatchObject({ id: 1002 })
      band.advance(sixHoursMs)
      band.sandbox.world.unlinkDiscord({ discordId: known })
      band.sandbox.fail(source, { mode, delayMs: 300 })
      const [old, passed] = await Promise.all([ask(known), ask(unknown)])
      expect(passed.ms).toBeLessThan(8000)
      if (mode === 'slow') {
        expect(old.status).toBe(404)
        expect(passed.body).toMatchObject({ id: 1002 })
      } else {
        expect(old.body).toMatchObject({ id: 1002 })
        expect(passed.body).toMatchObject({ id: 1001 })
        expect(findLogLine(band, 'source of Discord links')).toMatchObject({ level: 40, community: 'wed', source })
      }
      // Nothing was learnt from the failure.
      band.sandbox.heal()
      band.advance(60_000)
      expect((await ask(unknown)).body).toMatchObject({ id: 1002 })
      expect((await ask(known)).status).toBe(404)
    })
  }

  test('is left alone after five failures, so that nobody waits for it', async () => {
    band.sandbox.fail(source, { mode: 'refuse' })
    const ids = Array.from({ length: 6 }, (_, index) => `71000000000000000${index}`)
    for (const id of ids) link(band, id, source)
    await Promise.all(ids.slice(1).map(ask))
    band.sandbox.forgetRequests()
    expect((await ask(ids[0] ?? '')).body).toMatchObject({ id: 1001 })
    expect(band.sandbox.requests(source)).toEqual([])
    band.sandbox.heal()
    band.advance(2000)
    expect((await ask(ids[0] ?? '')).body).toMatchObject({ id: 1002 })
  })
})
