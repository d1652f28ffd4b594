import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../../test/magicband.ts'
import { makeTemporaryDatabase, type TemporaryDatabase } from '../../test/temporary-database.ts'
import { addJob, type Job } from './queue.ts'
import { JobGivenUp, JobRunner, type Task } from './runner.ts'

let temporary: TemporaryDatabase
let runners: JobRunner[]
let now: number
let log: string[]
beforeEach(async () => {
  temporary = await makeTemporaryDatabase()
  runners = []
  now = 1_000_000
  log = []
})
afterEach(async () => {
  for (const runner of runners) await runner.stop()
  await temporary.remove()
})

function startRunner(tasks: Record<string, Task>, database = temporary.database): JobRunner {
  const logger = pino({ level: 'trace' }, { write: (line: string) => log.push(line) })
  const runner = new JobRunner({ database, clock: () => now, tasks, log: logger, name: `runner ${runners.length}` })
  runners.push(runner)
  runner.start()
  return runner
}

function add(id: string, { task = 'work', runAt = now, payload = {} } = {}): Promise<void> {
  return temporary.database.act((trx) => addJob(trx, { community: 'wed', id, task, payload, runAt, now }))
}

function change(id: string, values: { attempts?: number; locked_by?: string; locked_at?: number }): Promise<unknown> {
  return temporary.database.act((trx) => trx.updateTable('job').set(values).where('id', '=', id).execute())
}

function rows() {
  return temporary.database.read.selectFrom('job').selectAll().orderBy('id').execute()
}

/** Waits until no job is left but those that failed as often as `failures` says. */
function settled(failures = 0) {
  return eventually(async () => {
    const left = await rows()
    return left.length === failures && left.every((row) => row.last_error !== null && row.locked_by === null)
      ? left
      : undefined
  })
}

