import { createHash } from 'node:crypto'
import express, { type NextFunction, type Request, type Response } from 'express'
import { openQueries } from './queries.ts'

/** `/connect` as such servers are usually written: Express, a body parser, a line of log, a key by its hash, two queries. */
const query = openQueries(process.env.DATABASE_URL ?? '')
const app = express()

app.use(express.json())
app.use(express.urlencoded({ extended: true }))

app.use((request: Request, response: Response, next: NextFunction) => {
  const startedAt = performance.now()
  response.on('finish', () => {
    const ms = (performance.now() - startedAt).toFixed(3)
    process.stderr.write(`${request.ip} ${request.method} ${request.path} ${response.statusCode} ${ms} ms\n`)
  })
  next()
})

app.use(async (request: Request, response: Response, next: NextFunction) => {
  const hash = createHash('sha256')
    .update(request.get('x-api-key') ?? '')
    .digest('hex')
  const [key] = await query('select community, revoked_at from api_key where hash = $1', [hash])
  if (key === undefined || key.revoked_at !== null) {
    response.status(401).json({ status: 'error', message: 'invalid key' })
    return
  }
  response.locals.community = key.community
  next()
})

app.get('/connect', async (request: Request, response: Response) => {
  const player = [response.locals.community, String(request.query.id)]
  const [membership] = await query('select rank from membership where community = $1 and roblox_id = $2', player)
  const held = await query('select code from certification where community = $1 and roblox_id = $2', player)
  const rank = Number(membership?.rank ?? 0)
  const clearance = [50, 100, 150].filter((least) => rank >= least).length
  response.json({ certifications: held.map(({ code }) => code).join(','), auth: true, clearance })
})

app.listen(Number(process.env.PORT), '127.0.0.1')
