import { AsyncLocalStorage } from 'node:async_hooks'

/** On whose behalf a line is written: `reqId` of a request, and its trace; or `job` and its task. */
export type LogFields = Readonly<Record<string, string>>

/** Gives every line of log that is written on the way the id of what it is written for, however deep below that is. */
export class LogContext {
  readonly #storage = new AsyncLocalStorage<LogFields>()

  /** Runs what is done on behalf of something; its lines have these fields. */
  run<T>(fields: LogFields, work: () => T): T {
    return this.#storage.run(fields, work)
  }

  get fields(): LogFields | undefined {
    return this.#storage.getStore()
  }
}

/**
 * Runs work on behalf of nobody who asks, as it was where this was called: for what many share, and for what connections tell
 * long after they were opened for somebody.
 */
export function onNobodysBehalf(): <T>(work: () => T) => T {
  return AsyncLocalStorage.snapshot()
}
