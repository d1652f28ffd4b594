import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Act } from '../src/audit/audit.ts'
import type { Db } from '../src/database/schema.ts'
import { communityFile, type Magicband, startMagicband } from './magicband.ts'
import {
  ban,
  blank,
  type Damage,
  erasePlayer,
  faultsAfter,
  faultsOf,
  forEntry,
  forgetOldEntries,
  record,
  remove,
  rewrite,
  upTo,
} from './trail.ts'

const dayMs = 24 * 3_600_000

const readTrail = ({ app }: Pick<Magicband, 'app'>) =>
  app.database.read
    .selectFrom('audit_entry')
    .select(['sequence', 'act', 'roblox_id', 'before', 'after', 'salt', 'moderator', 'key_id', 'created_at'])
    .where('community', '=', 'wed')
    .orderBy('sequence')
    .execute()

/** The sequences of the entries that are blank. */
async function blankOf(band: Magicband): Promise<number[]> {
  const isBlank = ({ salt, ...said }: Awaited<ReturnType<typeof readTrail>>[number]) =>
    [salt, said.roblox_id, said.before, said.after].every((value) => value === null)
  return (await readTrail(band)).filter(isBlank).map(({ sequence }) => sequence)
}

/** What the acts that blank entries say, in their order. */
async function namedIn(band: Magicband) {
  const acts = (await readTrail(band)).filter(({ act }) => act === 'player.erase' || act === 'audit.forget')
  return acts.map(({ act, after }) => [act, JSON.parse(after ?? 'null')?.blanked])
}

