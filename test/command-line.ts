import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { requireNoSecrets } from './secrets.ts'
import { makeTemporaryFolder } from './temporary-folder.ts'

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** For MAGICBAND_SHELL, without what root may do to any file; undefined where root can't give that up (util-linux's `setpriv`). */
export function findPlainShell(): string | undefined {
  if (process.getuid?.() !== 0) return ':'
  const setpriv = 'setpriv --inh-caps=-all --bounding-set=-all'
  const { status } = spawnSync('sh', ['-c', `${setpriv} true`])
  return status === 0 ? `set -- ${setpriv} "$@"` : undefined
}

export type Ended = { code: number | null; stdout: string; stderr: string }

/** A program that runs, and all that it has written so far. */
export type Running = {
  child: ChildProcessWithoutNullStreams
  stdout(): string
  stderr(): string
  /** Waits until it has written this, on either stream; its match. */
  written(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray>
  ended: Promise<Ended>
}

/** A folder to run the command line in, with its community files and its database, and no trace of this machine's environment. */
export type CommandFolder = {
  folder: string
  databaseUrl: string
  environment: Record<string, string>
  run(args: readonly string[], more?: Record<string, string>): Promise<Ended>
  start(args: readonly string[], more?: Record<string, string>): Running
  /** Ends whatever still runs, and deletes the folder. */
  remove(): Promise<void>
}

/** `communities` are files by slug; without any, no variable names their folder or the database, as for a newcomer. */
export function makeCommandFolder(communities: Record<string, string> = {}, { isOnDisk = false } = {}): CommandFolder {
  const folder = makeTemporaryFolder('command', { isOnDisk })
  const databaseUrl = `sqlite:${join(folder, 'data', 'magicband.db')}`
  const environment: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOST: '127.0.0.1',
    PORT: '0',
  }
  if (Object.keys(communities).length > 0) {
    environment.MAGICBAND_COMMUNITIES = join(folder, 'files')
    environment.DATABASE_URL = databaseUrl
    mkdirSync(environment.MAGICBAND_COMMUNITIES)
    for (const [slug, text] of Object.entries(communities)) {
      writeFileSync(join(environment.MAGICBAND_COMMUNITIES, `${slug}.yaml`), text)
    }
  }
  const started: Running[] = []
  const servers: Running[] = []
  const start = (args: readonly string[], more: Record<string, string> = {}): Running => {
    const { MAGICBAND_SHELL: shell, ...env } = { ...environment, ...more }
    // In a shell that has done something before, where a test asks for one: `ulimit -f 16` is files of 8 KiB at most.
    const [command, ...first] =
      shell === undefined ? [process.execPath] : ['sh', '-c', `${shell}; exec "$@"`, 'sh', process.execPath]
    const running = watch(spawn(command ?? '', [...first, program, ...args], { cwd: folder, env }))
    started.push(running)
    if (args[0] === 'start') servers.push(running)
    return running
  }
  return {
    folder,
    databaseUrl,
    environment,
    start,
    run: (args, more) => start(args, more).ended,
    remove: async () => {
      for (const { child } of started) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await Promise.all(started.map(({ ended }) => ended))
      rmSync(folder, { recursive: true })
      requireNoSecrets(started.map(({ stderr }) => stderr()))
      requireNoSecrets(servers.map(({ stdout }) => stdout()))
    },
  }
}

function watch(child: ChildProcessWithoutNullStreams): Running {
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = once(child, 'close').then(([code]): Ended => ({ code, stdout, stderr }))
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    written: async (pattern, withinMs = 10_000) => {
      const until = Date.now() + withinMs
      for (;;) {
        const match = pattern.exec(stdout) ?? pattern.exec(stderr)
        if (match !== null) return match
        if (Date.now() > until || child.exitCode !== null)
          throw new Error(`it never wrote ${pattern}: ${stdout}${stderr}`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    ended,
  }
}
