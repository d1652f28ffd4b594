import { readFileSync } from 'node:fs'
import { Agent, request as send } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { type FuzzRequest, listRawMessages, listRequests } from './requests.ts'

export type FuzzTarget = { address: string; pid: number; keys: readonly string[] }
export type FuzzSize = { requests: number; rawMessages: number; seed: number }

/** `byStatus` counts answers; `closed` are connections that ended without one. */
export type FuzzReport = {
  requests: number
  byStatus: Record<string, number>
  closed: number
  /** What must not happen, with the request that made it. */
  faults: string[]
  /** Of the server's process, after a tenth of the requests, and at the end. */
  rssMiB: { before: number; after: number }
}

const atOnce = 24
const batch = 500
/** How long a connection without an answer may stay silent before the next message is sent. */
const rawPatienceMs = 300

/** Sends requests over all routes, and raw messages, that are the same for the same seed. */
export async function fuzz(
  target: FuzzTarget,
  { requests, rawMessages, seed }: FuzzSize,
  progress: (done: number) => void = () => undefined,
): Promise<FuzzReport> {
  const report: FuzzReport = { requests: 0, byStatus: {}, closed: 0, faults: [], rssMiB: { before: 0, after: 0 } }
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
  for (let done = 0; done < requests; done += batch) {
    const some = listRequests(target.keys, { count: Math.min(batch, requests - done), seed: seed + done })
    await forEach(some, async (one) => note(report, JSON.stringify(toShow(one)), await ask(target, agent, one)))
    if (report.rssMiB.before === 0 && done + batch >= requests / 10) report.rssMiB.before = readRssMiB(target.pid)
    progress(report.requests)
  }
  for (let done = 0; done < rawMessages; done += batch) {
    const some = listRawMessages(target.keys, { count: Math.min(batch, rawMessages - done), seed: seed + done })
    await forEach(some, async (one) => note(report, one.toString('latin1'), await sendMessage(target, one)))
    progress(report.requests)
  }
  agent.destroy()
  report.rssMiB.after = readRssMiB(target.pid)
  return report
}

type Answer = { status: number; text: string } | undefined

function note(report: FuzzReport, sent: string, answer: Answer): void {
  report.requests++
  if (answer === undefined) {
    report.closed++
    return
  }
  report.byStatus[answer.status] = (report.byStatus[answer.status] ?? 0) + 1
  if (answer.status >= 500) report.faults.push(`${answer.status} ${answer.text.slice(0, 200)} to ${sent.slice(0, 500)}`)
  if (/^\s*at .+:\d+:\d+\)?$/m.test(answer.text)) report.faults.push(`a stack is told to ${sent.slice(0, 500)}`)
}

/** From an address of its own, as behind a proxy: a hundred wrong keys from one would end the fuzzing of everything else. */
function ask({ address }: FuzzTarget, agent: Agent, { method, target, headers, body }: FuzzRequest): Promise<Answer> {
  const from = `10.${[0, 0, 0].map(() => Math.floor(Math.random() * 256)).join('.')}`
  return new Promise((resolve) => {
    const { hostname, port } = new URL(address)
    const outgoing = send({
      hostname,
      port,
      agent,
      method,
      path: target,
      headers: Object.fromEntries(headers),
      timeout: 20_000,
    })
    outgoing.setHeader('x-forwarded-for', from)
    outgoing.on('response', (response) => {
      text(response).then(
        (answer) => resolve({ status: response.statusCode ?? 0, text: answer }),
        () => resolve(undefined),
      )
    })
    outgoing.on('timeout', () => outgoing.destroy())
    outgoing.on('error', () => resolve(undefined))
    outgoing.end(body)
  })
}

function sendMessage({ address }: FuzzTarget, message: Buffer): Promise<Answer> {
  const { hostname, port } = new URL(address)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    let received = ''
    socket.setTimeout(rawPatienceMs, () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1')
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(received)?.[1]
      resolve(status === undefined ? undefined : { status: Number(status), text: received })
    })
    socket.write(message)
  })
}

async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values()
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

function toShow({ method, target, headers, body }: FuzzRequest): object {
  return { method, target, headers, body: Buffer.from(body).toString('latin1', 0, 200) }
}

/** Memory that the process has in RAM; 0 where the system doesn't tell. */
function readRssMiB(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Math.round(Number(kib ?? 0) / 1024)
  } catch {
    return 0
  }
}