describe('a trail of which an erasure and the retention blanked entries', () => {
  let band: Magicband
  beforeAll(async () => {
    band = await startMagicband({ files: { wed: communityFile, zoo: communityFile } })
    for (const player of ['100001', '100002', '100003']) await ban(band, `Visitor${player}`)
    band.advance(31 * dayMs)
    await ban(band, 'Visitor100004')
    await band.app.database.act((trx) =>
      record(trx, band, [
        { act: 'key.create', after: { key: 'x' } },
        { act: 'points.adjust', robloxId: '100001', before: { points: 0 }, after: { points: 5 } },
      ]),
    )
    await erasePlayer(band, '100001')
    await forgetOldEntries(band, 30)
    await ban(band, 'Visitor100005')
  })
  afterAll(() => band.stop())

  const changed = 'is changed: it says something else than when it was written'
  const doesNotFollow = 'does not follow from the entry before it: one of the two was changed, moved or put in'
  const unnamed = 'is blank, and no later act that is right names it'
  const blanks = (...sequences: number[]) => sequences.map((sequence) => `${sequence}: ${unnamed}`)

  test('names them, and holds', async () => {
    expect(await blankOf(band)).toEqual([1, 2, 3, 6])
    expect((await readTrail(band)).slice(6, 8)).toMatchObject([
      {
        act: 'player.erase',
        after: expect.stringMatching(/^\{"receipt":"[0-9a-f]{24}","blanked":\[\[1,1\],\[6,6\]\]\}$/),
      },
      { act: 'audit.forget', key_id: 'retention', moderator: null, before: null, after: '{"blanked":[[2,3]]}' },
    ])
    expect(await faultsOf(band.app.database.read)).toEqual([])
  })

  const also4 = (sequence: number) => {
    const after = sequence === 7 ? '{"blanked":[[1,1],[4,4],[6,6]]}' : '{"blanked":[[2,4]]}'
    return forEntry(sequence, sql`after = ${sql.lit(after)}`)
  }
  const adopt = (sequence: number, { withHash }: { withHash: boolean }) => [
    also4(sequence),
    (trx: Db) => rewrite(trx, sequence, { withHash }),
  ]
  const write =
    (acts: Act[], community = 'wed') =>
    (trx: Db) =>
      record(trx, band, acts, community)
  const naming = (...blanked: number[][]): Act => ({ act: 'audit.forget', after: { blanked } })

  test.each<[string, Damage[], string[]]>([
    ['about a player', [blank(4)], blanks(4)],
    ['about nobody', [blank(5)], blanks(5)],
    ['at the end', [blank(9)], blanks(9)],
    ['that is an erasure, and those that it named', [blank(7)], blanks(1, 6, 7)],
    ['that the retention wrote, and those that it named', [blank(8)], blanks(2, 3, 8)],
    ['and put into an erasure', [blank(4), also4(7)], [`7: ${changed}`, ...blanks(1, 4, 6)]],
    [
      'and put into an erasure with its digest',
      [blank(4), ...adopt(7, { withHash: false })],
      [`7: ${doesNotFollow}`, ...blanks(1, 4, 6)],
    ],
    [
      'and put into an erasure with its digest and hash',
      [blank(4), ...adopt(7, { withHash: true })],
      [`8: ${doesNotFollow}`, ...blanks(2, 3)],
    ],
    ['of an act that was removed', [remove(7)], ['8: entry 7 is missing before it', ...blanks(1, 2, 3, 6)]],
    ['that an act before it names', [write([naming([11, 11]), { act: 'link.add' }]), blank(11)], blanks(11)],
    ['that an act of another community names', [write([naming([4, 4])], 'zoo'), blank(4)], blanks(4)],
    [
      'that an act of another kind names',
      [write([{ act: 'players.import', after: { blanked: [[4, 4]] } }]), blank(4)],
      blanks(4),
    ],
    [
      'that an act names before, and not after',
      [write([{ act: 'audit.forget', before: { blanked: [[4, 4]] }, after: {} }]), blank(4)],
      blanks(4),
    ],
    ['by an act that names more than one does', [write([naming([4, 4], [20, 519])]), blank(4)], blanks(4)],
    ['by an act that names all there could be', [write([naming([1, 2 ** 53])]), blank(4)], blanks(4)],
    [
      'by an act that is of another form',
      [write([{ act: 'audit.forget', after: { blanked: 4 } }]), blank(4)],
      blanks(4),
    ],
  ])('tells an entry that was blanked by hand %s', async (_name, damages, faults) => {
    expect(await faultsAfter(band, damages)).toEqual(faults.map((fault) => `audit_entry wed ${fault}`))
  })

  test('holds where an act names as many as one can', async () => {
    expect(await faultsAfter(band, [write([naming([4, 4], [20, 518])]), blank(4)])).toEqual([])
  })

  test.each([
    ['its moderator', sql`moderator = '100000000000000001'`],
    ['its act', sql`act = 'ban.remove'`],
    ['its time', sql`created_at = created_at - 1`],
    ['its request', sql`request_id = 'another'`],
  ])('tells a blank entry of which somebody changed %s', async (_name, set) => {
    expect(await faultsAfter(band, [forEntry(3, set)])).toEqual([`audit_entry wed 3: ${doesNotFollow}`])
  })
})

describe('an erasure', () => {
  let band: Magicband
  beforeEach(async () => {
    band = await startMagicband()
  })
  afterEach(() => band.stop())

  test('of a player without entries names none, and neither does a second one', async () => {
    await erasePlayer(band, '100001')
    await ban(band, 'Visitor100001')
    for (const entries of [1, 0]) {
      expect((await erasePlayer(band, '100001')).removed.audit_entry).toBe(entries)
    }
    expect(await namedIn(band)).toEqual([
      ['player.erase', []],
      ['player.erase', [[2, 2]]],
      ['player.erase', []],
    ])
    expect(await faultsOf(band.app.database.read)).toEqual([])
  })

  test('names thousands of entries in as many acts as it takes, all with the receipt', async () => {
    const acts = upTo(2400).map((index): Act => ({ act: 'link.add', robloxId: index % 2 === 0 ? '100001' : '100002' }))
    await band.app.database.act((trx) => record(trx, band, acts))
    const { id, removed } = await erasePlayer(band, '100001')
    expect(removed.audit_entry).toBe(1200)
    const listing = (await readTrail(band)).slice(2400).map(({ act, after }) => ({ act, ...JSON.parse(after ?? '') }))
    const even = upTo(1200).map((index) => [2 * index, 2 * index])
    expect(listing).toEqual([
      { act: 'player.erase', receipt: id, blanked: even.slice(0, 500) },
      { act: 'audit.forget', receipt: id, blanked: even.slice(500, 1000) },
      { act: 'audit.forget', receipt: id, blanked: even.slice(1000) },
    ])
    expect(await faultsOf(band.app.database.read)).toEqual([])
  })
})

