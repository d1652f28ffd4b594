import { lstatSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { ConfigurationError } from './mistakes.ts'

/**
 * Gives the environment what a file of variables sets and the environment doesn't. A missing file sets nothing; a link that
 * leads nowhere is a mistake, since somebody means a file by it.
 * @throws ConfigurationError
 */
export function loadEnvFile(file: string, environment: Record<string, string | undefined>): void {
  const text = readText(file)
  if (text === undefined) return
  for (const [name, value] of Object.entries(parseEnv(text))) environment[name] ??= value
}

function readText(file: string): string | undefined {
  let bytes: Buffer
  try {
    if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return undefined
    bytes = readFileSync(file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error
    throw mistake(file, `must be a file that this user can read (${code}): make it one, or remove it`)
  }
  try {
    // Without the mark that some editors put before UTF-8, and which would be a part of the first name.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw mistake(file, 'must be text in UTF-8: save it as that')
  }
}

function mistake(file: string, message: string): ConfigurationError {
  return new ConfigurationError([{ file, message }])
}
