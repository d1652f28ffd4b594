import { expect, test } from 'vitest'
import { createLog } from './log.ts'

test('errors are told without the values of rows that PostgreSQL puts beside them', () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line) => lines.push(line) })
  const failure = Object.assign(new Error('duplicate key value violates unique constraint "player_by_roblox_id"'), {
    code: '23505',
    detail: 'Key (community, roblox_id)=(wed, 172051854) already exists.',
    where: 'JTmaveryk',
  })
  log.error({ err: failure }, 'alone')
  log.error({ err: new AggregateError([failure], 'both') }, 'among others')
  expect(lines).toHaveLength(2)
  expect(lines.join('')).not.toMatch(/172051854|JTmaveryk/)
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { msg: 'alone', err: { code: '23505', message: expect.stringContaining('duplicate key') } },
    { msg: 'among others', err: { message: expect.stringContaining('both'), aggregateErrors: [{ code: '23505' }] } },
  ])
})