describe('the retention', () => {
  let band: Magicband
  beforeEach(async () => {
    band = await startMagicband()
  })
  afterEach(() => band.stop())

  const age = async (entries: number, act: Act = { act: 'link.add', robloxId: '100001' }): Promise<void> => {
    await band.app.database.act((trx) => record(trx, band, Array<Act>(entries).fill(act)))
    band.advance(31 * dayMs)
  }

  test('writes an act a batch, and none where there is nothing to blank, however old its own acts are', async () => {
    await age(1300)
    await forgetOldEntries(band, 30)
    const named = [
      ['audit.forget', [[1, 500]]],
      ['audit.forget', [[501, 1000]]],
      ['audit.forget', [[1001, 1300]]],
    ]
    expect(await namedIn(band)).toEqual(named)
    for (let time = 0; time < 3; time++) {
      band.advance(1000 * dayMs)
      await forgetOldEntries(band, 30)
    }
    expect(await namedIn(band)).toEqual(named)
    expect(await blankOf(band)).toEqual(upTo(1300))
    expect(await faultsOf(band.app.database.read)).toEqual([])
  })

  test.each<[string, Act]>([
    ['a key', { act: 'key.create', after: { key: 'x', name: 'bot' } }],
    ['an import', { act: 'players.import', after: { records: 3 } }],
    ['an erasure', { act: 'player.erase', after: { receipt: 'x', blanked: [] } }],
    ['its own', { act: 'audit.forget', after: { blanked: [] } }],
  ])('leaves an act that is about nobody: %s', async (_name, act) => {
    await age(600, act)
    await age(1)
    await forgetOldEntries(band, 30)
    expect(await blankOf(band)).toEqual([601])
    expect(await faultsOf(band.app.database.read)).toEqual([])
  })

  test('leaves to an erasure what it has not blanked, and the other way round', async () => {
    await age(2)
    await age(1, { act: 'link.add', robloxId: '100002' })
    await age(1)
    await forgetOldEntries(band, 60)
    await erasePlayer(band, '100001')
    await forgetOldEntries(band, 30)
    expect(await namedIn(band)).toEqual([
      ['audit.forget', [[1, 3]]],
      ['player.erase', [[4, 4]]],
    ])
    expect(await faultsOf(band.app.database.read)).toEqual([])
  })

  test('of two servers at once, beside erasures and acts, names each entry once', async () => {
    const players = upTo(40).map((index) => String(100_100 + index))
    const acts = upTo(60).flatMap(() => players.map((robloxId): Act => ({ act: 'link.add', robloxId })))
    await band.app.database.act((trx) => record(trx, band, acts))
    band.advance(31 * dayMs)
    const other = await band.startAnother()
    const otherServer = { app: other.app, now: band.now }
    await Promise.all([
      forgetOldEntries(band, 30),
      forgetOldEntries(otherServer, 30),
      ...players.slice(0, 10).map((id, index) => erasePlayer(index % 2 === 0 ? band : otherServer, id)),
      ...players.slice(10, 20).map((id, index) => ban(index % 2 === 0 ? band : other, `Visitor${id}`)),
    ])
    await other.stop()
    // Whoever finds that others have blanked a part of a batch leaves the rest to the next hour.
    await forgetOldEntries(band, 30)
    const named = (await namedIn(band)).flatMap(([, runs]: unknown[]) =>
      (runs as [number, number][]).flatMap(([first, last]) => upTo(last - first + 1).map((index) => first + index - 1)),
    )
    expect(named.toSorted((one, another) => one - another)).toEqual(upTo(2400))
    expect(await blankOf(band)).toEqual(upTo(2400))
    expect(await faultsOf(band.app.database.read)).toEqual([])
  })
})
