import { listBlanked } from '../audit/blanked.ts'
import { digestOf, hashOf, noHash, type Place } from '../audit/chain.ts'
import type { Db } from '../database/schema.ts'
import type { Fault } from './fault.ts'
import { SequenceSet } from './sequence-set.ts'

/** So many entries are in memory at once, and are read by one statement. */
const pageRows = 1000

/** Walks each community's audit trail from its first entry to its last; gives each row that is wrong. */
export async function* findChainFaults(db: Db): AsyncGenerator<Fault> {
  for (const community of await listCommunities(db)) {
    const last = yield* findFaultsOfEntries(db, community)
    const message = findMistakeOfHead(await findHead(db, community), last)
    if (message !== undefined) yield { table: 'audit_head', row: community, message }
  }
}

/** Walks the trail of one community. @returns its last entry */
async function* findFaultsOfEntries(db: Db, community: string): AsyncGenerator<Fault, Place> {
  const faultOf = (sequence: number, message: string) => ({
    table: 'audit_entry',
    row: `${community} ${sequence}`,
    message,
  })
  let last: Place = { sequence: 0, hash: noHash }
  /** Blank entries that no act has named so far. */
  const unnamed = new SequenceSet()
  for await (const entry of listChain(db, community)) {
    const mistakes = listMistakes(entry, last)
    // An act that is not right itself is no reason to believe what it names.
    if (mistakes.length > 0) yield faultOf(entry.sequence, mistakes.join('; '))
    else if (entry.salt === null) unnamed.add(entry.sequence)
    else for (const sequence of listBlanked(entry)) unnamed.delete(sequence)
    // One without a place of its own is nothing to hold the next one against.
    if (hasPlaceAfter(entry, last)) last = entry
  }
  for (const sequence of unnamed) yield faultOf(sequence, 'is blank, and no later act that is right names it')
  return last
}

/** Those that have a head or an entry. */
async function listCommunities(db: Db): Promise<string[]> {
  const heads = await db.selectFrom('audit_head').select('community').execute()
  const found = new Set(heads.map(({ community }) => community))
  // The index is asked once for each: what is distinct in millions of entries takes too long to find out.
  for (let after = ''; ; ) {
    const next = await db
      .selectFrom('audit_entry')
      .select('community')
      .where('community', '>', after)
      .orderBy('community')
      .limit(1)
      .executeTakeFirst()
    if (next === undefined) return [...found].toSorted()
    found.add(next.community)
    after = next.community
  }
}

function findHead(db: Db, community: string): Promise<Place | undefined> {
  return db.selectFrom('audit_head').select(['sequence', 'hash']).where('community', '=', community).executeTakeFirst()
}

type Entry = Awaited<ReturnType<typeof readPage>>[number]

async function* listChain(db: Db, community: string): AsyncGenerator<Entry> {
  for (let after: number | undefined; ; ) {
    const page = await readPage(db, community, after)
    yield* page
    if (page.length < pageRows) return
    after = page.at(-1)?.sequence
  }
}

function readPage(db: Db, community: string, after: number | undefined) {
  let query = db
    .selectFrom('audit_entry')
    .selectAll()
    .where('community', '=', community)
    .orderBy('sequence')
    .limit(pageRows)
  if (after !== undefined) query = query.where('sequence', '>', after)
  return query.execute()
}

/** SQLite keeps fractions and text in a column of integers as well. */
function hasPlaceAfter({ sequence }: Entry, last: Place): boolean {
  return Number.isSafeInteger(sequence) && sequence > last.sequence
}

function listMistakes(row: Entry, last: Place): string[] {
  const { sequence, digest, hash, salt } = row
  const entry = toContent(row)
  const mistakes: string[] = []
  if (sequence > last.sequence + 1) mistakes.push(`${nameEntries(last.sequence + 1, sequence - 1)} missing before it`)
  if (!hasPlaceAfter(row, last)) mistakes.push('has a place that no entry has')
  if (salt === null && (entry.robloxId !== null || entry.before !== null || entry.after !== null)) {
    mistakes.push('is changed: it is erased, but not whole')
  }
  // What follows a gap can't be held against the entry before it.
  const hasPrevious = sequence === last.sequence + 1
  if (salt !== null && digest !== digestOf({ ...entry, salt })) {
    mistakes.push('is changed: it says something else than when it was written')
  } else if (hasPrevious && hash !== hashOf({ ...entry, sequence, digest, previous: last.hash })) {
    mistakes.push('does not follow from the entry before it: one of the two was changed, moved or put in')
  }
  return mistakes
}

function toContent(row: Entry) {
  const { community, id, act, moderator, before, after } = row
  const { roblox_id: robloxId, key_id: keyId, request_id: requestId, created_at: createdAt } = row
  return { community, id, act, robloxId, moderator, keyId, requestId, before, after, createdAt }
}

function findMistakeOfHead(head: Place | undefined, last: Place): string | undefined {
  if (head === undefined) return `is missing, though the trail has entries up to ${last.sequence}`
  if (head.sequence > last.sequence) return `${nameEntries(last.sequence + 1, head.sequence)} missing at the end`
  if (head.sequence < last.sequence) {
    return `says that entry ${head.sequence} is the last, but there are entries up to ${last.sequence}`
  }
  if (head.sequence !== last.sequence) return 'has a place that no entry has'
  return head.hash === last.hash ? undefined : `has another hash than the last entry, ${last.sequence}`
}

function nameEntries(first: number, last: number): string {
  return first === last ? `entry ${first} is` : `entries ${first} to ${last} are`
}
