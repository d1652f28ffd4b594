import { type Reason, reasons } from './remarks.ts'

/** What an import has done, in numbers. */
export type Summary = {
  records: number
  newPlayers: number
  /** Players who had a record here before. */
  knownPlayers: number
  skipped: number
  /** The sum of the points that were added, and to how many players. */
  points: number
  playersWithPoints: number
  certifications: number
  bans: number
  /** How many records had what said of them. */
  remarks: Map<Reason, number>
}

/** The summary of an import that has not begun. */
export function emptySummary(): Summary {
  return {
    records: 0,
    newPlayers: 0,
    knownPlayers: 0,
    skipped: 0,
    points: 0,
    playersWithPoints: 0,
    certifications: 0,
    bans: 0,
    remarks: new Map(),
  }
}

/** The lines that a person is shown at the end. */
export function describeSummary(summary: Summary): string[] {
  const { records, newPlayers, knownPlayers, skipped, points, playersWithPoints, certifications, bans } = summary
  return [
    `records: ${records}`,
    `new players: ${newPlayers}`,
    `players known before: ${knownPlayers}`,
    `skipped: ${skipped}`,
    `points added: ${points} (${playersWithPoints} players)`,
    `certifications added: ${certifications}`,
    `bans added: ${bans}`,
    ...listRemarks(summary, true).map((line) => `skipped, ${line}`),
    ...listRemarks(summary, false).map((line) => `noted, ${line}`),
  ]
}

function listRemarks({ remarks }: Summary, isSkip: boolean): string[] {
  return [...remarks]
    .filter(([reason]) => reasons[reason].isSkip === isSkip)
    .toSorted(([, one], [, other]) => other - one)
    .map(([reason, count]) => `${reasons[reason].words}: ${count}`)
}
