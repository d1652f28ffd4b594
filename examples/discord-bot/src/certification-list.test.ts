import { createClient } from '@magicband/client'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { communityFile, type Magicband, startMagicband } from '../../../test/magicband.ts'
import { CertificationList } from './certification-list.ts'

let band: Magicband
let now: number
let asked: number
let isAway: boolean
let list: CertificationList
beforeAll(async () => {
  band = await startMagicband()
})
beforeEach(() => {
  now = 0
  asked = 0
  isAway = false
  const magicband = createClient({
    address: band.address,
    key: band.keys.wed?.bot ?? '',
    tries: 1,
    fetch: (input, init) => {
      asked++
      // Magicband has another port after a restart.
      const { pathname } = new URL(String(input))
      return isAway ? Promise.reject(new TypeError('fetch failed')) : fetch(band.address + pathname, init)
    },
  })
  list = new CertificationList(magicband, () => now)
})
afterAll(() => band.stop())

const codes = async () => (await list.list()).map(({ code }) => code)
const all = ['char', 'tot', 'mtp', 'btmr', 'rnrc']

test('it is asked for once a minute, by whoever is first', async () => {
  expect(await Promise.all([codes(), codes(), codes()])).toEqual([all, all, all])
  now = 59_999
  expect([await codes(), asked]).toEqual([all, 1])
  now = 60_000
  expect([await codes(), asked]).toEqual([all, 2])
})

test('what the community file says is there a minute later', async () => {
  await list.list()
  await band.restart({ wed: communityFile.replace('tot: Tower of Terror, ', '') })
  now = 60_000
  expect(await codes()).toEqual(['char', 'mtp', 'btmr', 'rnrc'])
  await band.restart({ wed: communityFile })
})

test('what is known does while Magicband is away, and nothing known is an error', async () => {
  isAway = true
  await expect(list.list()).rejects.toMatchObject({ code: 'unreachable' })
  isAway = false
  await list.list()
  isAway = true
  now = 3_600_000
  expect([await codes(), asked]).toEqual([all, 3])
})
