import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino'

/** What PostgreSQL says of an error beside its message: values of rows, and so ids and names of people. */
const withData = ['detail', 'where', 'hint', 'internalQuery']

/** The log: lines of JSON at `level` and above. Of errors it holds what went wrong, and not with whose data. */
export function createLog(level: string, destination: DestinationStream): Logger {
  return pino({ level, base: { pid: process.pid }, serializers: { err: describeError } }, destination)
}

function describeError(error: Error): object {
  const described: Record<string, unknown> = { ...stdSerializers.err(error) }
  for (const name of withData) delete described[name]
  if (error instanceof AggregateError) described.aggregateErrors = error.errors.map(describeError)
  return described
}
