import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { addToEnvFile, type Wanted } from './env-file.ts'

/** A place where a file is to be written and can't be, and what to do about it. */
export class NotWritable extends Error {}

/** Makes sure, before anybody is asked anything, that both files can be written. @throws NotWritable */
export function requireWritable({ folder, environmentFile }: { folder: string; environmentFile: string }): void {
  requireAccess(findExisting(folder), constants.W_OK | constants.X_OK)
  if (existsSync(environmentFile)) requireAccess(environmentFile, constants.W_OK)
  else requireAccess(dirname(environmentFile), constants.W_OK | constants.X_OK)
}

/** The folder itself, or the one that it would have to be made in. */
function findExisting(folder: string): string {
  let existing = resolve(folder)
  while (!existsSync(existing)) existing = dirname(existing)
  if (statSync(existing).isDirectory()) return existing
  throw new NotWritable(`${existing} must be a folder: rename what is there; nothing is written`)
}

function requireAccess(path: string, mode: number): void {
  try {
    accessSync(path, mode)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error
    const message = `this user must be able to write to ${resolve(path)} (${code}); nothing is written`
    throw new NotWritable(message, { cause: error })
  }
}

/** What is written for a new community: its file, and the variables that are to stand in another. */
export type NewFiles = { file: string; text: string; environmentFile: string; wanted: readonly Wanted[] }

/**
 * Writes the community's file, which must not be there yet, and adds the variables; where it fails, nothing is there that
 * wasn't there before. The community's file holds no secret, so `mask`, the umask of whoever runs this, says who may read it.
 * @returns the variables that were added
 */
export function writeFiles({ file, text, environmentFile, wanted }: NewFiles, mask: number): string[] {
  const folder = resolve(dirname(file))
  const existing = findExisting(folder)
  let isMade = false
  try {
    const descriptor = openForOthers(file, mask)
    isMade = true
    try {
      writeFileSync(descriptor, text)
    } finally {
      closeSync(descriptor)
    }
    return addToEnvFile(environmentFile, wanted)
  } catch (error) {
    if (isMade) rmSync(file)
    for (let made = folder; made !== existing; made = dirname(made)) removeEmpty(made)
    throw error
  }
}

function openForOthers(file: string, mask: number): number {
  const ownMask = process.umask(mask)
  try {
    mkdirSync(dirname(file), { recursive: true })
    return openSync(file, 'wx')
  } finally {
    process.umask(ownMask)
  }
}

function removeEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder)
}
