import { describe, expect, test } from 'vitest'
import type { GameServer } from './testing/game-servers.ts'
import { end, paid, start, startServer } from './testing/shifts.ts'
import { hub, worldOfTests } from './testing/world.ts'

const world = await worldOfTests()

const setAway = (server: GameServer, isAway: boolean, id = 1002) =>
  server.run(`Magicband.setAway(__player(${id}), ${isAway})`)

describe('a shift', () => {
  test('has the seconds between its start and its end, and is paid when it is over', async () => {
    const server = await startServer(world, [1002])
    expect(await start(server)).toEqual([true])
    await server.advance(3599.9)
    expect(await server.run('return Magicband.getShift(__player(1002))')).toEqual([3599])
    expect(await paid(world)).toEqual([])
    expect(await end(server)).toEqual([3599])
    expect(await world.shifts()).toEqual([{ id: '1002', seconds: 3599, server: server.jobId, isTraining: false }])
    expect(await world.points()).toEqual({ ledger: 59, players: 59 })
    const [request] = world.proxy.to('/log')
    expect(request?.method).toBe('POST')
    expect(Object.fromEntries(request?.query ?? [])).toEqual({
      id: '1002',
      place: `${hub}`,
      duration: '3599',
      training: 'false',
      server: server.jobId,
    })
    expect(request?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('of a training server says so', async () => {
    const server = await startServer(world, [1002], { training: true })
    await start(server)
    await server.advance(120)
    await end(server)
    expect(await world.shifts()).toEqual([expect.objectContaining({ isTraining: true })])
  })

  test('that is started twice is one, and one that was not started has no end', async () => {
    const server = await startServer(world, [1002])
    expect(await end(server)).toEqual([null])
    expect(await start(server)).toEqual([true])
    await server.advance(60)
    expect(await start(server)).toEqual([false])
    await server.advance(60)
    expect([await end(server), await end(server)]).toEqual([[120], [null]])
    expect(await paid(world)).toEqual([['1002', 120]])
  })

  test('of less than a second is none', async () => {
    const server = await startServer(world, [1002])
    await start(server)
    await server.advance(0.9)
    expect(await end(server)).toEqual([0])
    expect(world.proxy.to('/log')).toEqual([])
  })

  test('is a day long at most', async () => {
    const server = await startServer(world, [1002])
    await start(server)
    await server.advance(100_000)
    expect(await end(server)).toEqual([86_400])
    expect(await paid(world)).toEqual([['1002', 86_400]])
  })

  test('ends when the player leaves; another one begins after they are back', async () => {
    const server = await startServer(world, [1002])
    await start(server)
    await server.run('gone = __player(1002)')
    await server.advance(100)
    await server.leave(1002)
    expect(await server.run('return Magicband.startShift(gone), Magicband.getShift(gone)')).toEqual([false, null])
    await server.advance(1000)
    await server.join(1002)
    expect(await start(server)).toEqual([true])
    await server.advance(50)
    await server.leave(1002)
    expect(await paid(world)).toEqual([
      ['1002', 50],
      ['1002', 100],
    ])
  })

  test('of a player who left and came back is not ended or stopped through who left', async () => {
    const server = await startServer(world, [1002])
    await server.run('gone = __player(1002)')
    await server.leave(1002)
    await server.join(1002)
    await start(server)
    await server.run('Magicband.setAway(gone, true)')
    await server.advance(100)
    expect(await server.run('return Magicband.endShift(gone), Magicband.getShift(gone)')).toEqual([null, null])
    expect(await end(server)).toEqual([100])
  })

  test('is not begun by a script that hears of the leaving last', async () => {
    const server = await startServer(world, [1002])
    await start(server)
    await server.advance(100)
    await server.run(`
      game:GetService("Players").PlayerRemoving:Connect(function(player)
        begun = Magicband.startShift(player)
        Magicband.setAway(player, true)
      end)`)
    await server.leave(1002)
    expect(await server.run('return begun')).toEqual([false])
    await server.advance(1000)
    await server.shutDown()
    expect(await paid(world)).toEqual([['1002', 100]])
  })

  test('has its own length again once that of the one before is forgotten', async () => {
    const server = await startServer(world, [1002])
    for (let count = 0; count < 3; count++) {
      await start(server)
      await server.advance(120)
      await end(server)
      await server.advance(120)
    }
    expect(await paid(world)).toEqual([
      ['1002', 120],
      ['1002', 120],
      ['1002', 120],
    ])
  })

  test('has no time in it that the player was away', async () => {
    const server = await startServer(world, [1002, 1003])
    await setAway(server, true)
    await start(server)
    await start(server, 1003)
    await server.advance(100) // Away since before the start.
    await setAway(server, true)
    await setAway(server, false)
    await setAway(server, false)
    await server.advance(200)
    await setAway(server, true)
    await server.advance(400)
    expect(await server.run('return Magicband.getShift(__player(1002))')).toEqual([200])
    await setAway(server, false)
    await server.advance(10)
    await setAway(server, true)
    await server.advance(1000)
    expect([await end(server), await end(server, 1003)]).toEqual([[210], [1710]])
    // Whoever leaves is back when they come again, whatever a script says of them in between.
    await server.run('local gone = __player(1002) task.delay(1, function() Magicband.setAway(gone, true) end)')
    await server.leave(1002)
    await server.advance(2)
    await server.join(1002)
    await start(server)
    await server.advance(60)
    expect(await end(server)).toEqual([60])
  })
})
