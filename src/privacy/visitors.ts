import type { Database } from '../database/database.ts'
import { batchRows, type Turns, throughPages } from './turns.ts'
import {
  forgetLinks,
  forgetNames,
  forgetRanks,
  listCommunitiesOfPeople,
  listOldLinks,
  listOldNames,
  listOldRanks,
  type Remembered,
  type RememberedLink,
} from './visitors.store.ts'

type Limit = { community: string; before: number }

/** Forgets what a community remembers of people without a record since before `before`: ranks and Discord links. @returns how many rows */
export async function forgetVisitors(database: Database, limit: Limit, turns: Turns): Promise<number> {
  const { read, act } = database
  const { community } = limit
  const ranks = await throughPages<Remembered>(turns, {
    read: (after) => listOldRanks(read, { ...limit, after, limit: batchRows }),
    work: (page) => act((trx) => forgetRanks(trx, { community, ...page })),
  })
  const links = await throughPages<RememberedLink>(turns, {
    read: (after) => listOldLinks(read, { ...limit, after, limit: batchRows }),
    work: (page) => act((trx) => forgetLinks(trx, { community, ...page })),
  })
  return ranks + links
}

/** Forgets the names, which all communities share, of people of whom no community knows anything else. @returns how many rows */
export async function forgetStrangers(database: Database, before: number, turns: Turns): Promise<number> {
  const { read, act } = database
  const communities = await listCommunitiesOfPeople(read)
  return throughPages<Remembered>(turns, {
    read: (after) => listOldNames(read, { before, after, limit: batchRows }),
    work: (page) => act((trx) => forgetNames(trx, { communities, ...page })),
  })
}
