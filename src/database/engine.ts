import type { Logger } from 'pino'
import type { DatabaseLoad } from '../telemetry/database-metrics.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { Db } from './schema.ts'

/**
 * `statementMs` is how long a statement may take, where the database can be told so. With `mustExist` none is made where there
 * is none.
 */
export type EngineOptions = { log: Logger; statementMs: number; mustExist?: boolean; telemetry?: Telemetry | undefined }

/** An address of a database that can't be read as one, or asks for what there is not. */
export class WrongAddress extends Error {}

/** There is no database at an address where one must be. */
export class NoDatabase extends Error {}

/** The disk has failed; the message says what to do. */
export class DiskFailed extends Error {}

/**
 * What a database gives: queries outside of an act, and acts, each of which is durable and whole when its promise is
 * kept.
 */
export type Engine = {
  read: Db
  act<T>(work: (trx: Db) => Promise<T>, lane?: string): Promise<T>
  /** An act that changes tables: its statements may take as long as large tables need. */
  migration<T>(work: (trx: Db) => Promise<T>): Promise<T>
  /** Runs reading work that sees the whole database as it is at one moment, however long it takes. */
  snapshot<T>(work: (db: Db) => Promise<T>): Promise<T>
  /** Throws where the database can't be read, or isn't where it was. */
  check(): Promise<void>
  /** What is wrong with the database's own files, a line each, where it can be asked. */
  inspect(): Promise<string[]>
  /** How much room its disk has left, where that can be asked. */
  freeBytes(): Promise<number | undefined>
  load(): DatabaseLoad
  close(): Promise<void>
}
