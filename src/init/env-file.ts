import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

/** A variable that a file asks for, and where one gets what belongs into it. */
export type Wanted = { name: string; comment: string }

/**
 * Adds the variables that a file of variables doesn't set yet, each empty and under its comment; what stands there stays
 * as it is, and so do its mode and its owner. A new file is for its owner alone. Where it fails, nothing is added.
 * @returns the names that were added
 */
export function addToEnvFile(file: string, wanted: readonly Wanted[]): string[] {
  const before = existsSync(file) ? readFileSync(file) : undefined
  const text = new TextDecoder().decode(before)
  const known = parseEnv(text)
  const missing = wanted.filter(({ name }) => !Object.hasOwn(known, name))
  if (missing.length === 0) return []
  const gap = text === '' ? '' : text.endsWith('\n') ? '\n' : '\n\n'
  const lines = missing.map(({ name, comment }) => `# ${comment}\n${name}=\n`)
  try {
    writeFileSync(file, gap + lines.join(''), { flag: 'a', mode: 0o600 })
  } catch (error) {
    if (before === undefined) rmSync(file, { force: true })
    else if (readFileSync(file).length > before.length) truncateSync(file, before.length)
    throw error
  }
  return missing.map(({ name }) => name)
}
