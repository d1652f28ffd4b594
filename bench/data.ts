import type { Players } from './calls.ts'
import { type RunStatement, withStatements } from './databases.ts'

/** How much is in a database; every shift has its entry in the ledger. */
export type Amount = { players: number; shiftsPerPlayer: number }

export const fewPlayers: Amount = { players: 1000, shiftsPerPlayer: 5 }
export const manyPlayers: Amount = { players: 1_000_000, shiftsPerPlayer: 5 }

export const firstPlayer = 10_000_000
const pointsPerShift = 10
/** Rows that one statement inserts: so often is progress told. */
const rowsAtOnce = 100_000
/** Scatters the shifts over the players: prime, so that all have as many. */
const stride = 7919

const filledTables = ['roblox_user', 'membership', 'player', 'certification', 'shift', 'point_entry'] as const
type FilledTable = (typeof filledTables)[number]

export const playersOf = ({ players }: Amount): Players => ({ first: firstPlayer, count: players })

/**
 * Fills a database that was brought up to date: players of the community `wed` with names, ranks, two certifications,
 * shifts and the ledger, as `magicband verify` wants them. Indexes are made at the end, which is much faster.
 */
export async function fill(url: string, amount: Amount, tell: (done: number, of: number) => void): Promise<void> {
  const rows = rowCounts(amount)
  const total = filledTables.reduce((sum, table) => sum + rows[table], 0)
  await withStatements(url, async (run) => {
    const isSqlite = url.startsWith('sqlite:')
    if (isSqlite) for (const pragma of ['synchronous = off', 'cache_size = -200000']) await run(`pragma ${pragma}`)
    const indexes = await dropIndexes(run, isSqlite)
    let done = 0
    for (const table of filledTables) {
      for (let first = 0; first < rows[table]; first += rowsAtOnce) {
        const last = Math.min(first + rowsAtOnce, rows[table]) - 1
        await run(insertion(table, { amount, first, last, now: Date.now(), isSqlite }))
        done += last - first + 1
        tell(done, total)
      }
    }
    for (const index of indexes) await run(index)
    await run('analyze')
  })
}

/** Makes what is remembered of Roblox so many milliseconds old: 0 for fresh. */
export async function makeRemembered(
  url: string,
  { community, ageMs }: { community: string; ageMs: number },
): Promise<void> {
  const now = Date.now()
  await withStatements(url, async (run) => {
    await run(`update roblox_user set asked_at = ${now} where asked_at <> ${now}`)
    await run(`update membership set asked_at = ${now - ageMs} where community = '${community}'`)
  })
}

/** How many players a database holds that was filled before. */
export async function countPlayers(url: string): Promise<number> {
  return withStatements(url, async (run) => {
    const [row] = await run("select count(*) as count from player where community = 'wed'")
    return Number(row?.count)
  })
}

function rowCounts({ players, shiftsPerPlayer }: Amount): Record<FilledTable, number> {
  const shifts = players * shiftsPerPlayer
  return {
    roblox_user: players,
    membership: players,
    player: players,
    certification: players * 2,
    shift: shifts,
    point_entry: shifts,
  }
}

/** Drops the indexes that don't belong to a key, and gives the statements that make them again. */
async function dropIndexes(run: RunStatement, isSqlite: boolean): Promise<string[]> {
  const tables = filledTables.map((table) => `'${table}'`).join(', ')
  const indexes = await run(
    isSqlite
      ? `select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name in (${tables})`
      : `select indexname as name, indexdef as sql from pg_indexes
         where tablename in (${tables}) and indexname not in (select conname from pg_constraint)`,
  )
  for (const { name } of indexes) await run(`drop index ${name}`)
  return indexes.map(({ sql }) => String(sql))
}

type Part = { amount: Amount; first: number; last: number; now: number; isSqlite: boolean }

/** A statement that makes the rows `first` to `last` of a table, in the words of either database. */
function insertion(table: FilledTable, { amount, first, last, now, isSqlite }: Part): string {
  const { players, shiftsPerPlayer } = amount
  const id = (n: string) => (isSqlite ? `printf('%024x', ${n})` : `lpad(to_hex(${n}), 24, '0')`)
  const playerId = (n: string) => `cast(${firstPlayer} + ${n} as text)`
  const ofShift = playerId(`(i * ${stride}) % ${players}`)
  const begin = now - 90 * 86_400_000
  const at = `${begin} + i * 7776000 / ${players * shiftsPerPlayer} * 1000`
  const columns: Record<FilledTable, Record<string, string>> = {
    roblox_user: {
      roblox_id: playerId('i'),
      name: `'Player' || cast(i as text)`,
      name_lower: `'player' || cast(i as text)`,
      asked_at: `${now}`,
    },
    membership: {
      community: `'wed'`,
      roblox_id: playerId('i'),
      rank: '50',
      role_name: `'Cast Member'`,
      asked_at: `${now}`,
    },
    player: {
      community: `'wed'`,
      object_id: id('i'),
      roblox_id: playerId('i'),
      points: `${pointsPerShift * shiftsPerPlayer}`,
      created_at: `${begin}`,
    },
    certification: {
      community: `'wed'`,
      roblox_id: playerId('i / 2'),
      code: `case i % 2 when 0 then 'char' else 'tot' end`,
      granted_by: `'301715666401230851'`,
      granted_at: `${begin}`,
    },
    shift: {
      community: `'wed'`,
      id: id('i'),
      roblox_id: ofShift,
      place: `'4895128840'`,
      server: `'server-' || cast(i / 20 as text)`,
      seconds: '600',
      training: '0',
      points: `${pointsPerShift}`,
      received_at: at,
      key_id: id('1'),
      request_id: id('i'),
    },
    point_entry: {
      community: `'wed'`,
      id: id('i'),
      roblox_id: ofShift,
      amount: `${pointsPerShift}`,
      reason: `'shift'`,
      shift_id: id('i'),
      created_at: at,
    },
  }
  const row = columns[table]
  return `insert into ${table} (${Object.keys(row).join(', ')})
    with recursive series(i) as (
      select cast(${first} as bigint) union all select i + 1 from series where i < ${last}
    ) select ${Object.values(row).join(', ')} from series`
}
