import { createHistogram, performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRightBody, requestText } from './calls.ts'
import { Connection } from './connection.ts'
import type { LoadOrder, LoadReport } from './load-order.ts'

/*
 * The load generator, a process of its own: takes orders over its channel and tells what it saw. Its connections are
 * sockets and its requests prepared text, so that it costs less than any server that it measures.
 */

/** One body of so many is looked at; the status of every answer is. */
const lookedAtEach = 32
/** How long answers are waited for when the last request of a fixed rate is out. */
const patienceMs = 10_000

/** What the answers of one measurement came to. */
class Tally {
  readonly latency = createHistogram()
  answers = 0
  wrong = 0
  firstWrong: string | undefined

  add(latencyMs: number): void {
    this.answers++
    this.latency.record(Math.max(1, Math.round(latencyMs * 1e6)))
  }

  refuse(what: string): void {
    this.wrong++
    this.firstWrong ??= what.slice(0, 300)
  }
}

async function load(order: LoadOrder): Promise<LoadReport> {
  const tally = new Tally()
  let isOver = false
  let index = order.firstIndex ?? 0
  const connections: Connection[] = []
  for (let i = 0; i < order.connections; i++) {
    const port = order.ports[i % order.ports.length] ?? 0
    connections.push(await Connection.open(port, () => !isOver && tally.refuse('a connection ended')))
  }

  /** Sends the next request; its latency counts from `dueAt`, which may be earlier than now. */
  const ask = (connection: Connection, dueAt: number, done: () => void): void => {
    const current = index++
    const call = order.calls[current % order.calls.length] ?? 'connect'
    connection.send(requestText(call, current, order), (status, body) => {
      if (!isOver) tally.add(performance.now() - dueAt)
      if (status !== 200 || (current % lookedAtEach === 0 && !isRightBody(call, body))) {
        tally.refuse(`${call} was answered with ${status} ${body}`)
      }
      done()
    })
  }

  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  if (order.perSecond === undefined) await closedLoop(order, connections, ask)
  else await openLoop({ perSecond: order.perSecond, seconds: order.seconds ?? 1 }, connections, ask)
  const seconds = (performance.now() - startedAt) / 1000
  isOver = true
  const { user, system } = process.cpuUsage(cpu)
  for (const connection of connections) connection.close()
  const ms = (part: number) => tally.latency.percentile(part) / 1e6
  return {
    answers: tally.answers,
    seconds,
    perSecond: tally.answers / seconds,
    p50Ms: ms(50),
    p99Ms: ms(99),
    maxMs: tally.answers === 0 ? 0 : tally.latency.max / 1e6,
    wrong: tally.wrong,
    firstWrong: tally.firstWrong,
    cpuShare: (user + system) / 1e6 / seconds,
  }
}

type Ask = (connection: Connection, dueAt: number, done: () => void) => void

/** Every connection asks again as soon as it has its answer, until the time or the number of requests is over. */
async function closedLoop(order: LoadOrder, connections: readonly Connection[], ask: Ask): Promise<void> {
  let isOver = !order.staysAwake
  const stayAwake = (): void => {
    if (!isOver) setImmediate(stayAwake)
  }
  stayAwake()
  const endsAt = performance.now() + (order.seconds ?? Number.POSITIVE_INFINITY) * 1000
  let left = order.requests ?? Number.POSITIVE_INFINITY
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve) => {
          const next = (): void => {
            const now = performance.now()
            if (now >= endsAt || left-- <= 0) resolve()
            else ask(connection, now, next)
          }
          next()
        }),
    ),
  )
  isOver = true
}

/**
 * Requests fall due at a fixed rate, whatever the answers do: at each beat of a millisecond those that are due by then. One that
 * finds no connection free waits, and its wait counts. Between beats the generator sleeps: a server is not measured that has to
 * share one processor with its own threads and its database because the other one watches the clock.
 */
async function openLoop(
  { perSecond, seconds }: { perSecond: number; seconds: number },
  connections: readonly Connection[],
  ask: Ask,
): Promise<void> {
  const free = [...connections]
  const waiting: number[] = []
  const total = Math.max(1, Math.floor(perSecond * seconds))
  let sent = 0
  let answered = 0
  const send = (connection: Connection, dueAt: number): void =>
    ask(connection, dueAt, () => {
      answered++
      const next = waiting.shift()
      if (next === undefined) free.push(connection)
      else send(connection, next)
    })
  const startedAt = performance.now()
  while (sent < total) {
    const now = performance.now()
    const due = Math.min(total, Math.ceil(((now - startedAt) * perSecond) / 1000))
    for (; sent < due; sent++) {
      // Each in its turn: one that nobody uses for seconds is ended by its server.
      const connection = free.shift()
      if (connection === undefined) waiting.push(now)
      else send(connection, now)
    }
    await sleep(1)
  }
  const patientUntil = performance.now() + patienceMs
  while (answered < total && performance.now() < patientUntil) await sleep(1)
}

process.on('message', (order: LoadOrder) => {
  load(order).then(
    (report) => process.send?.(report),
    (error: unknown) => process.send?.({ failure: String(error) }),
  )
})
process.on('disconnect', () => process.exit())