/** Longer than a runner takes to look for jobs. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 350))

describe('a job', () => {
  test('is done with what it was given, and is gone then', async () => {
    const jobs: Job[] = []
    await add('1', { payload: { robloxId: '9007199254740993', more: ['a'] } })
    startRunner({ work: async (job) => void jobs.push(job) })
    await settled()
    expect(jobs).toEqual([
      {
        community: 'wed',
        id: '1',
        task: 'work',
        payload: { robloxId: '9007199254740993', more: ['a'] },
        attempts: 0,
        createdAt: now,
      },
    ])
  })

  test('waits for its time', async () => {
    const done: string[] = []
    await add('1', { runAt: now + 1 })
    startRunner({ work: async (job) => void done.push(job.id) })
    await aWhile()
    expect(done).toEqual([])
    now += 1
    await settled()
    expect(done).toEqual(['1'])
  })

  test('of an act that was rolled back is not done', async () => {
    const done: string[] = []
    const act = temporary.database.act(async (trx) => {
      await addJob(trx, { community: 'wed', id: '1', task: 'work', payload: {}, runAt: now, now })
      throw new Error('rolled back')
    })
    await expect(act).rejects.toThrow('rolled back')
    startRunner({ work: async (job) => void done.push(job.id) })
    await aWhile()
    expect([done, await rows()]).toEqual([[], []])
  })

  test('is done together with a few others, eight at most', async () => {
    let running = 0
    let most = 0
    for (let index = 0; index < 20; index++) await add(String(index))
    startRunner({
      work: async () => {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setTimeout(resolve, 20))
        running--
      },
    })
    await settled()
    expect(most).toBe(8)
  })
})

describe('a job that fails', () => {
  test.each([
    [
      [0, 1, 2, 3, 4],
      [2718, 7389, 20_086, 54_598, 148_413],
    ],
    [
      [8, 9, 10, 11, 23],
      [8_103_084, 22_026_466, 22_026_466, 22_026_466, 22_026_466],
    ],
  ])('is tried again after exp(min(attempts, 10)) seconds: %j', async (attempts, delays) => {
    for (const [index, count] of attempts.entries()) {
      await add(String(index))
      await change(String(index), { attempts: count })
    }
    startRunner({ work: async () => Promise.reject(new Error('the service is down')) })
    const left = await settled(attempts.length)
    expect(left.map((row) => row.run_at - now)).toEqual(delays)
    expect(left.map((row) => row.attempts)).toEqual(attempts.map((count) => count + 1))
    expect(left[0]).toMatchObject({ last_error: 'the service is down', given_up_at: null, locked_by: null })
  })

  test('is done in the end', async () => {
    const attempts: number[] = []
    await add('1')
    startRunner({
      work: async (job) => {
        attempts.push(job.attempts)
        if (job.attempts < 2) throw new Error('not yet')
      },
    })
    await settled(1)
    now += 2718
    await eventually(() => (attempts.length === 2 ? true : undefined))
    await settled(1)
    now += 7389
    await settled()
    expect(attempts).toEqual([0, 1, 2])
  })

  test('is given up after the 25th try, kept with its last error, and not tried again', async () => {
    let tries = 0
    await add('1')
    await change('1', { attempts: 24 })
    startRunner({
      work: async () => {
        tries++
        throw new Error(`broken ${'x'.repeat(2000)}`)
      },
    })
    const [row] = await settled(1)
    expect(row).toMatchObject({ attempts: 25, given_up_at: now })
    expect(row?.last_error).toHaveLength(1000)
    now += 365 * 86_400_000
    await aWhile()
    expect(tries).toBe(1)
    // It is said after the row tells.
    await eventually(() => log.find((line) => line.includes('was given up')))
  })

  test.each([
    ['that says so', 'hopeless', 'the webhook is gone'],
    ['of a task that nobody knows', 'forgotten', 'this version knows no task named forgotten'],
  ])('is given up at once: one %s', async (_name, task, error) => {
    await add('1', { task })
    startRunner({ hopeless: async () => Promise.reject(new JobGivenUp('the webhook is gone')) })
    expect(await settled(1)).toMatchObject([{ attempts: 1, given_up_at: now, last_error: error }])
  })

  test('that throws what is no error is kept like any other', async () => {
    await add('1')
    startRunner({ work: () => Promise.reject('words') })
    expect(await settled(1)).toMatchObject([{ last_error: 'words', attempts: 1 }])
  })
})

describe('a job whose service wants to be left alone', () => {
  test('is put off for as long as that, and it was no try', async () => {
    let asked = 0
    await add('1')
    startRunner({
      work: async () => {
        asked++
        if (asked < 3) throw Object.assign(new Error('later'), { retryAfterMs: 7000 })
      },
    })
    await eventually(async () => ((await rows())[0]?.last_error === 'later' ? true : undefined))
    expect(await rows()).toMatchObject([{ attempts: 0, run_at: now + 7000, locked_by: null, given_up_at: null }])
    now += 7000
    await eventually(() => (asked === 2 ? true : undefined))
    await eventually(async () => ((await rows())[0]?.run_at === now + 7000 ? true : undefined))
    now += 7000
    await settled()
    expect(asked).toBe(3)
  })
})

describe('locks', () => {
  test('of runners that are gone are freed after half a minute, those that are renewed are not', async () => {
    const done: string[] = []
    await add('stale')
    await add('held')
    await change('stale', { locked_by: 'gone', locked_at: now - 30_001 })
    await change('held', { locked_by: 'busy', locked_at: now - 30_000 })
    const runner = startRunner({ work: async (job) => void done.push(job.id) })
    await aWhile()
    expect(done).toEqual([])
    await runner.keepLocks()
    await eventually(() => (done.length > 0 ? true : undefined))
    await aWhile()
    expect([done, (await rows()).map((row) => row.id)]).toEqual([['stale'], ['held']])
  })

  test('of what still runs are renewed, however long it takes', async () => {
    let finish: () => void = () => undefined
    let begun = 0
    const work: Task = () => {
      begun++
      return new Promise<void>((resolve) => {
        finish = resolve
      })
    }
    await add('long')
    const runner = startRunner({ work })
    const other = startRunner({ work }, temporary.openAgain())
    await eventually(() => (begun > 0 ? true : undefined))
    for (let minutes = 0; minutes < 3; minutes++) {
      now += 20_000
      await runner.keepLocks()
      await other.keepLocks()
      now += 20_000
      await other.keepLocks()
      await runner.keepLocks()
    }
    await aWhile()
    expect(begun).toBe(1)
    finish()
    await settled()
  })

  test('make two runners on one database do each job once', async () => {
    const done: string[] = []
    const work: Task = async (job) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      done.push(job.id)
    }
    const ids = Array.from({ length: 40 }, (_, index) => String(index).padStart(2, '0'))
    for (const id of ids) await add(id)
    startRunner({ work })
    startRunner({ work }, temporary.openAgain())
    await settled()
    expect(done.toSorted()).toEqual(ids)
    const finished = () =>
      new Set(
        log
          .map((line) => JSON.parse(line))
          .filter(({ msg }) => msg === 'job done')
          .map(({ job }) => job),
      )
    // It is said after the job is gone.
    await eventually(() => (finished().size < 40 ? undefined : true))
    expect(finished().size).toBe(40)
  })
})

describe('a stop', () => {
  test('finishes what runs and begins nothing more', async () => {
    const done: string[] = []
    let finish: () => void = () => undefined
    await add('1')
    const runner = startRunner({
      work: async (job) => {
        await new Promise<void>((resolve) => {
          finish = resolve
        })
        done.push(job.id)
      },
    })
    await eventually(async () => ((await rows())[0]?.locked_by === 'runner 0' ? true : undefined))
    await aWhile()
    let isStopped = false
    const stopped = runner.stop().then(() => {
      isStopped = true
    })
    await add('2')
    await aWhile()
    expect([isStopped, done]).toEqual([false, []])
    finish()
    await stopped
    await aWhile()
    expect([done, (await rows()).map((row) => row.id)]).toEqual([['1'], ['2']])
  })
})

describe('a database that fails', () => {
  const rename = (name: string, to: string) =>
    temporary.database.act((trx) => trx.schema.alterTable(name).renameTo(to).execute())

  test('is asked again, and the jobs are done when it works', async () => {
    await add('1')
    await rename('job', 'away')
    const done: string[] = []
    startRunner({ work: async (job) => void done.push(job.id) })
    await eventually(() => log.find((line) => line.includes('jobs could not be read')))
    await rename('away', 'job')
    await settled()
    expect(done).toEqual(['1'])
  })

  test('before a job could be put back lets go of it: it runs again, on the same runner', async () => {
    let tries = 0
    await add('1')
    const runner = startRunner({
      work: async () => {
        tries++
        if (tries === 1) await rename('job', 'away')
      },
    })
    await eventually(() => log.find((line) => line.includes('could not be put back')))
    await rename('away', 'job')
    now += 31_000
    await runner.keepLocks()
    await settled()
    expect(tries).toBe(2)
  })
})
