import { DiagLogLevel, diag } from '@opentelemetry/api'
import type { Logger } from 'pino'
import type { Variables } from './asks-for-traces.ts'
import { onNobodysBehalf } from './log-context.ts'
import { Tracing } from './tracing.ts'

/** How long a stop waits for the last spans to be sent. */
const patienceMs = 3000

/** What is thrown where traces are asked for and can't be had; the message says what to do. */
export class TracingUnusable extends Error {}

/**
 * Starts OpenTelemetry's SDK for this process, once, by the environment variables that it reads itself.
 * @throws TracingUnusable where it is not installed
 */
export async function startTracing(
  variables: Variables,
  { log, version }: { log: Logger; version: string },
): Promise<{ tracing: Tracing; stop(): Promise<void> }> {
  const { NodeSDK } = await loadSdk()
  // It sends when the span of some request ends, and not on behalf of that one.
  const detached = onNobodysBehalf()
  const say = (message: string) =>
    detached(() =>
      log.warn(
        { message: readable(message) },
        'OpenTelemetry could not send traces or complains of something, and calls are answered all the same: look at `message`, and whether the collector is up',
      ),
    )
  diag.setLogger(
    { error: say, warn: say, info: () => undefined, debug: () => undefined, verbose: () => undefined },
    DiagLogLevel.WARN,
  )
  const isNamed =
    variables.OTEL_SERVICE_NAME || /(?:^|,)\s*service\.name=/.test(variables.OTEL_RESOURCE_ATTRIBUTES ?? '')
  // Metrics are for Prometheus, and the log is the log: of the three signals this is one.
  const sdk = new NodeSDK({
    metricReaders: [],
    logRecordProcessors: [],
    ...(isNamed ? {} : { serviceName: 'magicband' }),
  })
  sdk.start()
  return { tracing: new Tracing({ version }), stop: () => withPatience(sdk.shutdown()) }
}

/** The SDK tells of an error as JSON, with its stack. */
function readable(message: string): string {
  try {
    const error: unknown = JSON.parse(message)
    if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message)
  } catch {
    // It is a sentence.
  }
  return message
}

async function loadSdk(): Promise<typeof import('@opentelemetry/sdk-node')> {
  try {
    return await import('@opentelemetry/sdk-node')
  } catch (cause) {
    throw new TracingUnusable(
      'OTEL_… variables ask for traces, but OpenTelemetry is not installed: npm install @opentelemetry/sdk-node where Magicband is (an image is built with it by --build-arg TRACES=true), or set OTEL_SDK_DISABLED=true',
      { cause },
    )
  }
}

/** A collector that is away must not hold up a stop. */
async function withPatience(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs)
  })
  await Promise.race([work.catch(() => undefined), late])
  clearTimeout(timer)
}
