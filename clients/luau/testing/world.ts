import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeEach } from 'vitest'
import { communityFile, type Magicband, startMagicband } from '../../../test/magicband.ts'
import { DataStores } from './data-stores.ts'
import { FaultyProxy } from './faulty-proxy.ts'
import { GameServer, ServerProcesses } from './game-servers.ts'
import type { Boot } from './protocol.ts'

export const moduleSource = readFileSync(new URL('../Magicband.luau', import.meta.url), 'utf8')

/** The places of the community in most tests. */
export const hub = 4895128840
export const tower = 5000000001
export const placesFile = `${communityFile}
places:
  "${hub}": { name: Hub }
  "${tower}": { name: Tower of Terror, certification: tot, minimumRank: 50 }
`

export type ServerOptions = Partial<Omit<Boot, 'epoch'>> & { training?: boolean; isStarted?: boolean }

/** A Magicband, the way to it, Roblox's data stores, and the servers of a game. */
export type World = {
  band: Magicband
  proxy: FaultyProxy
  stores: DataStores
  /** Starts a game server whose first script starts the module. */
  startServer(options?: ServerOptions): Promise<GameServer>
  /** Moves the time of these servers on, together, by steps of a minute at most. */
  advance(seconds: number, ...servers: GameServer[]): Promise<void>
  /** Every shift in the database: player, seconds, server; sorted. */
  shifts(): Promise<{ id: string; seconds: number; server: string; isTraining: boolean }[]>
  /** The sum of the ledger, and of the points that players have. */
  points(): Promise<{ ledger: number; players: number }>
  /** Mends everything and forgets all that was done, which is faster than another world. */
  reset(): Promise<void>
  stop(): Promise<void>
}

const tables = [
  ...(['shift', 'recent_shift', 'point_entry', 'player', 'membership', 'certification', 'ban', 'idempotency'] as const),
  ...(['application', 'paste'] as const),
]

/** The world of a file of tests, each of which finds it mended and empty. */
export async function worldOfTests(): Promise<World> {
  const world = await startWorld()
  beforeEach(() => world.reset())
  afterAll(() => world.stop())
  return world
}

async function startWorld(): Promise<World> {
  const band = await startMagicband({ files: { wed: placesFile } })
  const processes = new ServerProcesses()
  const stores = new DataStores()
  const proxy = new FaultyProxy({
    target: () => band.address,
    setNow: (now) => band.advance(Math.max(0, now - band.now())),
  })
  await proxy.open()
  let servers: { epoch: number; server: GameServer }[] = []

  const startServer = async ({ training = false, isStarted = true, ...options }: ServerOptions = {}) => {
    const times = servers.map(({ epoch, server }) => epoch + server.now)
    const boot: Boot = {
      jobId: randomUUID(),
      placeId: hub,
      epoch: Math.ceil(Math.max(band.now() / 1000, ...times)),
      isStudio: false,
      isHttpEnabled: true,
      hasDataStores: true,
      seed: 1,
      secrets: { Magicband: band.keys.wed?.game ?? '' },
      ...options,
      modules: { Magicband: moduleSource, ...options.modules },
    }
    const process = processes.take()
    const server = await GameServer.start(process, boot, { stores, whenDown: () => processes.giveBack(process) })
    servers.push({ epoch: boot.epoch, server })
    await server.run(`Magicband = require(game:GetService("ServerScriptService").Magicband)`)
    if (isStarted) await server.run(`Magicband.start({ url = "${proxy.address}", training = ${training} })`)
    return server
  }

  return {
    band,
    proxy,
    stores,
    startServer,
    advance: async (seconds, ...moving) => {
      const step = moving.length > 1 ? 60 : seconds
      for (let passed = 0; passed < seconds; passed += step) {
        for (const server of moving) await server.advance(Math.min(step, seconds - passed))
      }
      if (moving.length === 0) band.advance(seconds * 1000)
    },
    shifts: async () => {
      const rows = await band.app.database.read
        .selectFrom('shift')
        .select(['roblox_id', 'seconds', 'server', 'training'])
        .orderBy('roblox_id')
        .orderBy('seconds')
        .execute()
      return rows.map(({ roblox_id: id, seconds, server, training }) => ({
        id,
        seconds,
        server,
        isTraining: training === 1,
      }))
    },
    points: async () => {
      const { read } = band.app.database
      const entries = await read.selectFrom('point_entry').select('amount').execute()
      const players = await read.selectFrom('player').select('points').execute()
      return {
        ledger: entries.reduce((sum, { amount }) => sum + amount, 0),
        players: players.reduce((sum, { points }) => sum + points, 0),
      }
    },
    reset: async () => {
      await proxy.close()
      await proxy.open()
      proxy.fault = () => undefined
      proxy.requests.length = 0
      stores.clear()
      processes.giveBackAll()
      servers = []
      band.sandbox.heal()
      await band.app.database.act(async (trx) => {
        for (const table of tables) await trx.deleteFrom(table).execute()
      })
    },
    stop: async () => {
      await processes.stop()
      await proxy.close()
      await band.stop()
    },
  }
}
