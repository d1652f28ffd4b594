import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

/** A variable that a file asks for, and where one gets what belongs into it. */
export type Wanted = { name: string; comment: string }

/**
 * Adds the variables that a file of variables doesn't set yet, each empty and under its comment; what stands there stays
 * as it is. The file is for its owner alone then.
 * @returns the names that were added
 */
export function addToEnvFile(file: string, wanted: readonly Wanted[]): string[] {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const known = parseEnv(before)
  const missing = wanted.filter(({ name }) => !Object.hasOwn(known, name))
  if (missing.length === 0) return []
  const gap = before === '' ? '' : before.endsWith('\n') ? '\n' : '\n\n'
  const lines = missing.map(({ name, comment }) => `# ${comment}\n${name}=\n`)
  writeFileSync(file, gap + lines.join(''), { flag: 'a', mode: 0o600 })
  chmodSync(file, 0o600)
  return missing.map(({ name }) => name)
}
