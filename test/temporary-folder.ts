import { existsSync, mkdtempSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where Linux keeps files in memory. */
const memory = '/dev/shm'
/** Containers often give it 64 MiB, which would soon be full. */
const enoughBytes = 2 * 1024 ** 3

/**
 * Makes a folder for what is gone when its test is over: in memory where there is room, since the tests make thousands of
 * databases, and making files is slow on a disk. Tests that are about what a disk keeps say `isOnDisk`.
 */
export function makeTemporaryFolder(name: string, { isOnDisk = false } = {}): string {
  return mkdtempSync(join(isOnDisk || !hasMemory() ? tmpdir() : memory, `magicband-${name}-`))
}

function hasMemory(): boolean {
  if (!existsSync(memory)) return false
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize >= enoughBytes
}
