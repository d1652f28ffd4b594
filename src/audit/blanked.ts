import { Type } from 'typebox'
import { Check } from 'typebox/value'
import type { ActName } from './audit.ts'

/**
 * An act names so many sequences at most, which bounds its entry. `magicband verify` believes none that names more, so
 * this can grow, but never shrink.
 */
const sequencesAtMost = 500

/** Acts that blank entries, and say in `after.blanked` which. They are about nobody, so that they are never blanked. */
const blankingActs: ReadonlySet<string> = new Set<ActName>(['player.erase', 'audit.forget'])

/** Entries that follow each other: the first sequence and the last. */
export type Run = [first: number, last: number]

const After = Type.Object({ blanked: Type.Array(Type.Tuple([Type.Integer(), Type.Integer()])) })

/** The sequences of blanked entries as runs, in as many parts as it takes acts to name them: none where there are none. */
export function splitBlanked(sequences: readonly number[]): Run[][] {
  const sorted = sequences.toSorted((one, other) => one - other)
  const parts: Run[][] = []
  for (let start = 0; start < sorted.length; start += sequencesAtMost) {
    parts.push(toRuns(sorted.slice(start, start + sequencesAtMost)))
  }
  return parts
}

function toRuns(sorted: readonly number[]): Run[] {
  const runs: Run[] = []
  for (const sequence of sorted) {
    const run = runs.at(-1)
    if (run?.[1] === sequence - 1) run[1] = sequence
    else runs.push([sequence, sequence])
  }
  return runs
}

/** The sequences that an entry says its act has blanked; none where it is no such act, or isn't as they are written. */
export function listBlanked({ act, after }: { act: string; after: string | null }): number[] {
  const said = blankingActs.has(act) && after !== null ? parse(after) : undefined
  if (!Check(After, said)) return []
  const sequences: number[] = []
  for (const [first, last] of said.blanked) {
    for (let sequence = first; sequence <= last; sequence++) {
      if (sequences.length === sequencesAtMost) return []
      sequences.push(sequence)
    }
  }
  return sequences
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
