import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, truncateSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import manifest from '../package.json' with { type: 'json' }
import type { Usage } from './probe.ts'

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const main = pathOf('../src/main.ts')
const startMs = 30_000

/** A server that is measured, as a process of its own. */
export type Program = {
  name: string
  port: number
  pid: number
  /** What it used since it was asked last. */
  usage(): Promise<Usage>
  /** Sends a message over its channel; what comes back. */
  ask(message: string): Promise<unknown>
  stop(): Promise<void>
}

type Wanted = {
  name: string
  /** A file of the bench with its arguments, or the command line of Magicband. */
  args: readonly string[]
  folder: string
  environment: Record<string, string>
  /** Files of the bench that are loaded before it. */
  imports?: readonly string[]
}

/** Node's flags in `npm start`, under which the server is measured. */
const serverFlags = manifest.scripts.start.split(' ').filter((word) => word.startsWith('--'))

export const magicband = (...args: string[]) => [...serverFlags, main, ...args]
export const floor = (name: string) => [pathOf(`./floors/${name}.ts`)]

/** Starts a server and waits until it takes connections. Its log goes to a file, which is emptied now and then. */
export async function startProgram({ name, args, folder, environment, imports = ['probe'] }: Wanted): Promise<Program> {
  const port = await freePort()
  const logFile = `${folder}/${name.replaceAll(' ', '-')}-${port}.log`
  const log = openSync(logFile, 'a')
  const child = spawn(process.execPath, [...imports.flatMap((file) => ['--import', pathOf(`./${file}.ts`)]), ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', HOST: '127.0.0.1', PORT: `${port}`, ...environment },
    stdio: ['ignore', log, log, 'ipc'],
  })
  closeSync(log)
  const exited = once(child, 'exit')
  await untilItListens(child, port, `${name}: see ${logFile}`)
  const ask = async (message: string): Promise<unknown> => {
    child.send(message)
    const [answer] = await once(child, 'message')
    return answer
  }
  return {
    name,
    port,
    pid: child.pid ?? 0,
    ask,
    usage: async () => {
      truncateSync(logFile)
      return (await ask('usage')) as Usage
    },
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** Runs the command line of Magicband; what it wrote to its output. */
export async function runMagicband(
  args: readonly string[],
  { folder, environment }: { folder: string; environment: Record<string, string> },
): Promise<string> {
  const options = { cwd: folder, env: { PATH: process.env.PATH ?? '', ...environment } }
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args], options)
  return stdout.trim()
}

async function untilItListens(child: ChildProcess, port: number, name: string): Promise<void> {
  const until = Date.now() + startMs
  while (!(await takesConnections(port))) {
    if (child.exitCode !== null || Date.now() > until) {
      child.kill()
      throw new Error(`it does not start: ${name}`)
    }
    await sleep(2)
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}
