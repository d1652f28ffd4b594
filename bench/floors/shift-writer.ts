import { createHash, randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { Pool, type PoolClient } from 'pg'

/** A shift as `/log` has it; the whole of it is on disk when the promise is kept. */
export type Shift = { id: string; place: string; seconds: number; training: number; server: string }
export type ShiftWriter = (shift: Shift) => Promise<void> | void

/** The statements of `/log` by hand, in their order; parameters are numbered, which both databases read. */
const statements = {
  user: 'select roblox_id from roblox_user where roblox_id = $1',
  identity:
    'insert into recent_shift (community, identity, received_at) values ($1, $2, $3) on conflict (community, identity) do update set received_at = $3 where recent_shift.received_at <= $4',
  player:
    'insert into player (community, object_id, roblox_id, points, created_at) values ($1, $2, $3, 0, $4) on conflict (community, roblox_id) do nothing',
  shift:
    'insert into shift (community, id, roblox_id, place, server, seconds, training, points, received_at, key_id, request_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)',
  entry:
    'insert into point_entry (community, id, roblox_id, amount, reason, shift_id, created_at) values ($1, $2, $3, $4, $5, $6, $7)',
  sum: 'update player set points = points + $1 where community = $2 and roblox_id = $3',
}
type Step = [name: keyof typeof statements, values: (string | number)[]]

const newId = () => randomBytes(12).toString('hex')

/** What is written for a shift. */
function stepsOf({ id, place, seconds, training, server }: Shift): Step[] {
  const now = Date.now()
  const shiftId = newId()
  const points = Math.floor(seconds / 60)
  const identity = createHash('sha256').update(`${id} ${place} ${server} ${training} ${seconds}`).digest('hex')
  return [
    ['identity', ['wed', identity, now, now - Math.min(seconds, 600) * 1000]],
    ['player', ['wed', newId(), id, now]],
    ['shift', ['wed', shiftId, id, place, server, seconds, training, points, now, 'floor', newId()]],
    ['entry', ['wed', newId(), id, points, 'shift', shiftId, now]],
    ['sum', [points, 'wed', id]],
  ]
}

export function openShiftWriter(url: string): ShiftWriter {
  return url.startsWith('sqlite:') ? onSqlite(url.slice('sqlite:'.length)) : onPostgres(url)
}

function onSqlite(file: string): ShiftWriter {
  const database = new DatabaseSync(file)
  database.exec('pragma journal_mode = wal; pragma synchronous = full')
  const prepared = Object.fromEntries(
    Object.entries(statements).map(([name, sql]) => [name, database.prepare(sql.replaceAll('$', '?'))]),
  )
  return (shift) => {
    database.exec('begin immediate')
    if (prepared.user?.get(shift.id) === undefined) throw new Error(`there is no user ${shift.id}`)
    for (const [name, values] of stepsOf(shift)) prepared[name]?.run(...values)
    database.exec('commit')
  }
}

function onPostgres(url: string): ShiftWriter {
  const pool = new Pool({ connectionString: url, max: 10 })
  const run = (client: PoolClient, name: keyof typeof statements, values: (string | number)[]) =>
    client.query({ name, text: statements[name], values })
  return async (shift) => {
    const client = await pool.connect()
    try {
      await client.query('begin')
      const { rows } = await run(client, 'user', [shift.id])
      if (rows.length === 0) throw new Error(`there is no user ${shift.id}`)
      for (const [name, values] of stepsOf(shift)) await run(client, name, values)
      await client.query('commit')
    } finally {
      client.release()
    }
  }
}
