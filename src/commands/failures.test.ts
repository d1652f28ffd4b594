import { describe, expect, test } from 'vitest'
import { explainFailure } from './failures.ts'
import { CommandError } from './output.ts'

const system = (message: string, members: object) => Object.assign(new Error(message), members)

describe('a failure is told with what to do about it:', () => {
  const host = 'here.example'
  const metricsHost = 'metrics.example'
  const address = ': check HOST and PORT, or METRICS_HOST and METRICS_PORT'
  const database = ': check DATABASE_URL, and that the database runs there'
  const file = ': its folder must exist, and this user must be able to write there'

  test.each([
    ['listen', { code: 'EACCES', syscall: 'listen' }, address],
    ['listen', { code: 'EADDRNOTAVAIL', syscall: 'listen' }, address],
    ['host', { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: host }, address],
    ['host of the metrics', { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: metricsHost }, address],
    ['lookup', { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'db.example' }, database],
    ['connect', { code: 'ECONNREFUSED', syscall: 'connect' }, database],
    ['broken', { code: 'ECONNRESET', syscall: 'read' }, database],
    ['password', { code: '28P01' }, database],
    [
      'relation "player" already exists',
      { code: '42P07' },
      ': the tables in it are not those of Magicband: name an empty database in DATABASE_URL',
    ],
    ['no such database', { code: '3D000' }, database],
    ['starting up', { code: '57P03' }, database],
    ['timeout exceeded when trying to connect', {}, database],
    [
      'taken',
      { code: 'EADDRINUSE', syscall: 'listen' },
      ': another program has the port; stop it, or set PORT or METRICS_PORT to another one',
    ],
    ['open', { code: 'ENOENT', syscall: 'open', path: '/x' }, file],
    ['mkdir', { code: 'EACCES', syscall: 'mkdir', path: '/x' }, file],
    ['rename', { code: 'EISDIR', syscall: 'rename', path: '/x' }, ': that is a folder: name a file'],
    [
      'database is locked',
      { code: 'ERR_SQLITE_ERROR', errcode: 5 },
      ': another program holds the database; end it, or try again when it is done',
    ],
    ['write', { code: 'ENOSPC', syscall: 'write' }, ': make room on the disk'],
    ['write', { code: 'EFBIG', syscall: 'write' }, ': make room on the disk'],
    ['database or disk is full', { code: 'ERR_SQLITE_ERROR', errcode: 13 }, ': make room on the disk'],
    // SQLITE_IOERR_WRITE
    ['disk I/O error', { errcode: 778 }, ': look at its disk, and at the room on it'],
    [
      'attempt to write a readonly database',
      { errcode: 8 },
      ': check DATABASE_URL, and that this user may write there',
    ],
  ])('%s %j', (message, members, advice) => {
    expect(explainFailure(system(message, members), [host, metricsHost])).toBe(message + advice)
  })

  test('a database whose name has several addresses', () => {
    const errors = ['connect ECONNREFUSED ::1:5432', 'connect ECONNREFUSED 127.0.0.1:5432'].map((one) => new Error(one))
    const error = Object.assign(new AggregateError(errors), { code: 'ECONNREFUSED' })
    expect(explainFailure(error, [])).toBe(
      `connect ECONNREFUSED ::1:5432, connect ECONNREFUSED 127.0.0.1:5432${database}`,
    )
  })

  test('what a command says of itself, as it is', () => {
    expect(explainFailure(new CommandError('no'), [])).toBe('no')
  })

  test('a fault of our own, with where it is', () => {
    expect(explainFailure(new TypeError('x is not y'), [])).toMatch(/^TypeError: x is not y\n\s+at /)
    expect(explainFailure('thrown text', [])).toBe('thrown text')
  })
})
