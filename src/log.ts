import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino'
import type { LogContext } from './telemetry/log-context.ts'

/** What PostgreSQL says of an error beside its message: values of rows, and so ids and names of people. */
const withData = ['detail', 'where', 'hint', 'internalQuery']

/**
 * The log: lines of JSON at `level` and above. Of errors it holds what went wrong, and not with whose data. With `logContext`
 * every line says on whose behalf it is written.
 */
export function createLog(level: string, destination: DestinationStream, logContext?: LogContext): Logger {
  return pino(
    {
      level,
      base: { pid: process.pid },
      serializers: { err: describeError },
      ...(logContext && {
        // The line of every request knows on whose behalf it is: to copy it would cost more than to write it.
        mixin: (line: object) => ('reqId' in line ? line : { ...logContext.fields }),
        mixinMergeStrategy: (line: object, fields: object) => (fields === line ? line : Object.assign(fields, line)),
      }),
    },
    destination,
  )
}

function describeError(error: Error): object {
  const described: Record<string, unknown> = { ...stdSerializers.err(error) }
  for (const name of withData) delete described[name]
  if (error instanceof AggregateError) described.aggregateErrors = error.errors.map(describeError)
  return described
}
