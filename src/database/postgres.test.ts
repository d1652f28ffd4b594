import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../test/test-database.ts'
import { adviseOnDatabase } from './advice.ts'
import { openDatabase } from './database.ts'

describe('an act', () => {
  test('fails where a statement failed, whatever became of its error', async () => {
    const { url, remove } = await createTestDatabase()
    const database = openDatabase(url)
    const act = database.act(async (trx) => {
      await sql`select 1 / 0`.execute(trx).catch(() => undefined)
    })
    await expect(act).rejects.toThrow('a statement of an act failed, and nobody minded')
    expect(await database.act(async (trx) => (await sql`select 1 as one`.execute(trx)).rows)).toEqual([{ one: 1 }])
    await database.close()
    await remove()
  })
})

describe('a user without the right to make tables', () => {
  test('is told so, and not what failed because of it', async () => {
    const { url, remove } = await createTestDatabase({ isEmpty: true })
    const owner = openDatabase(url)
    const name = `guest_${process.pid}`
    await owner.act((trx) => sql`create role ${sql.id(name)} login password 'guest'`.execute(trx))
    const guest = openDatabase(Object.assign(new URL(url), { username: name, password: 'guest' }).href)
    const error = await guest.migrate().catch((thrown: unknown) => thrown)
    await guest.close()
    await owner.act((trx) => sql`drop role ${sql.id(name)}`.execute(trx))
    await owner.close()
    await remove()
    expect(error).toMatchObject({ message: 'permission denied for schema public' })
    expect(adviseOnDatabase(error)).toMatch(/^give the user of DATABASE_URL the right to it/)
  })
})

test('the address may be that of a socket, with a user and no host', async () => {
  const database = openDatabase('postgresql://guest:guest@/magicband?host=/nowhere/at-all')
  const error: unknown = await database.check().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'ENOENT', address: '/nowhere/at-all/.s.PGSQL.5432' })
  expect(adviseOnDatabase(error)).toMatch(/^check DATABASE_URL/)
  await database.close()
})

describe('the pools', () => {
  test.each(['0', '-1', '501', '9999', 'many', ''])('refuse a size of %j', (size) => {
    expect(() => openDatabase(`postgres://localhost/magicband?pool_size=${size}`)).toThrow(
      'pool_size must be a whole number from 1 to 500',
    )
  })

  test.each(['poolsize', 'Pool_Size', 'pool-size'])('refuse another spelling of their size: %s', (name) => {
    expect(() => openDatabase(`postgres://localhost/magicband?sslmode=disable&${name}=5`)).toThrow(
      `${name} is written pool_size`,
    )
  })

  test('take what node-postgres reads, and what hosts put into their addresses', async () => {
    const { url, remove } = await createTestDatabase()
    const more =
      'application_name=band%20one&sslmode=disable&options=&connect_timeout=10&channel_binding=prefer&pgbouncer=true'
    const database = openDatabase(`${url}?${more}`)
    const { rows } = await sql<{ name: string }>`select current_setting('application_name') as name`.execute(
      database.read,
    )
    expect(rows).toEqual([{ name: 'band one' }])
    await database.close()
    await remove()
  })

  test('have the size that the URL says', async () => {
    const { url, remove } = await createTestDatabase()
    const small = openDatabase(`${url}?pool_size=2`)
    const backends = await Promise.all(
      Array.from({ length: 20 }, () => sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(small.read)),
    )
    expect(new Set(backends.map(({ rows }) => rows[0]?.pid)).size).toBe(2)
    await small.close()
    await remove()
  })
})
