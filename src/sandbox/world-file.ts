import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import Value from 'typebox/value'
import { ConfigurationError } from '../config/mistakes.ts'
import { initialSnapshot } from './population.ts'
import { snapshotOfState, stateFromSnapshot, type WorldState, worldSnapshot } from './world-state.ts'

/**
 * Reads the world from its file, or makes the initial one where there is no file.
 * @throws ConfigurationError for a file that it can't read
 */
export function loadWorldState(file: string | undefined): WorldState {
  if (file === undefined || !existsSync(file)) return stateFromSnapshot(initialSnapshot())
  const snapshot = parse(readFileSync(file, 'utf8'))
  if (!Value.Check(worldSnapshot, snapshot)) {
    const message = 'holds no world that this sandbox can read: delete it to begin with a new one'
    throw new ConfigurationError([{ file, message }])
  }
  return stateFromSnapshot(snapshot)
}

/** Writes the world beside its file and moves it there, so that a crash leaves either the old world or the new one. */
export function saveWorldState(file: string, state: WorldState): void {
  mkdirSync(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}.tmp`
  writeFileSync(temporary, JSON.stringify(snapshotOfState(state)))
  renameSync(temporary, file)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
