import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CommandFolder, makeCommandFolder } from '../../test/command-line.ts'
import { communityFile } from '../../test/magicband.ts'
import { openDatabase } from '../database/database.ts'
import { addJob } from '../jobs/queue.ts'

const runAt = Date.parse('2026-01-15T12:00:00.000Z')

let command: CommandFolder
beforeAll(async () => {
  command = makeCommandFolder({ wed: communityFile, zoo: communityFile })
  await command.run(['migrate'])
  await change(async (trx) => {
    const add = (id: string, community: string, later: number) =>
      addJob(trx, { community, id, task: 'audit.post', payload: {}, runAt: runAt + later, now: runAt })
    for (const [id, later] of [
      ['late', 2000],
      ['soon', 1000],
      ['running', 500],
      ['given-up', 3000],
    ] as const)
      await add(id, 'wed', later)
    await add('of-another', 'zoo', 0)
    const set = trx.updateTable('job')
    await set.set({ locked_by: 'a runner', locked_at: runAt }).where('id', '=', 'running').execute()
    const failed = { attempts: 25, last_error: 'discord: it answered\n"500"', given_up_at: runAt }
    await set.set(failed).where('id', '=', 'given-up').execute()
  })
})
afterAll(() => command.remove())

type Trx = Parameters<Parameters<ReturnType<typeof openDatabase>['act']>[0]>[0]
async function change<T>(work: (trx: Trx) => Promise<T>): Promise<T> {
  const database = openDatabase(command.databaseUrl)
  try {
    return await database.act(work)
  } finally {
    await database.close()
  }
}

describe('jobs list', () => {
  test('prints a line a job that is not done, its ID first; those given up come first', async () => {
    const { code, stdout, stderr } = await command.run(['jobs', 'list', '--community', 'wed'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.split('\n')).toEqual([
      'given-up  wed  audit.post  given up  attempts 25  runs 2026-01-15T12:00:03.000Z  "discord: it answered\\n\\"500\\""',
      'running  wed  audit.post  running  attempts 0  runs 2026-01-15T12:00:00.500Z',
      'soon  wed  audit.post  waiting  attempts 0  runs 2026-01-15T12:00:01.000Z',
      'late  wed  audit.post  waiting  attempts 0  runs 2026-01-15T12:00:02.000Z',
      '',
    ])
  })

  test('prints those of all communities where none is named', async () => {
    const { stdout } = await command.run(['jobs', 'list'])
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'given-up',
      'of-another',
      'running',
      'soon',
      'late',
      '',
    ])
  })
})

describe('jobs drop', () => {
  test('takes out a job that was given up, and no other', async () => {
    await change((trx) =>
      trx.updateTable('job').set({ given_up_at: Date.now() }).where('id', '=', 'given-up').execute(),
    )
    const before = await change((trx) => trx.selectFrom('job').selectAll().where('id', '=', 'given-up').execute())
    for (const id of ['nobody', 'running', 'late']) {
      const ended = await command.run(['jobs', 'drop', id])
      expect([ended.code, ended.stdout]).toEqual([1, ''])
      expect(ended.stderr).toContain(`there is no job ${id} that was given up; see: jobs list`)
    }
    expect(await command.run(['jobs', 'drop', 'given-up'])).toMatchObject({ code: 0, stdout: '' })
    const ids = await change((trx) => trx.selectFrom('job').select('id').execute())
    expect(ids.map(({ id }) => id)).not.toContain('given-up')
    expect(ids.map(({ id }) => id)).toContain('late')
    await change((trx) => trx.insertInto('job').values(before).execute())
  })
})

describe('jobs retry', () => {
  test.each(['given-up', 'late'])('makes a job run at once: %s', async (id) => {
    const before = Date.now()
    const ended = await command.run(['jobs', 'retry', id])
    expect([ended.code, ended.stdout]).toEqual([0, ''])
    const row = await change((trx) => trx.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirstOrThrow())
    expect(row).toMatchObject({ attempts: 0, given_up_at: null, locked_by: null })
    expect(row.run_at).toBeGreaterThanOrEqual(before)
    expect(row.run_at).toBeLessThanOrEqual(Date.now())
  })

  test.each(['nobody', 'running'])('refuses one that is not there or runs: %s', async (id) => {
    const ended = await command.run(['jobs', 'retry', id])
    expect([ended.code, ended.stdout]).toEqual([1, ''])
    expect(ended.stderr).toContain(`there is no job ${id} that waits or was given up; see: jobs list`)
  })
})
