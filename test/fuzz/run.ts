import { fuzz } from './fuzz.ts'
import { startFuzzedServer } from './server.ts'

/** `npm run fuzz [REQUESTS] [SEED]`: prints what was answered; exits with 1 where something was that must not be. */
const [requests = 50_000, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number)
const databaseUrl = process.env.DATABASE_URL

const server = await startFuzzedServer(databaseUrl)
const tell = (line: string) => process.stderr.write(`${line}\n`)
tell(`${requests} requests and ${Math.ceil(requests / 5)} raw messages, seed ${seed}`)
let toldAt = 0
const report = await fuzz(server, { requests, rawMessages: Math.ceil(requests / 5), seed }, (done) => {
  if (Date.now() - toldAt < 2000) return
  toldAt = Date.now()
  tell(`${done} sent …`)
})
const isUp = (await fetch(`${server.address}/health`)).status === 200
await server.stop()

process.stdout.write(`${JSON.stringify({ ...report, isUp }, undefined, 2)}\n`)
process.exitCode = report.faults.length === 0 && isUp ? 0 : 1
