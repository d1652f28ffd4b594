import type { Command } from 'commander'
import type { Logger } from 'pino'
import { type App, createApp } from '../app.ts'
import { type Configuration, readConfiguration } from '../config/configuration.ts'
import type { Environment } from '../config/environment.ts'
import { describeDatabase } from '../database/database.ts'
import { createLog } from '../log.ts'
import { LogFile } from '../log-file.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'
import { asksForTraces } from '../telemetry/asks-for-traces.ts'
import { LogContext } from '../telemetry/log-context.ts'
import { version } from '../version.ts'
import { examples, exitStatuses } from './help.ts'
import type { Output } from './output.ts'
import { sandboxApiKeys, sandboxBanner } from './sandbox-banner.ts'

const sandboxWorldFile = './data/sandbox-world.json'
/** npm sends a signal on that the terminal has sent to everyone already; this close together they are one. */
const sameSignalMs = 500
const parentCheckMs = 500

/** `start` */
export function addStartCommand(program: Command, output: Output): void {
  program
    .command('start')
    .summary('serve; brings the database up to date first')
    .description(
      'Serve: bring the database up to date, and answer calls at HOST and PORT. Without a community file this is the sandbox, a made-up community on a made-up Roblox, on 127.0.0.1. Ctrl-C or SIGTERM finishes what runs; a second one ends at once.',
    )
    .addHelpText('after', exitStatuses({ 0: 'stopped by a signal', 1: 'could not start, or was ended at once' }))
    .addHelpText(
      'after',
      examples(
        ['magicband start', 'Serve, by the settings of .env'],
        ['PORT=8080 HOST=127.0.0.1 magicband start', 'On another port, for a proxy on this machine'],
      ),
    )
    .action(() => start(output))
}

async function start(output: Output): Promise<void> {
  const configuration = readConfiguration(process.env)
  const sandbox = configuration.isSandbox ? await startSandbox({ clock: Date.now, file: sandboxWorldFile }) : undefined
  try {
    await serve(configuration, sandbox, output)
  } catch (error) {
    // Its servers would keep the process alive.
    await sandbox?.close()
    throw error
  }
}

async function serve(configuration: Configuration, sandbox: Sandbox | undefined, output: Output): Promise<void> {
  const { environment, communities, databaseUrl, isSandbox } = configuration
  const host = isSandbox ? '127.0.0.1' : (environment.host ?? '0.0.0.0')
  const logContext = new LogContext()
  const log = openLog(configuration, logContext)
  // A start without traces has a hundred files less to load.
  const openTelemetry = asksForTraces(process.env) ? await import('../telemetry/start-tracing.ts') : undefined
  const traces = await openTelemetry?.startTracing(process.env, { log, version })
  let port = environment.port
  const app = createApp({
    communities,
    services: sandbox?.addresses ?? environment.services,
    databaseUrl,
    trustProxy: environment.trustProxy,
    log,
    logContext,
    tracing: traces?.tracing,
    publicUrl: () => environment.publicUrl ?? `http://localhost:${port}`,
    ...(isSandbox ? { fixedKeys: sandboxApiKeys() } : {}),
  })
  const stop = async (): Promise<void> => {
    await app.stop()
    await traces?.stop()
    await sandbox?.close()
  }
  stopOnSignal(stop, { log, output: isSandbox ? output : undefined })
  const address = await listen(app, { host, port, environment, log })
  port = Number(new URL(address).port)
  if (sandbox !== undefined) {
    const { controlAddress } = sandbox
    output.out(sandboxBanner({ address, databaseUrl, worldFile: sandboxWorldFile, controlAddress }))
    return
  }
  if (environment.publicUrl === undefined)
    log.warn(
      { publicUrl: `http://localhost:${port}` },
      'pages of applications are given out with an address of this machine alone: set PUBLIC_URL to the one that others reach',
    )
  log.info(
    {
      address,
      communities: communities.map((community) => community.slug),
      databaseUrl: describeDatabase(databaseUrl),
    },
    'Magicband serves',
  )
}

type Listening = { host: string; port: number; environment: Environment; log: Logger }

/** Where it fails, such as on a port that is taken, what was started is stopped again. */
async function listen(app: App, { host, port, environment, log }: Listening): Promise<string> {
  try {
    await app.start()
    const { metricsHost, metricsPort } = environment
    if (metricsPort !== undefined) {
      const metricsAddress = await app.metricsServer.listen({ host: metricsHost, port: metricsPort })
      log.info({ metricsAddress }, 'metrics are served')
    }
    return await app.server.listen({ host, port })
  } catch (error) {
    await app.stop()
    throw error
  }
}

function openLog({ environment, isSandbox }: Configuration, logContext: LogContext): Logger {
  // The sandbox's terminal is for its banner; set LOG_LEVEL to see every request there too.
  const level = isSandbox && !process.env.LOG_LEVEL ? 'warn' : environment.logLevel
  const file = new LogFile(2, (lost) =>
    log.warn({ lost }, 'the log could not be written for a while, and lines of it are lost: make room where it goes'),
  )
  const log = createLog(level, file, logContext)
  process.on('exit', () => file.flush())
  return log
}

/** The first signal finishes what runs and ends with 0; a second one ends at once. */
function stopOnSignal(stop: () => Promise<void>, { log, output }: { log: Logger; output: Output | undefined }): void {
  let stoppingSince: number | undefined
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = Date.now()
    if (stoppingSince !== undefined) {
      if (now - stoppingSince > sameSignalMs) process.exit(1)
      return
    }
    stoppingSince = now
    output?.error('Stopping: what runs is finished first; once more ends it at once.')
    log.info({ signal }, 'stopping: what runs is finished first')
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.fatal(
          { err: error },
          'the stop failed at something, but what was answered is kept: read the error, and start again',
        )
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  // npx puts a shell in between, which a signal ends without a word to the server: nobody could stop it then.
  if (process.env.npm_command === 'exec')
    whenParentEnds(() => {
      if (stoppingSince === undefined) onSignal('SIGTERM')
    })
}

function whenParentEnds(then: () => void): void {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    then()
  }, parentCheckMs).unref()
}
