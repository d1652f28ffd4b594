import { type Engine, type EngineOptions, WrongAddress } from './engine.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

/** The only place that decides which database it is. Opens `sqlite:FILE` or `postgres://…`. */
export function openEngine(url: string, options: EngineOptions): Engine {
  if (/^postgres(?:ql)?:\/\//.test(url)) return openPostgres(url, options)
  const file = url.match(/^sqlite:(?:\/\/(?=\/))?(.+)$/)?.[1]
  if (file === undefined || file === ':memory:')
    throw new WrongAddress('DATABASE_URL must be sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE')
  return openSqlite(file, options)
}
